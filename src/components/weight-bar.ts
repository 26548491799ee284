import type { Glyphs } from './theme.ts';

/** A run of cells. `interval` is of the observed share: beside the filled part, or within it. */
export type BarPart = {
  readonly kind: 'applied' | 'rest' | 'requested' | 'observed' | 'intervalWithin' | 'intervalBeside';
  readonly text: string;
};

/** In percent, 0 to 100. */
export type BarMarks = {
  readonly requested: number;
  readonly applied: number;
  /** The share and its interval; absent while nothing was observed. */
  readonly observed: { readonly share: number; readonly low: number; readonly high: number } | undefined;
};

/**
 * A bar of `columns` cells: filled up to the applied weight, with the interval of the observed share, a mark at that share, and one
 * at the requested weight while it differs from the applied one. Runs of one kind are joined, so that each is one piece of text.
 */
export function weightBar(marks: BarMarks, columns: number, glyphs: Glyphs): readonly BarPart[] {
  const cellOf = (percent: number) =>
    Math.min(columns - 1, Math.max(0, Math.round((percent / 100) * columns) - 1));
  const filled = Math.round((marks.applied / 100) * columns);
  const { observed } = marks;
  const [low, high] = observed ? [cellOf(observed.low), cellOf(observed.high)] : [columns, -1];
  const kinds = Array.from({ length: columns }, (_, cell): BarPart['kind'] => {
    const isWithin = cell < filled;
    if (cell >= low && cell <= high) return isWithin ? 'intervalWithin' : 'intervalBeside';
    return isWithin ? 'applied' : 'rest';
  });
  if (observed) kinds[cellOf(observed.share)] = 'observed';
  if (marks.requested !== marks.applied) kinds[cellOf(marks.requested)] = 'requested';
  const parts: BarPart[] = [];
  for (const kind of kinds) {
    const last = parts.at(-1);
    if (last?.kind === kind) parts[parts.length - 1] = { kind, text: last.text + glyphs[kind] };
    else parts.push({ kind, text: glyphs[kind] });
  }
  return parts;
}

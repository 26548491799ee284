import type { Glyphs } from './theme.ts';

export type BarPart = { readonly kind: 'applied' | 'rest' | 'requested' | 'observed'; readonly text: string };

export type BarMarks = {
  /** Percent, 0 to 100. */
  readonly requested: number;
  readonly applied: number;
  /** Absent while nothing was observed. */
  readonly observed: number | undefined;
};

/**
 * A bar of `columns` cells: filled up to the applied weight, with a mark at the requested one while it differs and one at the
 * observed share. Runs of one kind are joined, so that each is one piece of text.
 */
export function weightBar(marks: BarMarks, columns: number, glyphs: Glyphs): readonly BarPart[] {
  const cellOf = (percent: number) =>
    Math.min(columns - 1, Math.max(0, Math.round((percent / 100) * columns) - 1));
  const filled = Math.round((marks.applied / 100) * columns);
  const kinds = Array.from({ length: columns }, (_, cell): BarPart['kind'] =>
    cell < filled ? 'applied' : 'rest',
  );
  if (marks.observed !== undefined) kinds[cellOf(marks.observed)] = 'observed';
  if (marks.requested !== marks.applied) kinds[cellOf(marks.requested)] = 'requested';
  const parts: BarPart[] = [];
  for (const kind of kinds) {
    const last = parts.at(-1);
    if (last?.kind === kind) parts[parts.length - 1] = { kind, text: last.text + glyphs[kind] };
    else parts.push({ kind, text: glyphs[kind] });
  }
  return parts;
}

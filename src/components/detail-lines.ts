import stringWidth from 'string-width';
import type { DescribedEvent, DescribedRow, DescribedSection, DescribedStatus } from '../kube/described.ts';
import { ageText } from '../session/ages.ts';
import { wrappedLines } from './wrapped-lines.ts';

/** A line of the details, and how it is drawn. */
export type DetailLine = {
  readonly text: string;
  readonly look: 'heading' | 'plain' | 'dim';
  /** Drawn in front of the first line of a row. */
  readonly status?: DescribedStatus;
};

/** Status, and the blank behind it. */
export const STATUS_COLUMNS = 2;
const MIN_LABEL_COLUMNS = 14;
const MAX_LABEL_COLUMNS = 34;
const AGE_COLUMNS = 17;
/** Of text beside a label; below that the label has a line of its own. */
const MIN_TEXT_COLUMNS = 20;

/** Sections as lines of at most so many cells beside their status. Ages are counted up to `now`. */
export function detailLines(
  sections: readonly DescribedSection[],
  columns: number,
  now: number,
): readonly DetailLine[] {
  return sections.flatMap(section => {
    const heading: readonly DetailLine[] =
      section.heading === '' ? [] : [{ text: section.heading, look: 'heading' }];
    return [...heading, ...bodyLines(section, columns - STATUS_COLUMNS, now)];
  });
}

function bodyLines({ rows, empty }: DescribedSection, columns: number, now: number): readonly DetailLine[] {
  if (rows.length === 0) return wrappedLines(empty, columns).map(text => ({ text, look: 'dim' }));
  const labelColumns = widestLabel(rows, columns);
  return rows.flatMap(row => rowLines(row, labelColumns, columns, now));
}

function rowLines(
  row: DescribedSection['rows'][number],
  labelColumns: number,
  columns: number,
  now: number,
): readonly DetailLine[] {
  switch (row.kind) {
    case 'fact':
      return factLines(row, labelColumns, columns, now);
    case 'event':
      return eventLines(row, columns, now);
    case 'log':
      return wrappedLines(row.text, columns).map(text => ({ text, look: 'plain' }));
  }
}

function widestLabel(rows: DescribedSection['rows'], columns: number): number {
  const widths = rows.map(row => (row.kind === 'fact' ? stringWidth(indented(row)) : 0));
  return Math.min(Math.max(...widths, MIN_LABEL_COLUMNS), MAX_LABEL_COLUMNS, Math.floor(columns / 2));
}

function indented({ label, isBelow }: DescribedRow): string {
  return isBelow ? `  ${label}` : label;
}

function factLines(
  row: DescribedRow,
  labelColumns: number,
  columns: number,
  now: number,
): readonly DetailLine[] {
  const label = indented(row);
  const age = row.sinceMs === undefined ? '' : ageText(now - row.sinceMs);
  const text = [row.text, age].filter(part => part !== '').join(', ');
  const isBeside = stringWidth(label) <= labelColumns && columns - labelColumns >= MIN_TEXT_COLUMNS;
  const first = isBeside ? label + ' '.repeat(labelColumns - stringWidth(label)) : '';
  const indent = isBeside ? labelColumns + 1 : STATUS_COLUMNS;
  const body = wrappedLines(text, columns - indent);
  const lines = isBeside
    ? body.map((line, at) => `${at === 0 ? first : ' '.repeat(labelColumns)} ${line}`)
    : [...wrappedLines(label, columns), ...body.map(line => ' '.repeat(indent) + line)];
  return withStatus(lines, row.status);
}

/** As kubectl has them, with the age in front: `2m (x5 over 10m)`. */
function eventLines(event: DescribedEvent, columns: number, now: number): readonly DetailLine[] {
  const { type, reason, from, message, count, firstAtMs, lastAtMs } = event;
  const last = ageText(now - lastAtMs);
  const age = count > 1 ? `${last} (x${count} over ${ageText(now - firstAtMs)})` : last;
  const before = age.padEnd(AGE_COLUMNS);
  const words = `${reason}${from === '' ? '' : ` from ${from}`}: ${message}`;
  const indent = Math.max(AGE_COLUMNS, age.length) + 1;
  const lines = wrappedLines(words, columns - indent).map((line, at) =>
    at === 0 ? `${before} ${line}` : ' '.repeat(indent) + line,
  );
  return withStatus(lines, type === 'Warning' ? 'warning' : undefined);
}

function withStatus(lines: readonly string[], status: DescribedStatus | undefined): readonly DetailLine[] {
  return lines.map((text, at) => ({
    text,
    look: 'plain',
    ...(at === 0 && status !== undefined ? { status } : {}),
  }));
}

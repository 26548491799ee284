import type { ScreenSize } from './screen-in-pty.ts';

/** What the Weights pane says of one version. */
export type WeightsRow = {
  readonly requested: number;
  readonly applied: number;
  /** Percent; undefined before the first samples. */
  readonly observed: number | undefined;
};

/** The row of a version in the Weights pane; undefined where there is none. */
export function weightsRow(text: string, version: string): WeightsRow | undefined {
  const row = new RegExp(`^│[▸ ] ${version} +(\\d+) +(\\d+) +(?:([\\d.]+) %)?`, 'm').exec(text);
  if (!row) return undefined;
  const [, requested, applied, observed] = row;
  return {
    requested: Number(requested),
    applied: Number(applied),
    observed: observed === undefined ? undefined : Number(observed),
  };
}

/** Whether version v2 has this weight, both requested and applied. */
export function isSettledAt(text: string, weight: number): boolean {
  const row = weightsRow(text, 'v2');
  return row?.requested === weight && row.applied === weight;
}

/** Whether the API server is heard and each of the four panes shows what it is for. */
export function isLive(text: string): boolean {
  return [
    /✓ live$/m,
    /^╭[─▸]1 Health/m,
    /✓ node minikube +Ready/,
    /✓ istiod [\d.]+ +1\/1 Running/,
    /[─▸]2 Versions/,
    /✓ v1 +1\/1 +myapp:v1/,
    /✓ v2 +1\/1 +myapp:v2/,
    /^╭[─▸]3 Weights/m,
    /^│ {2}v1 +\d+ +\d+ +[\d.]+ % \d+-\d+/m,
    /^│▸ v2 +\d+ +\d+ +[\d.]+ % \d+-\d+/m,
    /^╭[─▸]4 Responses: (share of )?v2, .* p50 /m,
    /^ ←.*→.* \? help /m,
  ].every(part => part.test(text));
}

/** Rows of the chart, from the top, as they stand between the axis and the border. */
export function chartRows(text: string): readonly string[] {
  return text
    .split('\n')
    .map(row => /^│[\d ]{3} [┤┼](.*)│$/.exec(row)?.[1])
    .filter(plot => plot !== undefined);
}

/** The row of the chart, 0 at its top, on which its newest point stands; undefined while nothing is plotted. */
export function newestChartRow(text: string): number | undefined {
  const lengths = chartRows(text).map(plot => plot.trimEnd().length);
  const longest = Math.max(...lengths);
  return longest > 0 ? lengths.indexOf(longest) : undefined;
}

const HEADER = /^ weighbridge {2}.* (✓ live|… connecting|✗ no connection for .*)$/;

/** Rows that are no part of the screen at this size: remains of another frame, borders that break, escape sequences. */
export function strayRows(rows: readonly string[], { columns }: ScreenSize): readonly string[] {
  const [header = '', ...rest] = rows;
  const panes = rest.slice(0, -2);
  const foot = rest.slice(-2);
  const isPaneRow = (row: string) => row.length === columns && /^[│╭╰].*[│╮╯]$/.test(row);
  return [
    ...(HEADER.test(header) ? [] : [header]),
    ...panes.filter(row => !isPaneRow(row)),
    ...foot.filter(row => row === '' || row.length > columns || /[│╭╮╰╯]/.test(row)),
    ...rows.filter(row => /\[[\d;?]+[A-Za-z]/.test(row)),
  ];
}

import { type Comparator, type Result, spreadOf, type Unit } from './result.ts';

/** Everything as JSON: medians and spreads, ratios (ours to theirs), and each value. */
export function asJson(results: readonly Result[], cores: number): string {
  const report = {
    cores,
    results: results.map(({ what, unit, values, budget, comparators }) => ({
      what,
      unit,
      ...spreadOf(values),
      ...(budget === undefined ? {} : { budget, isMet: spreadOf(values).median <= budget }),
      comparators: comparators.map(comparator => ({
        ...comparator,
        ...spreadOf(comparator.values),
        ratio: ratioTo(values, comparator),
      })),
      values,
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** A table for people: ratios to the comparators first, then absolute values with the budget beside them. */
export function asTable(results: readonly Result[], cores: number): string {
  const ratios = results.flatMap(({ what, unit, values, comparators }) =>
    comparators.map(comparator => [
      what,
      `${readable(ratioTo(values, comparator))} x`,
      comparator.name,
      amounts(comparator.values, unit),
    ]),
  );
  const absolutes = results.map(({ what, unit, values, budget }) => [
    what,
    `${readable(spreadOf(values).median)} ${unit}`,
    range(values),
    budget === undefined ? '' : `${budget} ${unit}`,
    budget === undefined ? '' : verdict(values, budget),
  ]);
  return [
    `weighbridge on ${cores} cores; medians, and the 10th to the 90th percentile of all runs`,
    '',
    ...columns([['against what people run today', 'ratio', 'to', 'which takes'], ...ratios]),
    '',
    ...columns([['absolute', 'median', 'spread', 'budget', ''], ...absolutes]),
    '',
  ].join('\n');
}

function ratioTo(values: readonly number[], comparator: Comparator): number {
  return spreadOf(values).median / spreadOf(comparator.values).median;
}

function amounts(values: readonly number[], unit: Unit): string {
  return `${readable(spreadOf(values).median)} ${unit} (${range(values)})`;
}

function range(values: readonly number[]): string {
  const { low, high } = spreadOf(values);
  return `${readable(low)} to ${readable(high)}`;
}

function verdict(values: readonly number[], budget: number): string {
  return spreadOf(values).median <= budget ? 'met' : 'MISSED';
}

/** Three digits, and whole numbers from a thousand on. */
function readable(value: number): string {
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

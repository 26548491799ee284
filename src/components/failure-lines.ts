import { timeOfDay } from '../session/time-of-day.ts';
import type { ObservedFailure } from '../traffic/observed-traffic.ts';

/** In a pane of so many rows, a kind of failure has a second line for what it means. */
const ROWS_FOR_MEANINGS = 12;

/** The part of the pane that failures take at most, beside the chart. */
const MAX_PART = 1 / 3;

/**
 * What failed, first what failed last, then the most frequent kind: how often, what it is called, when it was seen last, what it means and what to
 * check. One line in a low pane; in a tall one two lines for each kind. Safe to draw.
 *
 * @param rows of the whole pane.
 */
export function failureLines(seen: readonly ObservedFailure[], rows: number): readonly string[] {
  const failures = currentFirst(seen);
  const [first] = failures;
  if (first === undefined) return [];
  if (rows < ROWS_FOR_MEANINGS) {
    const others = failures.length > 1 ? `; ${failures.length - 1} more kinds` : '';
    return [`${head(first)}${others}: ${first.check}`];
  }
  const kinds = Math.max(1, Math.floor((rows * MAX_PART) / 2));
  return failures
    .slice(0, kinds)
    .flatMap(failure => [`${head(failure)}${ofNewest(failure)}`, `  ${failure.meaning} ${failure.check}`]);
}

/** What fails now matters more than what failed often, and is over. */
function currentFirst(failures: readonly ObservedFailure[]): readonly ObservedFailure[] {
  const newestAtMs = Math.max(...failures.map(failure => failure.newestAtMs));
  const current = failures.findIndex(failure => failure.newestAtMs === newestAtMs);
  return current < 0 ? [] : [...failures.slice(current, current + 1), ...failures.toSpliced(current, 1)];
}

/** `12 × no healthy upstream (UH), last 06:00:12`. */
function head({ count, label, flag, newestAtMs }: ObservedFailure): string {
  const named = flag === undefined ? label : `${label} (${flag})`;
  return `${count} × ${named}, last ${timeOfDay(newestAtMs)}`;
}

function ofNewest({ detail }: ObservedFailure): string {
  return detail === '' ? '' : `: ${detail}`;
}

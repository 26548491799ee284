import { logLikelihood, smoothed } from './statistics.ts';

/** Evidence, as a log likelihood ratio, for one naming of the groups over every other, and for a change over none. */
const NAMING_EVIDENCE = Math.log(1e4);
const CHANGE_EVIDENCE = Math.log(1e3);

/** What is sent so soon after weights were accepted may still be split the old way. */
const SETTLING_MS = 1000;

/** Fewer samples than this on one side of a shift prove nothing. */
const MIN_SAMPLES = 20;

/** More orders than this are not tried: a route of six versions has 720. */
const MAX_LABELS = 6;

interface Period {
  readonly fromMs: number;
  readonly shares: readonly number[];
  readonly counts: number[];
}

/**
 * Learns from shifts which group of answers is which version: the groups' shares must have changed with the weights, and in a
 * way that only one naming explains.
 */
export class ShiftProof {
  readonly #labels: readonly string[];
  #before: Period | undefined;
  #now: Period | undefined;

  constructor(labels: readonly string[]) {
    this.#labels = labels;
  }

  /** Shares that are applied from now on, in the order of the labels. */
  weightsApplied(shares: readonly number[], atMs: number): void {
    if (this.#now && total(this.#now.counts) >= MIN_SAMPLES) this.#before = this.#now;
    const fromMs = this.#now === undefined ? atMs : atMs + SETTLING_MS;
    this.#now = { fromMs, shares, counts: [] };
  }

  /** Counts an answer of a group; groups are numbered from 0. */
  add(group: number, startedAtMs: number): void {
    if (this.#now === undefined || startedAtMs < this.#now.fromMs) return;
    this.#now.counts[group] = (this.#now.counts[group] ?? 0) + 1;
  }

  /** The label of each group, once a shift has shown it. */
  names(groups: number): readonly string[] | undefined {
    const before = this.#before;
    const now = this.#now;
    if (!before || !now || groups > this.#labels.length || this.#labels.length > MAX_LABELS) return undefined;
    if (total(now.counts) < MIN_SAMPLES) return undefined;
    const countsBefore = upTo(before.counts, groups);
    const countsNow = upTo(now.counts, groups);
    const namings = injections(this.#labels.length, groups).map(naming => ({
      naming,
      likelihood:
        logLikelihood(countsBefore, sharesOf(before, naming)) +
        logLikelihood(countsNow, sharesOf(now, naming)),
    }));
    const [best, next] = namings.toSorted((a, b) => b.likelihood - a.likelihood);
    if (best === undefined) return undefined;
    if (next !== undefined && best.likelihood - next.likelihood < NAMING_EVIDENCE) return undefined;
    const unchanged = logLikelihood(countsNow, smoothed(countsBefore));
    if (logLikelihood(countsNow, sharesOf(now, best.naming)) - unchanged < CHANGE_EVIDENCE) return undefined;
    return best.naming.map(label => this.#labels[label] ?? '');
  }
}

function sharesOf({ shares }: Period, naming: readonly number[]): readonly number[] {
  return naming.map(label => shares[label] ?? 0);
}

/** Every way to give each of `groups` a label of its own. */
function injections(
  labels: number,
  groups: number,
  taken: readonly number[] = [],
): readonly (readonly number[])[] {
  if (taken.length === groups) return [taken];
  return Array.from({ length: labels }, (_, label) => label)
    .filter(label => !taken.includes(label))
    .flatMap(label => injections(labels, groups, [...taken, label]));
}

function upTo(counts: readonly number[], groups: number): readonly number[] {
  return Array.from({ length: groups }, (_, group) => counts[group] ?? 0);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + (count ?? 0), 0);
}

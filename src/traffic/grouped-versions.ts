import { plainText } from '../plain-text.ts';
import { groupAnswers, labelIn } from './answer-groups.ts';
import { classify, type Fingerprints, learnKinds } from './fingerprint.ts';
import type { Recognition } from './recognition.ts';
import type { Answer } from './sample.ts';
import { ShiftProof } from './shift-proof.ts';

/** How many answers are looked at before the first grouping, and how many of no known group before another. */
const FIRST_LOOK = 20;
const NEXT_LOOK = 4;

/** Answers that are kept of each group, and of those that belong to none. */
const KEPT_PER_GROUP = 6;
const KEPT_UNKNOWN = 40;

interface Group {
  readonly answers: readonly Answer[];
  readonly label: string | undefined;
}

/**
 * Knows versions by the samples alone, where none could be read by itself: answers are grouped by what differs, and a group has
 * the name of a version where its answers say it or a shift has shown it. Until then its answers show no version.
 */
export class GroupedVersions implements Recognition {
  readonly #labels: readonly string[];
  readonly #why: string;
  readonly #proof: ShiftProof;
  #groups: readonly Group[] = [];
  #fingerprints: Fingerprints = learnKinds([]);
  #unknown: Answer[] = [];
  #unknownSinceLook = 0;
  #isTooVaried = false;
  readonly #proven = new Set<string>();

  /** @param why no version could be read by itself; safe to draw. */
  constructor(labels: readonly string[], why: string) {
    this.#labels = labels;
    this.#why = why;
    this.#proof = new ShiftProof(labels);
  }

  /** Shares that are applied from now on, in the order of the labels. */
  weightsApplied(shares: readonly number[], atMs: number): void {
    this.#proof.weightsApplied(shares, atMs);
  }

  classify(answer: Answer, startedAtMs: number): string | undefined {
    if (answer.status >= 500) return undefined;
    const group = this.#groupOf(answer);
    if (group === undefined) {
      this.#keepUnknown(answer);
      return undefined;
    }
    this.#proof.add(group, startedAtMs);
    if (this.#groups[group]?.label === undefined) this.#nameByShift();
    return this.#groups[group]?.label;
  }

  get canTellApart(): boolean {
    const known = this.#groups.flatMap(({ label }) => (label === undefined ? [] : [label]));
    return this.#labels.every(label => known.includes(label));
  }

  get words(): string {
    const kinds =
      this.#groups.length === 1 ? 'one kind of answer' : `${this.#groups.length} kinds of answers`;
    if (this.#isTooVaried)
      return `${this.#why}, and answers differ too much to be sorted: name what tells the version with --version-header`;
    if (this.#groups.length === 0) return `${this.#why}: learning from the samples`;
    const named = this.#groups.filter(({ label }) => label !== undefined);
    if (named.length < this.#groups.length) {
      return `${this.#why}: ${kinds}, and ${named.length === 0 ? 'none says' : 'not all say'} its version; a shift will show it, or --version-header`;
    }
    const inOrder = this.#labels.flatMap(label => named.filter(group => group.label === label));
    return `${this.#why}: ${kinds}, ${inOrder.map(group => this.#namedWords(group)).join(', ')}`;
  }

  #namedWords({ label = '' }: Group): string {
    return `${plainText(label, 40)} ${this.#proven.has(label) ? 'as a shift showed' : 'by its name in them'}`;
  }

  #groupOf(answer: Answer): number | undefined {
    const key = classify(this.#fingerprints, answer);
    return key === undefined ? undefined : Number(key);
  }

  #keepUnknown(answer: Answer): void {
    this.#unknown.push(answer);
    if (this.#unknown.length > KEPT_UNKNOWN) this.#unknown.shift();
    this.#unknownSinceLook += 1;
    const due = this.#groups.length === 0 ? FIRST_LOOK : NEXT_LOOK;
    if (this.#unknownSinceLook >= due) this.#lookAgain();
  }

  #lookAgain(): void {
    this.#unknownSinceLook = 0;
    const known = this.#groups.flatMap(({ answers }) => answers);
    const found = groupAnswers([...known, ...this.#unknown], this.#labels.length);
    this.#isTooVaried = found === undefined && this.#groups.length === 0;
    if (found === undefined) return;
    // A group keeps its number, so that what a shift shows of it adds up.
    const old = this.#groups.map(
      ({ answers: [first] }) => found.find(answers => first !== undefined && answers.includes(first)) ?? [],
    );
    const added = found.filter(answers => !old.includes(answers));
    const groups = [...old, ...added].map(answers => answers.slice(0, KEPT_PER_GROUP));
    this.#groups = groups.map((answers, index) => {
      const others = groups.flatMap((other, at) => (at === index ? [] : other));
      const earlier = this.#groups[index]?.label;
      return { answers, label: earlier ?? labelIn(answers, others, this.#labels) };
    });
    this.#dropSharedNames();
    this.#fingerprints = learnKinds(
      this.#groups.map(({ answers }, index) => ({ version: String(index), answers })),
    );
    this.#unknown = this.#unknown.filter(answer => !found.some(group => group.includes(answer)));
  }

  /** A label that two groups say names neither. */
  #dropSharedNames(): void {
    const labels = this.#groups.map(({ label }) => label);
    this.#groups = this.#groups.map(group => {
      const isShared = labels.filter(label => label === group.label).length > 1;
      return isShared ? { ...group, label: undefined } : group;
    });
  }

  #nameByShift(): void {
    const names = this.#proof.names(this.#groups.length);
    if (names === undefined) return;
    this.#groups = this.#groups.map((group, index) => {
      if (group.label !== undefined) return group;
      const label = names[index];
      if (label !== undefined) this.#proven.add(label);
      return { ...group, label };
    });
    this.#dropSharedNames();
  }
}

import { plainText } from '../plain-text.ts';
import {
  carries,
  distrust,
  isWeak,
  looksVolatile,
  type Mark,
  type MarkSource,
  markKey,
  marksOf,
} from './mark.ts';
import type { Answer } from './sample.ts';

/** How versions are told apart by their answers. Plain data. */
export interface Fingerprints {
  /** Versions of which at least one answer was read. */
  readonly versions: readonly string[];
  /** Tried in this order; the first that recognises a version decides. */
  readonly tests: readonly FingerprintTest[];
  /** Groups of versions whose answers show no difference that lasts. */
  readonly indistinguishable: readonly (readonly string[])[];
  /** Versions of which nothing could be read. */
  readonly unread: readonly string[];
}

/** One kind of evidence. Marks are referred to by their index in `marks`. */
export interface FingerprintTest {
  readonly source: MarkSource;
  /** The share of its own marks that an answer of a version carries at least. */
  readonly needs: number;
  readonly marks: readonly Mark[];
  readonly profiles: readonly VersionProfile[];
}

export interface VersionProfile {
  readonly version: string;
  /** Which of the kinds that were learned it is of: a version has two while old and new pods of it answer. */
  readonly kind: number;
  /** Marks of this kind that at least one other version lacks. */
  readonly has: readonly number[];
  /** Marks of other versions that this one lacks. */
  readonly lacks: readonly number[];
  /** What all versions share: all that shows a version whose answers are another's with something left out. Empty where `has` is not. */
  readonly common: readonly number[];
}

/** Marks kept per pair of versions: several, so that one line that changes or a header that a gateway removes does no harm. */
const MARKS_PER_PAIR = 4;
const COMMON_MARKS = 8;

/** An answer shows a version when it carries at least half of its marks, and less than half of the others'. */
const HALF = 0.5;
const COMMON_SHARE_NEEDED = 0.8;

/** With only one version read, nothing tells what is particular to it, so an answer must carry all of this many marks. */
const MARKS_OF_ONLY_VERSION = 48;

/** Answers of one version that are made alike: by the pods of one template. */
export interface AnswerKind {
  readonly version: string;
  readonly answers: readonly Answer[];
}

/**
 * What tells versions apart, from answers of each version read directly. A version has several kinds of answers while its pods
 * roll; each of them shows it.
 *
 * Only what is in every answer of a version and in none of another's counts. Several answers per version show what
 * changes from answer to answer; from a single one, times, dates, ids, addresses and long numbers are taken to change.
 * Headers come first, then pieces of the body, then words; ETag and its kind only where nothing else differs.
 */
export function learnKinds(reads: readonly AnswerKind[]): Fingerprints {
  const kinds = reads
    .map(({ version, answers }) => ({ version, answers: usable(answers) }))
    .filter(({ answers }) => answers.length > 0);
  const versions = distinct(kinds.map(({ version }) => version));
  const tests = versions.length === 1 ? kinds.map(testOfOnly) : chooseTests(kinds);
  const alike = alikePairs(kinds, tests);
  return {
    versions,
    tests: tests.map(test => withoutKinds(test, new Set(alike.flat()))),
    indistinguishable: groupsOf(kinds, alike),
    unread: distinct(reads.map(({ version }) => version)).filter(version => !versions.includes(version)),
  };
}

function distinct(labels: readonly string[]): readonly string[] {
  return [...new Set(labels)];
}

/** The version that an answer shows; undefined when it shows none, or more than one. */
export function classify(fingerprints: Fingerprints, answer: Answer): string | undefined {
  for (const test of fingerprints.tests) {
    const version = recognise(test, answer);
    if (version !== undefined) return version;
  }
  return undefined;
}

/** Whether every version was read and can be told from every other. */
export function canTellApart({ versions, indistinguishable, unread }: Fingerprints): boolean {
  return versions.length > 1 && indistinguishable.length === 0 && unread.length === 0;
}

/** In one sentence how versions are told apart, or why they are not and what would change that. */
export function describeFingerprints(fingerprints: Fingerprints): string {
  const { unread, indistinguishable, tests } = fingerprints;
  if (unread.length > 0) return `no answer of ${list(unread)} could be read`;
  const [alike] = indistinguishable;
  if (alike !== undefined) {
    return `${list(alike)} answer alike: let each send a header of its own, such as x-version, or sample a path where they differ (--path)`;
  }
  const [first] = tests;
  if (first === undefined) return 'there is only one version';
  const [mark] = first.marks;
  if (mark?.kind === 'header') return `told apart by the header ${plainText(mark.name, 40)}`;
  return 'told apart by the text of their answers';
}

function list(labels: readonly string[]): string {
  return labels.map(label => plainText(label, 40)).join(' and ');
}

/** A version that answers is known by its answers, not by an error in between. */
function usable(answers: readonly Answer[]): readonly Answer[] {
  const good = answers.filter(answer => answer.status < 500);
  return good.length > 0 ? good : answers;
}

/** In the order of how well the evidence lasts, until every pair is told apart. */
function chooseTests(samples: readonly AnswerKind[]): FingerprintTest[] {
  const tests: FingerprintTest[] = [];
  const isDone = () => alikePairs(samples, tests).length === 0;
  const add = (source: MarkSource, wanted: Wanted) => {
    const test = buildTest(samples, source, wanted);
    if (test.profiles.length > 0) tests.push(test);
  };

  add('headers', { volatile: false, byAbsence: false });
  const byHeader = tests.length;
  // Beside headers as well, for a gateway that removes them.
  add('segments', { volatile: false, byAbsence: true });
  if (alikePairs(samples, tests.slice(byHeader)).length > 0)
    add('words', { volatile: false, byAbsence: true });
  if (!isDone()) add('headers', { volatile: false, byAbsence: true });

  const hasRepeats = samples.every(sample => sample.answers.length > 1);
  const addVolatile = () => {
    for (const source of ['headers', 'segments', 'words'] as const) {
      if (!isDone()) add(source, { volatile: true, byAbsence: false });
    }
  };
  if (hasRepeats) addVolatile();
  if (!isDone()) add('weak-headers', { volatile: true, byAbsence: false });
  if (!hasRepeats) addVolatile();
  return tests;
}

interface Wanted {
  /** Whether marks that look as if they changed count. */
  readonly volatile: boolean;
  /** Whether a version may be known by what it lacks. */
  readonly byAbsence: boolean;
}

function testOfOnly({ version, answers }: AnswerKind, kind: number): FingerprintTest {
  const marks = lastingMarks(answers, 'segments').slice(0, MARKS_OF_ONLY_VERSION);
  const has = marks.map((_, index) => index);
  return { source: 'segments', needs: 1, marks, profiles: [{ version, kind, has, lacks: [], common: [] }] };
}

function buildTest(samples: readonly AnswerKind[], source: MarkSource, wanted: Wanted): FingerprintTest {
  const stable = samples.map(({ answers }) => {
    const marks = wanted.volatile ? stableMarks(answers, source) : lastingMarks(answers, source);
    return marks.toSorted((a, b) => distrust(a) - distrust(b));
  });
  const marks: Mark[] = [];
  const indexes = new Map<string, number>();
  const indexOf = (mark: Mark): number => {
    const key = markKey(mark);
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, marks.length);
    return marks.push(mark) - 1;
  };
  const lackedBy = samples.map(() => new Set<number>());
  const has = samples.map(({ version }, index) => {
    const own = new Set<number>();
    for (const other of distinct(samples.map(sample => sample.version))) {
      if (other === version) continue;
      // What only some kinds of the other version lack does not tell it from all of them.
      const answers = samples.flatMap(sample => (sample.version === other ? sample.answers : []));
      for (const mark of firstMissing(stable[index] ?? [], answers).map(indexOf)) {
        own.add(mark);
        samples.forEach((sample, at) => {
          if (sample.version === other) lackedBy[at]?.add(mark);
        });
      }
    }
    return [...own];
  });
  const common = wanted.byAbsence ? commonMarks(samples).map(indexOf) : [];
  const profiles = samples.map(({ version }, index) => {
    const own = has[index] ?? [];
    const lacks = [...(lackedBy[index] ?? [])];
    return { version, kind: index, has: own, lacks, common: own.length > 0 ? [] : common };
  });
  const isUsable = ({ has: own, lacks, common: shared }: VersionProfile) =>
    own.length > 0 || (lacks.length > 0 && shared.length > 0);
  return { source, needs: HALF, marks, profiles: profiles.filter(isUsable) };
}

/** Marks in every answer, in the order of the first. */
function stableMarks(answers: readonly Answer[], source: MarkSource): Mark[] {
  const [first, ...others] = answers;
  if (first === undefined) return [];
  const marks = new Map(marksOf(first, source).map(mark => [markKey(mark), mark]));
  for (const other of others) {
    const keys = new Set(marksOf(other, source).map(markKey));
    for (const key of marks.keys()) if (!keys.has(key)) marks.delete(key);
  }
  return [...marks.values()];
}

/** Marks in every answer that do not look as if they changed later. */
export function lastingMarks(answers: readonly Answer[], source: MarkSource): Mark[] {
  return stableMarks(answers, source).filter(mark => !looksVolatile(mark));
}

/** The first marks that none of the answers carries; weak ones only where there are no others. */
function firstMissing(marks: readonly Mark[], answers: readonly Answer[]): Mark[] {
  const missing: Mark[] = [];
  for (const mark of marks) {
    if (missing.length === MARKS_PER_PAIR || (missing.length > 0 && isWeak(mark))) break;
    if (!answers.some(answer => carries(answer, mark))) missing.push(mark);
  }
  return missing;
}

/** Pieces of the body that all versions share. */
function commonMarks(samples: readonly AnswerKind[]): Mark[] {
  const all = samples.flatMap(({ answers }) => lastingMarks(answers, 'segments'));
  const each = [...new Map(all.map(mark => [markKey(mark), mark])).values()];
  const shared: Mark[] = [];
  for (const mark of each) {
    if (samples.every(({ answers }) => answers.every(answer => carries(answer, mark)))) shared.push(mark);
    if (shared.length === COMMON_MARKS) break;
  }
  return shared;
}

function recognise({ needs, marks, profiles }: FingerprintTest, answer: Answer): string | undefined {
  const carried = marks.map(mark => carries(answer, mark));
  const shareOf = (indexes: readonly number[]) => shareCarried(indexes, carried);
  let best: string | undefined;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const { version, has, lacks, common } of profiles) {
    const isShown = has.length > 0 ? shareOf(has) >= needs : shareOf(common) >= COMMON_SHARE_NEEDED;
    const against = shareOf(lacks);
    if (!isShown || against >= HALF) continue;
    const score = shareOf(has) - against;
    if (score < bestScore) continue;
    best = score === bestScore && best !== version ? undefined : version;
    bestScore = score;
  }
  return best;
}

function shareCarried(indexes: readonly number[], carried: readonly boolean[]): number {
  if (indexes.length === 0) return 0;
  return indexes.filter(index => carried[index]).length / indexes.length;
}

/** Kinds of different versions that no test tells apart, in pairs. */
function alikePairs(
  kinds: readonly AnswerKind[],
  tests: readonly FingerprintTest[],
): readonly (readonly [number, number])[] {
  return kinds.flatMap((a, index) =>
    kinds.flatMap((b, other): readonly (readonly [number, number])[] => {
      if (other <= index || a.version === b.version) return [];
      return tests.some(test => tells(test, index, other)) ? [] : [[index, other]];
    }),
  );
}

/** The versions of such pairs, in groups of two and more. */
function groupsOf(
  kinds: readonly AnswerKind[],
  pairs: readonly (readonly [number, number])[],
): readonly (readonly string[])[] {
  const groups = new Map<string, readonly string[]>();
  for (const pair of pairs) {
    const versions = pair.map(kind => kinds[kind]?.version ?? '');
    const joined = distinct(versions.flatMap(version => groups.get(version) ?? [version]));
    for (const version of joined) groups.set(version, joined);
  }
  return [...new Set(groups.values())];
}

/** An answer that two versions may have made shows neither of them. */
function withoutKinds(test: FingerprintTest, alike: ReadonlySet<number>): FingerprintTest {
  return { ...test, profiles: test.profiles.filter(({ kind }) => !alike.has(kind)) };
}

/** Whether a test recognises both kinds and one has a mark that the other lacks. */
function tells({ profiles }: FingerprintTest, a: number, b: number): boolean {
  const left = profiles.find(({ kind }) => kind === a);
  const right = profiles.find(({ kind }) => kind === b);
  if (left === undefined || right === undefined) return false;
  return (
    left.has.some(mark => right.lacks.includes(mark)) || right.has.some(mark => left.lacks.includes(mark))
  );
}

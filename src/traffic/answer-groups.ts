import { lastingMarks } from './fingerprint.ts';
import { carries, containsWhole, looksVolatile, type MarkSource, markKey, marksOf } from './mark.ts';
import type { Answer } from './sample.ts';

/** Fewer answers alike than this are an exception rather than a kind. */
const MIN_GROUP = 3;

/** The part of the answers that the groups together hold at least. */
const COVERED = 0.8;

/**
 * Sorts answers of nobody knows which version into at most `limit` groups by what differs; undefined where they differ in more
 * ways than that. By all that lasts in them first, then by one header, then by pieces of the body of which each answer has one.
 */
export function groupAnswers(
  answers: readonly Answer[],
  limit: number,
): readonly (readonly Answer[])[] | undefined {
  return (
    enoughOf(groupBy(answers, signature), answers.length, limit) ??
    byHeader(answers, limit) ??
    byPieces(answers, 'segments', limit) ??
    byPieces(answers, 'words', limit)
  );
}

/** The one of `labels` that a group's answers, and no others, carry as a word; undefined where there is none, or several. */
export function labelIn(
  group: readonly Answer[],
  others: readonly Answer[],
  labels: readonly string[],
): string | undefined {
  const texts = (['headers', 'segments', 'words'] as const)
    .flatMap(source => lastingMarks(group, source))
    .filter(mark => !others.some(other => carries(other, mark)))
    .map(mark => (mark.kind === 'header' ? mark.value : mark.text).toLowerCase());
  const found = labels.filter(label => texts.some(text => containsWhole(text, label.toLowerCase())));
  return found.length === 1 ? found[0] : undefined;
}

/** All of an answer that does not look as if it changed from one to the next. */
function signature(answer: Answer): string {
  const marks = [...marksOf(answer, 'headers'), ...marksOf(answer, 'segments')];
  return marks
    .filter(mark => !looksVolatile(mark))
    .map(markKey)
    .sort()
    .join('\n');
}

function byHeader(answers: readonly Answer[], limit: number): readonly (readonly Answer[])[] | undefined {
  const names = new Set(
    answers.flatMap(answer =>
      marksOf(answer, 'headers').flatMap(mark => (mark.kind === 'header' ? [mark.name] : [])),
    ),
  );
  for (const name of names) {
    const groups = groupBy(answers, ({ headers }) => headers[name] ?? '');
    const found = groups.length > 1 ? enoughOf(groups, answers.length, limit) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Pieces of the body of which each answer has exactly one: the first that completes such a set with what is left. */
function byPieces(
  answers: readonly Answer[],
  source: MarkSource,
  limit: number,
): readonly (readonly Answer[])[] | undefined {
  const holders = new Map<string, Set<Answer>>();
  for (const answer of answers) {
    for (const mark of marksOf(answer, source)) {
      const key = markKey(mark);
      holders.set(key, (holders.get(key) ?? new Set()).add(answer));
    }
  }
  const pieces = [...holders.values()].filter(({ size }) => size >= MIN_GROUP && size < answers.length);
  for (const first of pieces) {
    const groups = [first];
    const left = new Set(answers.filter(answer => !first.has(answer)));
    for (const piece of pieces) {
      if (![...piece].every(answer => left.has(answer))) continue;
      groups.push(piece);
      for (const answer of piece) left.delete(answer);
    }
    if (left.size === 0 && groups.length <= limit) return groups.map(group => [...group]);
  }
  return undefined;
}

function groupBy(answers: readonly Answer[], keyOf: (answer: Answer) => string): readonly Answer[][] {
  const groups = new Map<string, Answer[]>();
  for (const answer of answers) {
    const key = keyOf(answer);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [answer]);
    else group.push(answer);
  }
  return [...groups.values()];
}

/** The groups that are large enough, where they are few and hold most of the answers. */
function enoughOf(
  groups: readonly Answer[][],
  total: number,
  limit: number,
): readonly (readonly Answer[])[] | undefined {
  const large = groups.filter(({ length }) => length >= MIN_GROUP);
  const covered = large.reduce((sum, { length }) => sum + length, 0);
  return large.length > 0 && large.length <= limit && covered >= COVERED * total ? large : undefined;
}

import {
  asSplit,
  basisFor,
  type Split,
  type SplitChange,
  setWeight,
  splitWords,
  weightsText,
} from '../kube/split.ts';
import { answerPrompt } from './answers.ts';
import type { AppState } from './state.ts';

/** What giving the selected version a weight comes to, with the proportions that the others keep. */
export function withSelectedAt(
  { weights }: Pick<AppState, 'weights'>,
  wanted: number,
): { readonly change: SplitChange; readonly basis: Split } {
  const { requested, selected, basis, basisIndex } = weights;
  const split = asSplit(requested);
  const locked = new Set(weights.locked);
  const kept = basisIndex === selected ? basis : basisFor(split, selected, locked, basis);
  return { change: setWeight(split, selected, wanted, locked, kept), basis: kept };
}

export type Preview = { readonly isRefused: boolean; readonly words: string };

/** Of more versions the names are left out: there is one line. */
const MOST_NAMED = 4;

/** What enter would set, while a weight is typed: `v1 30, v2 70`; or why it would not. Undefined while it is none. */
export function previewOf(state: AppState, draft: string): Preview | undefined {
  const answer = answerPrompt('weight', draft);
  if (answer.kind !== 'intent' || answer.intent.kind !== 'set-to') return undefined;
  const { change } = withSelectedAt(state, answer.intent.weight);
  switch (change.kind) {
    case 'refused':
      return { isRefused: true, words: change.reason };
    case 'unchanged':
      return { isRefused: false, words: `it is ${weightsText(state.weights.requested)} already` };
    case 'changed':
      return { isRefused: false, words: `enter sets ${named(state, change.split)}` };
  }
}

function named({ weights: { applied } }: AppState, split: Split): string {
  if (!applied || applied.route.destinations.length > MOST_NAMED) return weightsText(split);
  return splitWords(applied.route, split);
}

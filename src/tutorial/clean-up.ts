import { type Looked, lookAt } from './application.ts';
import type { Facts } from './facts.ts';
import { objectWords } from './manifests.ts';
import { isMadeByUs } from './object-state.ts';
import type { Judgement, StepText } from './step.ts';

export const CLEAN_UP_TEXT: StepText = {
  id: 'clean-up',
  title: 'Clean up',
  why: [
    'Takes away what weighbridge made, in reverse order: first the route, so that nothing is sent where nobody answers.',
    'What somebody else made stays, and so does everything that kubectl applied: kubectl delete -f manifests/ takes that away.',
  ],
  seenBy: 'No object of the tutorial is left in the namespace that weighbridge made.',
  mayGoWrong: [
    {
      id: 'changed-meanwhile',
      sentence: 'An object changed while it was to be deleted: it stays.',
      fix: 'Run this step again.',
    },
  ],
};

/** What weighbridge made in the namespace, in the order in which it goes. */
export function madeHere({ cluster, manifests }: Facts): readonly Looked[] {
  if (cluster.kind === 'none') return [];
  return lookAt(cluster, manifests)
    .objects.filter(({ found }) => found !== undefined && isMadeByUs(found))
    .toReversed();
}

/** Nobody has to clean up: this step is there to be chosen. */
export function judgeCleanUp(facts: Facts): Judgement {
  const made = madeHere(facts);
  if (made.length === 0) {
    const evidence = ['weighbridge has made nothing here'];
    return { progress: { kind: 'not-needed', evidence }, troubles: [], notes: [] };
  }
  const words = made.map(({ wanted }) => objectWords(wanted)).join(', ');
  return { progress: { kind: 'yours', evidence: [`weighbridge made ${words}`] }, troubles: [], notes: [] };
}

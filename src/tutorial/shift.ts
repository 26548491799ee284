import type { Facts } from './facts.ts';
import { judgeRouting } from './routing.ts';
import { isPassed, type Judgement, type StepText } from './step.ts';
import { judgeVersions } from './versions.ts';

export const SHIFT_TEXT: StepText = {
  id: 'shift',
  title: 'The shift',
  why: [
    'Move weights, a press at a time: requested moves with the key, applied when the API server has it, observed when the gateway really answers so.',
    'From 50/50 back to 90/10, as careful people begin, and then to 0/100: no request fails on the way, and the screen says so with its numbers.',
  ],
  seenBy:
    'The screen says "agrees" after each shift, by the answers of the gateway; the weights alone prove nothing.',
  mayGoWrong: [
    {
      id: 'does-not-follow',
      sentence: 'The weights are applied and traffic does not follow.',
      fix: 'weighbridge doctor says why: istiod may be down, or another route answer first.',
    },
    {
      id: 'requests-fail',
      sentence: 'Some requests fail while traffic moves.',
      fix: 'The Responses pane names the kind of failure and what to do about it.',
    },
  ],
};

/** The keys that take the reader through the shift, each by the id of its binding in the key map and what it is for. */
export const SHIFT_KEYS: readonly {
  readonly binding: string;
  readonly shown: string;
  readonly words: string;
}[] = [
  { binding: 'take-10', shown: '←', words: 'take 10 points from v2; four times: 90/10' },
  { binding: 'set-100', shown: '>', words: 'give v2 everything: 0/100' },
  { binding: 'undo', shown: 'u', words: 'take the last shift back' },
];

/** The person's own step: only the answers of the gateway could say whether it was done, and nobody has kept them. */
export function judgeShift(facts: Facts): Judgement {
  const isReady = isPassed(judgeVersions(facts)) && isPassed(judgeRouting(facts));
  const progress = isReady
    ? ({ kind: 'yours', evidence: ['both versions run and the route is there'] } as const)
    : ({ kind: 'unknown', reason: 'it needs the steps before it' } as const);
  return { progress, troubles: [], notes: [] };
}

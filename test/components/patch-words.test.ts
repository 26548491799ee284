import { expect, it } from 'vitest';
import { patchWords } from '../../src/components/patch-words.ts';
import type { PatchState } from '../../src/session/state.ts';

const inFlight = (wanted: readonly number[]): PatchState => ({
  kind: 'in-flight',
  wanted,
  sentAtMs: 0,
  keyAtMs: 0,
  shiftId: 1,
});

it.each([
  ['nothing where all that was asked for is applied', { kind: 'idle' } as const, [50, 50], ''],
  ['what waits for its turn', { kind: 'idle' } as const, [40, 60], '40/60 is next…'],
  ['what is under way', inFlight([40, 60]), [40, 60], 'patching 40/60…'],
  ['what is under way, and what follows it', inFlight([40, 60]), [10, 90], 'patching 40/60, then 10/90…'],
  ['what is under way where it was taken back', inFlight([40, 60]), [50, 50], 'patching 40/60, then 50/50…'],
])('says %s', (_what, patch, requested, words) => {
  expect(patchWords(patch, requested, [50, 50])).toBe(words);
});

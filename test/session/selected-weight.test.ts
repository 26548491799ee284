import { describe, expect, it } from 'vitest';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { previewOf } from '../../src/session/selected-weight.ts';
import type { AppState } from '../../src/session/state.ts';
import { NOW, stateOf } from '../support/states.ts';

const two = stateOf('healthy', [50, 50]);
const three = stateOf('healthy', [20, 30, 50]);
const locked = (state: AppState, ...indices: readonly number[]): AppState => ({
  ...state,
  weights: { ...state.weights, locked: indices },
});

describe('a weight that is typed', () => {
  it.each([
    ['what enter would set', two, '70', 'enter sets v1 30, v2 70'],
    ['what the others would keep', three, '20', 'enter sets v1 32, v2 48, v3 20'],
    ['that it is so already', two, '50', 'it is 50/50 already'],
    [
      'the numbers alone where there are many versions',
      stateOf('healthy', [20, 20, 20, 20, 20]),
      '60',
      'enter sets 10/10/10/10/60',
    ],
  ])('shows %s', (_what, state, draft, words) => {
    expect(previewOf(state, draft)).toEqual({ isRefused: false, words });
  });

  it('shows why nothing would be set', () => {
    expect(previewOf(locked(three, 0, 1), '70')).toMatchObject({ isRefused: true });
    expect(previewOf(locked(three, 2), '70')).toMatchObject({ isRefused: true });
  });

  it.each(['', '101', 'x', '7.5'])('shows nothing of "%s"', draft => {
    expect(previewOf(two, draft)).toBeUndefined();
  });

  it('is what enter sets, whatever is locked', () => {
    for (const indices of [[], [0], [1]]) {
      for (const draft of ['0', '7', '33', '64', '100']) {
        const state = locked(three, ...indices);
        const words = previewOf(state, draft)?.words;
        const set = applyIntent(state, { kind: 'set-to', weight: Number(draft) }, NOW);
        const [v1, v2, v3] = set.weights.requested;
        const isRefused = set.weights.requested === state.weights.requested;
        expect(isRefused || words === `enter sets v1 ${v1}, v2 ${v2}, v3 ${v3}`).toBe(true);
      }
    }
  });
});

import { expect, it } from 'vitest';
import { isTickDue, withTimeOfView } from '../../src/session/passing-time.ts';
import { initialState } from '../../src/session/state.ts';

const start = initialState(0, { columns: 80, rows: 24, isUnicode: true });
const VIEWS_PER_SECOND = 3;

it('passes with the views of the traffic, so that no tick draws a frame of its own', () => {
  for (const phaseMs of [0, 50, 120, 200, 300]) {
    let state = start;
    const ticks: number[] = [];
    for (let atMs = 1; atMs < 20_000; atMs += 1) {
      if ((atMs + phaseMs) % Math.round(1000 / VIEWS_PER_SECOND) === 0) state = withTimeOfView(state, atMs);
      if (atMs % 1000 !== 0) continue;
      expect(atMs - state.now).toBeLessThan(1_000);
      if (isTickDue(state, atMs)) ticks.push(atMs);
    }
    expect(ticks).toEqual([]);
  }
});

it('passes by ticks where there are no views, and where the clock is set back', () => {
  expect(isTickDue({ now: 0 }, 1_000)).toBe(true);
  expect(isTickDue({ now: 5_000 }, 1_000)).toBe(true);
});

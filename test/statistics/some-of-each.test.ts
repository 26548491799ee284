import { describe, expect, it } from 'vitest';
import { SIMULATIONS } from './simulations.ts';

// `npm run test:statistics` makes 1,000 of each.
describe('verdicts over many hours', () => {
  it.each(SIMULATIONS)('are right: $name', ({ run, fewRuns }) => {
    const { isRight, words } = run(fewRuns);
    expect(isRight, words).toBe(true);
  });
});

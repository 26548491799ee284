import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asSplit } from '../../src/kube/split.ts';
import { readSteps, splitOfStep, stepsAhead } from '../../src/session/canary-steps.ts';

describe('steps of a canary', () => {
  it.each([
    ['5,10,25,50,100', [5, 10, 25, 50, 100]],
    ['100', [100]],
    [' 1 , 2,3 ', [1, 2, 3]],
    ['5%,10 %', [5, 10]],
  ])('are read from %j', (text, steps) => {
    expect(readSteps(text)).toEqual(steps);
  });

  it.each([
    '',
    '0,10',
    '10,5',
    '10,10',
    '50,101',
    '5,,10',
    '5,10,',
    '-5',
    '1.5',
    '1e1',
    'ten',
    '5 10',
    '0x10',
  ])('are not read from %j', text => {
    expect(readSteps(text)).toBeUndefined();
  });

  it('are those above the weight that the version has', () => {
    expect(stepsAhead([5, 10, 25, 50, 100], 10)).toEqual({ ahead: [25, 50, 100], passed: [5, 10] });
    expect(stepsAhead([5, 10], 0)).toEqual({ ahead: [5, 10], passed: [] });
    expect(stepsAhead([5, 10], 100)).toEqual({ ahead: [], passed: [5, 10] });
  });

  it.each([
    [[100, 0], 1, 5, [95, 5]],
    [[100, 0], 1, 100, [0, 100]],
    [[undefined, undefined], 1, 60, [40, 60]],
    [[60, 30, 10], 2, 50, [33, 17, 50]],
    [[0, 0, 100], 0, 10, [10, 0, 90]],
  ])(
    'take from the others of %j, for the version at %i and a step of %i, what leaves %j',
    (start, to, step, split) => {
      expect(splitOfStep(start, to, step)).toEqual(split);
    },
  );

  it('have nobody to take from where there is one version', () => {
    expect(splitOfStep([100], 0, 50)).toBeUndefined();
  });

  it('give the version its weight, and the others never more than they had', () => {
    const weights = fc
      .array(fc.nat(100), { minLength: 2, maxLength: 5 })
      .filter(list => list.some(weight => weight > 0));
    fc.assert(
      fc.property(weights, fc.nat(), fc.integer({ min: 1, max: 100 }), (start, seed, step) => {
        const to = seed % start.length;
        const before = asSplit(start);
        fc.pre(step > (before[to] ?? 0) && (before[to] ?? 0) < 100);
        const split = splitOfStep(start, to, step) ?? [];
        expect(split[to]).toBe(step);
        expect(split.reduce((sum, weight) => sum + weight, 0)).toBe(100);
        for (const [index, weight] of split.entries()) {
          if (index !== to) expect(weight).toBeLessThanOrEqual(Math.max(1, before[index] ?? 0));
        }
      }),
    );
  });
});

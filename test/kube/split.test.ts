import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apportion,
  askedShares,
  asSplit,
  basisFor,
  evenSplit,
  sameWeights,
  setWeight,
} from '../../src/kube/split.ts';

const none: ReadonlySet<number> = new Set();
const sum = (numbers: readonly number[]) => numbers.reduce((left, right) => left + right, 0);
const splits = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 8 })
  .map(proportions => apportion(100, proportions));

describe('apportion', () => {
  it('gives the remainder to the largest fractions', () => {
    expect(apportion(100, [1, 1, 1])).toEqual([34, 33, 33]);
    expect(apportion(40, [60, 30])).toEqual([27, 13]);
  });

  it('gives equal parts where nothing tells the parts apart', () => {
    expect(apportion(100, [0, 0])).toEqual([50, 50]);
  });

  it('always sums to the total, in whole numbers that are not negative', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 20 }),
        (total, proportions) => {
          const parts = apportion(total, proportions);
          expect(sum(parts)).toBe(total);
          expect(parts.every(part => Number.isInteger(part) && part >= 0)).toBe(true);
        },
      ),
    );
  });
});

describe('what Istio makes of weights', () => {
  it('counts them relative to their sum, an absent one as 0', () => {
    expect(asSplit([200, 100])).toEqual([67, 33]);
    expect(asSplit([undefined, 90])).toEqual([0, 100]);
    expect(askedShares([1, 3])).toEqual([0.25, 0.75]);
  });

  it('knows the weights that Envoy refuses', () => {
    expect(askedShares([0, 0])).toBeUndefined();
    expect(askedShares([-5, 100])).toBeUndefined();
  });

  it('gives a single destination everything, whatever its weight is', () => {
    expect(asSplit([undefined])).toEqual([100]);
    expect(askedShares([0])).toEqual([1]);
  });
});

describe('setting a weight', () => {
  it('mirrors the other one of two', () => {
    expect(setWeight([50, 50], 1, 60, none, [50, 50])).toEqual({ kind: 'changed', split: [40, 60] });
  });

  it('stops at 0 and 100', () => {
    expect(setWeight([5, 95], 1, 105, none, [5, 95])).toEqual({ kind: 'changed', split: [0, 100] });
    expect(setWeight([0, 100], 1, 110, none, [0, 100])).toEqual({ kind: 'unchanged' });
  });

  it('lets the others keep the proportions that they had before they were squeezed', () => {
    const before = [60, 30, 10];
    const squeezed = setWeight(before, 2, 100, none, before);
    expect(squeezed).toEqual({ kind: 'changed', split: [0, 0, 100] });
    expect(setWeight([0, 0, 100], 2, 10, none, before)).toEqual({ kind: 'changed', split: before });
  });

  it('shares equally where the others never had any weight', () => {
    expect(setWeight([0, 0, 100], 2, 90, none, [0, 0, 100])).toEqual({ kind: 'changed', split: [5, 5, 90] });
  });

  it('holds locked weights', () => {
    expect(setWeight([50, 30, 20], 2, 60, new Set([0]), [50, 30, 20])).toEqual({
      kind: 'changed',
      split: [50, 0, 50],
    });
  });

  it('is refused with the reason where nothing can yield', () => {
    expect(setWeight([50, 50], 1, 60, new Set([0]), [50, 50])).toEqual({
      kind: 'refused',
      reason: 'every other version is locked',
    });
    expect(setWeight([100], 0, 50, none, [100])).toMatchObject({ kind: 'refused' });
    expect(setWeight([50, 50], 1, 60, new Set([1]), [50, 50])).toMatchObject({ kind: 'refused' });
  });

  it('keeps the sum at 100 through any run of keys, and locked weights as they are', () => {
    fc.assert(
      fc.property(
        splits,
        fc.array(fc.tuple(fc.nat(7), fc.integer({ min: -120, max: 120 })), { maxLength: 30 }),
        fc.uniqueArray(fc.nat(7), { maxLength: 3 }),
        (start, keys, lockedIndices) => {
          const locked = new Set(lockedIndices);
          let split = start;
          let basis = start;
          for (const [key, points] of keys) {
            const index = key % start.length;
            basis = basisFor(split, index, locked, basis);
            const change = setWeight(split, index, (split[index] ?? 0) + points, locked, basis);
            if (change.kind === 'changed') split = change.split;
            expect(sum(split)).toBe(100);
            expect(split.every(weight => Number.isInteger(weight) && weight >= 0 && weight <= 100)).toBe(
              true,
            );
          }
          for (const index of locked) expect(split[index]).toBe(start[index]);
        },
      ),
    );
  });
});

describe('an even split', () => {
  it('shares what is not locked', () => {
    expect(evenSplit([70, 20, 10], new Set([0]))).toEqual({ kind: 'changed', split: [70, 15, 15] });
    expect(evenSplit([50, 50], none)).toEqual({ kind: 'unchanged' });
    expect(evenSplit([50, 50], new Set([0]))).toMatchObject({ kind: 'refused' });
  });
});

it('tells an absent weight from 0', () => {
  expect(sameWeights([undefined, 100], [0, 100])).toBe(false);
  expect(sameWeights([0, 100], [0, 100])).toBe(true);
});

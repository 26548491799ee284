import { expect, it } from 'vitest';
import { scrolledLines } from '../../src/components/scrolled-lines.ts';

it.each([
  [0, { first: 0, below: 35 }],
  [18, { first: 18, below: 17 }],
  [35, { first: 35, below: 0 }],
  [36, { first: 0, below: 35 }],
  [-1, { first: 35, below: 0 }],
])('shows 18 of 53 lines, scrolled by %i', (index, seen) => {
  expect(scrolledLines(index, 53, 18)).toEqual(seen);
});

it('shows everything where there is room for it, however far it was scrolled', () => {
  expect(scrolledLines(7, 4, 18)).toEqual({ first: 0, below: 0 });
});

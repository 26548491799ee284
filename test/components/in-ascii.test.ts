import { expect, it } from 'vitest';
import { inAscii } from '../../src/components/in-ascii.ts';

it('keeps every cell of a screen where the locale has only ASCII', () => {
  expect(inAscii('75 × no healthy upstream: Check that…')).toBe('75 x no healthy upstream: Check that~');
  expect(inAscii('shop-日本 / größe')).toBe('shop-???? / gr??e');
  expect(inAscii('\u001b[2m→\u001b[0m 🚀|')).toBe('\u001b[2m>\u001b[0m ??|');
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../src/plain-text.ts';

describe('text of a cluster or an application', () => {
  it('loses its escape sequences and control characters', () => {
    expect(plainText('\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007end')).toBe('red end');
    expect(plainText('a\u009b31mb')).toBe('ab');
  });

  it('loses what reorders or hides text', () => {
    expect(plainText('abc\u202egnp.exe\u2066x\u200b\u2060\ufeff')).toBe('abcgnp.exex');
  });

  it('becomes one line', () => {
    expect(plainText('one\r\n\ttwo\u2028three')).toBe('one two three');
  });

  it('keeps letters of any script, and emoji', () => {
    expect(plainText('grüße 日本語 🚀')).toBe('grüße 日本語 🚀');
  });

  it('is cut to the length asked for, whatever was sent', () => {
    const long = plainText('x'.repeat(10_000), 20);
    expect(Array.from(long)).toHaveLength(20);
    expect(long.endsWith('…')).toBe(true);
  });

  it('never holds a character that a terminal acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        expect(plainText(text, 50)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 1000 },
    );
  });
});

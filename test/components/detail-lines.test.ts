import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { detailLines } from '../../src/components/detail-lines.ts';
import { rowsAround } from '../../src/components/rows-around.ts';
import { wrappedLines } from '../../src/components/wrapped-lines.ts';
import { type DescribedSection, fact } from '../../src/kube/described.ts';

const NOW = Date.parse('2026-11-23T06:00:00Z');
const sections: readonly DescribedSection[] = [
  {
    heading: '',
    rows: [
      fact('Status', 'CrashLoopBackOff, 4 restarts: exit 1', { status: 'failing' }),
      fact('Age', '', { sinceMs: NOW - 120_000 }),
    ],
    empty: '',
  },
  {
    heading: 'Containers',
    rows: [
      fact('myapp', 'Waiting: CrashLoopBackOff: back-off 1m20s restarting failed container', {
        status: 'failing',
      }),
      fact('Restart Count', '4', { isBelow: true }),
      fact('Last State', 'Terminated: Error, exit code 1', { isBelow: true, sinceMs: NOW - 15_000 }),
    ],
    empty: '',
  },
  {
    heading: 'Events of Pod p',
    rows: [
      {
        kind: 'event',
        type: 'Warning',
        reason: 'BackOff',
        from: 'kubelet',
        message: 'Back-off restarting failed container myapp',
        count: 5,
        firstAtMs: NOW - 600_000,
        lastAtMs: NOW - 130_000,
      },
    ],
    empty: '',
  },
  {
    heading: 'End of the log of myapp',
    rows: [],
    empty: "Can't read the log of pod p: forbidden. Ask for `get` on pods/log in namespace default.",
  },
];

describe('the lines of details', () => {
  it('have status, label and text in columns, ages as of now, and long text wrapped below itself', () => {
    const lines = detailLines(sections, 58, NOW).map(
      ({ text, status = '', look }) => `${status.padEnd(8)}${look === 'heading' ? '' : '  '}${text}`,
    );
    expect(`\n${lines.join('\n')}\n`).toBe(`
failing   Status         CrashLoopBackOff, 4 restarts: exit 1
          Age            2m
        Containers
failing   myapp           Waiting: CrashLoopBackOff: back-off
                          1m20s restarting failed container
            Restart Count 4
            Last State    Terminated: Error, exit code 1, 15s
        Events of Pod p
warning   2m10s (x5 over 10m) BackOff from kubelet: Back-off
                              restarting failed container myapp
        End of the log of myapp
          Can't read the log of pod p: forbidden. Ask for \`get\` on
          pods/log in namespace default.
`);
  });

  it('are never wider than the screen', () => {
    const text = fc.stringMatching(/^[a-z -]{0,80}$/);
    fc.assert(
      fc.property(text, text, fc.integer({ min: 50, max: 200 }), (label, words, columns) => {
        const section = { heading: '', rows: [fact(label, words, { sinceMs: 0 })], empty: '' };
        for (const line of detailLines([section], columns, NOW))
          expect(stringWidth(line.text) + 2).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

it('wrapped words are all there, in lines that are no wider than they may be', () => {
  const text = fc
    .array(fc.stringMatching(/^[a-zäö✓🚀]{1,30}$/u), { maxLength: 12 })
    .map(words => words.join(' '));
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (words, columns) => {
      const lines = wrappedLines(words, columns);
      expect(lines.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''));
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    }),
  );
});

it('wrapped words are indented from the second line on, and are all there', () => {
  expect(wrappedLines('kubectl apply -n default -f -', 16, 4)).toEqual([
    'kubectl apply -n',
    '    default -f -',
  ]);
  expect(wrappedLines('a-word-that-is-wider b', 10, 2)).toEqual(['a-word-tha', '  t-is-wid', '  er b']);
});

describe('the rows that are seen', () => {
  it.each([
    ['from the first on', 0, [0, 4]],
    ['around the chosen one', 5, [3, 7]],
    ['up to the last', 9, [6, 10]],
  ])('are %s', (_what, chosen, [first, end]) => {
    expect(rowsAround(new Array(10).fill(1), chosen, 4)).toEqual({ first, end });
  });

  it('hold the chosen one, fill the lines as far as whole rows fit, and are never more', () => {
    const heights = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(heights, fc.nat(), fc.integer({ min: 1, max: 20 }), (all, at, lines) => {
        const chosen = at % all.length;
        const { first, end } = rowsAround(all, chosen, lines);
        expect(first <= chosen && chosen < end).toBe(true);
        const used = all.slice(first, end).reduce((sum, height) => sum + height, 0);
        if (end - first > 1) expect(used).toBeLessThanOrEqual(lines);
        const fitsMore = (row: number | undefined) => row !== undefined && used + row <= lines;
        expect(fitsMore(all[end]) || fitsMore(first === 0 ? undefined : all[first - 1])).toBe(false);
      }),
    );
  });
});

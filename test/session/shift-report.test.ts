import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RecordedShift, recordedShifts } from '../../src/session/recorded-shifts.ts';
import { codeSpan, shiftsAsMarkdown } from '../../src/session/shift-markdown.ts';
import { shiftsAsJson } from '../../src/session/shift-report.ts';
import { version } from '../../src/version.ts';
import { afterShifts } from '../support/histories.ts';
import { schemaProblems } from '../support/schemas.ts';
import { NOW, stateOf } from '../support/states.ts';

const state = afterShifts(stateOf('healthy', [50, 50]));
const morning = recordedShifts(state);
const EVIL = '\u001b[2J\u202eevil|`</td>` @org/team #1\n\n# owned ![](http://x.example)';

/** The shifts, with this in the place of every text that a cluster gives. */
function renamed(shifts: readonly RecordedShift[], name: string): readonly RecordedShift[] {
  const rename = <Value>(weights: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(weights).map(([label, value]) => [`${name}${label}`, value]));
  return shifts.map(({ number, record }) => {
    const { verdict } = record;
    return {
      number,
      place: { context: name, isDemo: false, namespace: name, virtualService: name, route: name },
      record: {
        ...record,
        by: record.keyAtMs === undefined ? name : record.by,
        from: rename(record.from),
        to: rename(record.to),
        answers: rename(record.answers),
        failures: record.failures.map(failure => ({ ...failure, version: name })),
        verdict: verdict.kind === 'does-not-agree' ? { ...verdict, version: name } : verdict,
      },
    };
  });
}

describe('the records as JSON', () => {
  it.each([
    ['a morning of shifts', morning],
    ['no shift', []],
    ['names that are not what they seem', renamed(morning, EVIL)],
  ])('are as the schema says: %s', (_what, shifts) => {
    expect(schemaProblems('shifts.json', JSON.parse(shiftsAsJson(shifts, NOW)))).toEqual([]);
  });

  it('are refused by the schema with anything else', () => {
    const report = JSON.parse(shiftsAsJson(morning, NOW));
    expect(schemaProblems('shifts.json', { ...report, version: 2 })).not.toEqual([]);
    report.shifts[0].acceptedAt = 'yesterday';
    report.shifts[1].samples = -1;
    expect(schemaProblems('shifts.json', report)).toEqual([
      '/shifts/0/acceptedAt must match pattern "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$"',
      '/shifts/1/samples must be >= 0',
    ]);
  });

  it('have every failure by kind and version, in the order in which the shifts were made', () => {
    const { shifts } = JSON.parse(shiftsAsJson(morning, NOW));
    expect(shifts.map(({ number }: RecordedShift) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(shifts[1]).toMatchObject({
      context: 'minikube',
      namespace: 'default',
      virtualService: 'myapp',
      by: 'you',
      acceptedAfterMs: 18,
      failed: 13,
      failedBelowPercent: null,
      failures: [
        { kind: 'upstream-connection', envoyFlag: 'UF/UC', version: null, count: 9 },
        { kind: 'application-error', envoyFlag: null, version: 'v2', count: 3 },
        { kind: 'timeout', version: null, count: 1, firstAt: '2026-11-23T05:56:59.100Z' },
      ],
      weights: [
        { version: 'v1', from: 90, to: 50, appliedPercent: 50 },
        { version: 'v2', from: 10, to: 50, appliedPercent: 50 },
      ],
      verdict: { kind: 'agrees' },
    });
    expect(shifts[2]).toMatchObject({ by: 'argocd-controller', askedAt: null, countedFrom: 'change' });
    expect(shifts[3].verdict).toMatchObject({
      kind: 'does-not-agree',
      because: 'weight-zero',
      version: 'v1',
    });
  });

  it('say nothing of where the API server is', () => {
    const text = shiftsAsJson(morning, NOW) + shiftsAsMarkdown(morning, NOW);
    expect(state.connection.server).toContain('192.168.49.2');
    expect(text).not.toContain('192.168.49.2');
  });

  it('hold no character that a terminal would act on', () => {
    const hostile = renamed(morning, EVIL);
    const text = shiftsAsJson(hostile, NOW) + shiftsAsMarkdown(hostile, NOW);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(text).not.toMatch(/\\u00(0|1|7f|8|9)/i);
  });
});

describe('the records as Markdown', () => {
  it('read well in a pull request', async () => {
    const text = shiftsAsMarkdown(morning, NOW).replace(`weighbridge ${version}`, 'weighbridge VERSION');
    await expect(text).toMatchFileSnapshot('shift-report.md');
  });

  it('say that there was no shift', () => {
    expect(shiftsAsMarkdown([], NOW)).toContain('No weights were shifted.');
  });

  it('have a table for each route', () => {
    const [first, ...others] = morning;
    const elsewhere = first && { ...first, place: { ...first.place, isDemo: true, virtualService: 'shop' } };
    const text = shiftsAsMarkdown(elsewhere ? [elsewhere, ...others] : others, NOW);
    expect(text.match(/^### .*/gm)).toEqual([
      '### VirtualService `default/myapp`, `http route 1 of 1`, on `minikube`',
      '### VirtualService `default/shop`, `http route 1 of 1`, on the demo cluster',
    ]);
  });

  it('keep their lines and cells, whatever names a cluster has', () => {
    const lines = shiftsAsMarkdown(morning, NOW).split('\n').length;
    const cells = (row: string) => row.replaceAll('\\|', '').split('|').length;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), name => {
        const text = shiftsAsMarkdown(renamed(morning, name), NOW);
        expect(text.split('\n').length).toBe(lines);
        const rows = text.split('\n').filter(line => line.startsWith('|'));
        expect(rows.map(cells)).toEqual(rows.map(() => 11));
      }),
      { numRuns: 30 },
    );
  });

  it('have a name in a code span that nothing in it ends', () => {
    expect(codeSpan('v1')).toBe('`v1`');
    expect(codeSpan('a``b`')).toBe('``` a``b` ```');
    expect(codeSpan('')).toBe('(none)');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', '|', '\\', ' ') }), name => {
        const span = codeSpan(name);
        if (span === '(none)') return;
        const [fence = ''] = /^`+/.exec(span) ?? [];
        const inner = span.slice(fence.length, -fence.length);
        expect(span.endsWith(fence)).toBe(true);
        expect((inner.match(/`+/g) ?? []).every(run => run.length < fence.length)).toBe(true);
        expect(inner.startsWith('`') || inner.endsWith('`')).toBe(false);
      }),
    );
  });
});

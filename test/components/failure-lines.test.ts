import { describe, expect, it } from 'vitest';
import { failureLines } from '../../src/components/failure-lines.ts';
import { explainFailure } from '../../src/traffic/gateway-failure.ts';
import type { ObservedFailure } from '../../src/traffic/observed-traffic.ts';
import type { SampleFailureKind } from '../../src/traffic/sample.ts';

const at = new Date(2026, 10, 23, 6, 0, 12).getTime();
const failure = (kind: SampleFailureKind, count: number, detail: string): ObservedFailure => ({
  ...explainFailure(kind),
  kind,
  count,
  newestAtMs: at,
  detail,
});
const failures = [
  failure('no-healthy-upstream', 12, 'HTTP 503'),
  failure('reset', 2, 'ECONNRESET'),
  failure('timeout', 1, ''),
];

describe('failures beside the chart', () => {
  it('are none where nothing failed', () => {
    expect(failureLines([], 20)).toEqual([]);
  });

  it('have one line in a low pane: the kind that failed last, when, and what to check', () => {
    expect(failureLines(failures, 6)).toEqual([
      "12 × no healthy upstream (UH), last 06:00:12; 2 more kinds: Check that its pods are ready and that the subset's labels match them.",
    ]);
  });

  it('lead with what fails now, however often something else did before', () => {
    const [often, seldom, once] = failures;
    if (!often || !seldom || !once) throw new Error('no failures');
    const now = { ...seldom, newestAtMs: at + 5_000 };
    const labels = (rows: number) =>
      failureLines([often, now, once], rows).flatMap(line => /× (\w+ \w+|timeout)/.exec(line)?.[1] ?? []);
    expect(labels(18)).toEqual(['connection reset', 'no healthy', 'timeout']);
    expect(labels(6)).toEqual(['connection reset']);
  });

  it('have two lines for each kind in a tall one: what it means as well', () => {
    expect(failureLines(failures, 18)).toEqual([
      '12 × no healthy upstream (UH), last 06:00:12: HTTP 503',
      "  A version that has weight has no ready pod. Check that its pods are ready and that the subset's labels match them.",
      '2 × connection reset, last 06:00:12: ECONNRESET',
      '  The connection was closed before an answer came. Check whether the gateway pod is restarting.',
      '1 × timeout, last 06:00:12',
      "  The request was sent, and the answer was not complete within the deadline. Check the application's logs and CPU, and timeout and retries in the HTTP route.",
    ]);
  });

  it('leave most of the pane to the chart', () => {
    const many = Array.from({ length: 9 }, () => failures[0]).flatMap(one => (one ? [one] : []));
    expect(failureLines(many, 24)).toHaveLength(8);
  });
});

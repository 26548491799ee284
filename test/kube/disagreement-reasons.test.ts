import { describe, expect, it } from 'vitest';
import { type DisagreementFacts, disagreementReasons } from '../../src/kube/disagreement-reasons.ts';
import type { Finding } from '../../src/kube/finding.ts';

const nothing: DisagreementFacts = {
  istiod: { kind: 'unknown' },
  notes: [],
  withoutSubset: [],
  withoutReadyPod: [],
  failure: undefined,
  gatewayPods: undefined,
  hasHeaderMatch: false,
};
const note = (code: Finding['code'], sentence: string): Finding => ({
  severity: 'warning',
  code,
  object: 'VirtualService default/myapp',
  sentence,
  fix: '',
});

describe('why traffic does not agree', () => {
  it('is not made up where nothing explains it', () => {
    expect(disagreementReasons(nothing)).toEqual([]);
    expect(disagreementReasons({ ...nothing, istiod: { kind: 'ready', ageMs: 60_000 } })).toEqual([]);
    const fine = { label: 'timeout', part: 0.001 };
    expect(disagreementReasons({ ...nothing, failure: fine, gatewayPods: { reached: 2, ready: 2 } })).toEqual(
      [],
    );
  });

  it.each<[Partial<DisagreementFacts>, RegExp]>([
    [{ istiod: { kind: 'not-ready' } }, /^istiod is not ready/],
    [{ withoutSubset: ['v2'] }, /^no DestinationRule has subset v2: requests for it fail/],
    [{ withoutSubset: ['v1', 'v2'] }, /subsets v1 and v2: requests for them fail/],
    [{ withoutReadyPod: ['v2'] }, /^no ready pod in v2: requests for it fail/],
    [{ istiod: { kind: 'none', namespace: 'mesh' } }, /^no istiod runs in mesh: where/],
    [{ istiod: { kind: 'ready', ageMs: 14_900 } }, /^istiod started 15 s ago: Envoy may take half a minute/],
    [
      { notes: [note('WB0322', 'no request gets here: the older VirtualService all wins')] },
      /older VirtualService/,
    ],
    [
      { failure: { label: 'timeout', part: 0.5 } },
      /^50 % of samples fail \(timeout\); shares are of the others/,
    ],
    [{ gatewayPods: { reached: 1, ready: 3 } }, /^samples go through 1 of 3 gateway pods/],
    [{ hasHeaderMatch: true }, /^the route matches a header/],
  ])('is said of %j', (facts, words) => {
    expect(disagreementReasons({ ...nothing, ...facts })).toEqual([expect.stringMatching(words)]);
  });

  it('leaves out notes that explain nothing, and has the likeliest first', () => {
    const reasons = disagreementReasons({
      ...nothing,
      istiod: { kind: 'not-ready' },
      notes: [note('WB0323', 'wins over the younger VirtualService')],
      hasHeaderMatch: true,
    });
    expect(reasons).toHaveLength(2);
    expect(reasons[0]).toMatch(/^istiod/);
  });
});

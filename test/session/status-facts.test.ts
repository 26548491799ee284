import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/kube/checks.ts';
import { lostConnection } from '../../src/session/lost-connection.ts';
import type { AppState } from '../../src/session/state.ts';
import { statusFacts } from '../../src/session/status-facts.ts';
import { NOW, stateOf } from '../support/states.ts';

const FOUND: Check = {
  group: 'versions',
  id: 'pods',
  sentence: '',
  hint: '',
  isJudged: true,
  findings: [
    { severity: 'error', code: 'WB0403', object: 'Deployment default/v2', sentence: 'No pod.', fix: '' },
  ],
};
const healthy = stateOf('healthy', [50, 50]);
const examined = (checks: readonly Check[] | undefined, state: AppState = healthy): AppState => ({
  ...state,
  doctor: { ...state.doctor, checks },
});
const codes = (facts: ReturnType<typeof statusFacts>) => facts.findings?.map(({ code }) => code);

describe('an API server that is away', () => {
  const away = (sinceMs: number): AppState => {
    const error = { kind: 'unreachable', headline: 'No answer.', nextStep: 'Trying again.' } as const;
    const virtualServices = {
      ...healthy.cluster.virtualServices,
      freshness: { kind: 'stale', sinceMs, error } as const,
    };
    return { ...healthy, cluster: { ...healthy.cluster, virtualServices } };
  };

  it('is a fact after 3 s', () => {
    expect(statusFacts(away(NOW - 2_999)).lost).toBeUndefined();
    expect(statusFacts(away(NOW - 3_000)).lost).toEqual({
      headline: 'No answer.',
      nextStep: 'Trying again.',
    });
  });

  it('leaves everything else as it was known', () => {
    const { lost: _, ...others } = statusFacts(away(NOW - 3_000));
    expect(statusFacts(healthy)).toEqual({ ...others, lost: undefined });
  });
});

describe('findings', () => {
  it('are not known before an examination has ended, and then as they were', () => {
    expect(codes(statusFacts(examined(undefined)))).toBeUndefined();
    const last = statusFacts(examined([FOUND]));
    expect(codes(last)).toEqual(['WB0403']);
    expect(codes(statusFacts(examined(undefined), last))).toEqual(['WB0403']);
  });

  it('stay as they were where an examination was not answered', () => {
    const last = statusFacts(examined([FOUND]));
    const unanswered = examined([lostConnection('No answer.', '', 'minikube')]);
    expect(codes(statusFacts(unanswered, last))).toEqual(['WB0403']);
  });

  it('of a route that was away count once they are of the route that is back', () => {
    const last = statusFacts(examined([FOUND]));
    const gone = { ...healthy, weights: { ...healthy.weights, applied: undefined } };
    const away = statusFacts(examined([], gone), last);
    expect(away).toMatchObject({ routeGone: expect.any(String), versions: last.versions });
    const back = statusFacts(examined([]), away);
    expect(codes(back)).toEqual(['WB0403']);
    expect(codes(statusFacts(examined([]), back))).toEqual([]);
  });
});

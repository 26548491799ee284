import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_REACHED, type GatewayReach, noteSample, seemsBroken } from '../../src/traffic/gateway-reach.ts';
import type { RawSample } from '../../src/traffic/sample.ts';

type Outcome = 'envoy' | 'other' | 'refused';

const OUTCOMES: Readonly<Record<Outcome, RawSample['outcome']>> = {
  envoy: { kind: 'answered', answer: { status: 503, headers: { server: 'istio-envoy' }, body: '' } },
  other: { kind: 'answered', answer: { status: 502, headers: { server: 'awselb' }, body: '' } },
  refused: { kind: 'failed', failure: { kind: 'refused', detail: '' } },
};

/** The reach after these samples, `intervalMs` apart. */
function reachAfter(outcomes: readonly Outcome[], intervalMs = 50, expectsEnvoy = true): GatewayReach {
  return outcomes.reduce((reach, outcome, at) => {
    const raw = {
      intendedAtMs: at * intervalMs,
      latencyMs: 1,
      completeBeforeMs: at * intervalMs,
      outcome: OUTCOMES[outcome],
    };
    return noteSample(reach, raw, expectsEnvoy);
  }, ALL_REACHED);
}

const times = (count: number, ...outcomes: readonly Outcome[]) =>
  Array.from({ length: count }, () => outcomes).flat();

describe('a way to the gateway', () => {
  it.each<readonly [string, readonly Outcome[], number]>([
    ['every sample has missed it for a second', times(21, 'refused'), 50],
    ['one of four connections cannot be renewed', times(10, 'envoy', 'envoy', 'envoy', 'refused'), 50],
    ['something else answers in its place', times(21, 'other'), 50],
    ['three samples in a row miss it at a slow rate', times(3, 'refused'), 10_000],
  ])('seems broken where %s', (_, outcomes, intervalMs) => {
    expect(seemsBroken(reachAfter(outcomes, intervalMs))).toBe(true);
  });

  it.each<readonly [string, readonly Outcome[]]>([
    [
      "a gateway pod's restart refuses for less than a second",
      [...times(10, 'refused'), ...times(30, 'envoy')],
    ],
    ['Envoy answers with errors', times(100, 'envoy')],
    ['one sample in a while is lost', times(5, ...times(39, 'envoy'), 'refused')],
  ])('does not seem broken where %s', (_, outcomes) => {
    expect(seemsBroken(reachAfter(outcomes))).toBe(false);
  });

  it('that no Envoy showed itself on is judged by whether anything answers', () => {
    expect(seemsBroken(reachAfter(times(100, 'other'), 50, false))).toBe(false);
    expect(seemsBroken(reachAfter(times(21, 'refused'), 50, false))).toBe(true);
  });

  it('is forgiven whatever it missed once 40 samples have reached it, and keeps no more than that', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Outcome>('envoy', 'other', 'refused')), outcomes => {
        expect(reachAfter(outcomes).misses.length).toBeLessThanOrEqual(40);
        expect(reachAfter([...outcomes, ...times(40, 'envoy')]).misses).toEqual([]);
      }),
    );
  });
});

import { classify, type Fingerprints } from './fingerprint.ts';
import { gatewayFailure, isNotEnvoy } from './gateway-failure.ts';
import type { Answer, ObservedSample, RawSample, SampleOutcome } from './sample.ts';

/**
 * What a raw sample says about the traffic, by what is known of the versions.
 *
 * An answer that the gateway made is a failure whatever it looks like. An application's own 5xx is a failure of the
 * version that it shows, where it shows one.
 */
export function observe(raw: RawSample, fingerprints: Fingerprints): ObservedSample {
  return {
    startedAtMs: raw.intendedAtMs,
    latencyMs: raw.latencyMs,
    completeBeforeMs: raw.completeBeforeMs,
    outcome: raw.outcome.kind === 'failed' ? raw.outcome : answerOutcome(raw.outcome.answer, fingerprints),
  };
}

function answerOutcome(answer: Answer, fingerprints: Fingerprints): SampleOutcome {
  const failure = gatewayFailure(answer);
  if (failure !== undefined && failure.kind !== 'application-error') return { kind: 'failed', failure };
  const version = classify(fingerprints, answer);
  if (failure !== undefined) {
    return version === undefined ? { kind: 'failed', failure } : { kind: 'failed', failure, version };
  }
  if (version !== undefined) return { kind: 'version', version };
  if (isNotEnvoy(answer)) {
    return { kind: 'failed', failure: { kind: 'not-envoy', detail: `HTTP ${answer.status}` } };
  }
  return { kind: 'unknown' };
}

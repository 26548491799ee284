import { applicationFailure, gatewayFailure, isNotEnvoy } from './gateway-failure.ts';
import type { Answer, ObservedSample, RawSample, SampleOutcome } from './sample.ts';

/** How answers are read: by what is known of the versions, and whether the gateway only carries connections. */
export interface AnswerReading {
  readonly classify: (answer: Answer, startedAtMs: number) => string | undefined;
  /** A route of connections passes bytes on, so that nothing in an answer is the gateway's. */
  readonly isPassedThrough: boolean;
}

/**
 * What a raw sample says about the traffic.
 *
 * An answer that the gateway made is a failure whatever it looks like. An application's own 5xx is a failure of the
 * version that it shows, where it shows one.
 */
export function observe(raw: RawSample, reading: AnswerReading): ObservedSample {
  return {
    startedAtMs: raw.intendedAtMs,
    latencyMs: raw.latencyMs,
    completeBeforeMs: raw.completeBeforeMs,
    outcome:
      raw.outcome.kind === 'failed'
        ? raw.outcome
        : answerOutcome(raw.outcome.answer, raw.intendedAtMs, reading),
  };
}

function answerOutcome(
  answer: Answer,
  startedAtMs: number,
  { classify, isPassedThrough }: AnswerReading,
): SampleOutcome {
  const failure = isPassedThrough ? applicationFailure(answer) : gatewayFailure(answer);
  if (failure !== undefined && failure.kind !== 'application-error') return { kind: 'failed', failure };
  const version = classify(answer, startedAtMs);
  if (failure !== undefined) {
    return version === undefined ? { kind: 'failed', failure } : { kind: 'failed', failure, version };
  }
  if (version !== undefined) return { kind: 'version', version };
  if (!isPassedThrough && isNotEnvoy(answer)) {
    return { kind: 'failed', failure: { kind: 'not-envoy', detail: `HTTP ${answer.status}` } };
  }
  return { kind: 'unknown' };
}

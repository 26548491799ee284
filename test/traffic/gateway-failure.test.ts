import { describe, expect, test } from 'vitest';
import { plainText } from '../../src/plain-text.ts';
import { classify, learnKinds } from '../../src/traffic/fingerprint.ts';
import { explainFailure, gatewayFailure } from '../../src/traffic/gateway-failure.ts';
import type { Answer, RawSample, SampleOutcome } from '../../src/traffic/sample.ts';
import { observe } from '../../src/traffic/sample-outcome.ts';
import { isUnreachable, transportFailure } from '../../src/traffic/transport-failure.ts';

const ENVOY = { server: 'istio-envoy' };
const UPSTREAM = { ...ENVOY, 'x-envoy-upstream-service-time': '2' };

function answer(status: number, body: string, headers: Readonly<Record<string, string>>): Answer {
  return { status, headers, body };
}

const RESET =
  'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: ';

describe('a failure that the gateway answers with', () => {
  test.each<[string, Answer, string, string | undefined]>([
    ['no VirtualService or match', answer(404, '', ENVOY), 'no-route', 'NR'],
    ['a missing subset', answer(503, '', ENVOY), 'no-subset', 'NC'],
    ['no ready pod', answer(503, 'no healthy upstream', ENVOY), 'no-healthy-upstream', 'UH'],
    [
      'a dead application',
      answer(503, `${RESET}remote connection failure`, ENVOY),
      'upstream-connection',
      'UF/UC',
    ],
    [
      'a dead application behind a sidecar',
      answer(503, `${RESET}x`, UPSTREAM),
      'upstream-connection',
      'UF/UC',
    ],
    ['a full connection pool', answer(503, `${RESET}overflow`, ENVOY), 'upstream-overload', 'UO'],
    ['shedding', answer(503, 'x', { ...ENVOY, 'x-envoy-overloaded': 'true' }), 'upstream-overload', 'UO'],
    ['a timeout of the route', answer(504, 'upstream request timeout', ENVOY), 'upstream-timeout', 'UT'],
    ['a rate limit', answer(429, 'local_rate_limited', ENVOY), 'rate-limited', 'RL'],
    ['a policy', answer(403, 'RBAC: access denied', ENVOY), 'denied', 'UAEX'],
    ['httpsRedirect', answer(301, '', ENVOY), 'gateway-redirect', undefined],
    ['anything else', answer(426, '', ENVOY), 'gateway-other', undefined],
    ["the application's own 5xx", answer(500, 'oops', UPSTREAM), 'application-error', undefined],
    ["the application's own empty 503", answer(503, '', UPSTREAM), 'application-error', undefined],
  ])('is told by its answer: %s', (_, failed, kind, flag) => {
    expect(gatewayFailure(failed)).toEqual({ kind, detail: `HTTP ${failed.status}` });
    expect(explainFailure(gatewayFailure(failed)?.kind ?? 'other').flag).toBe(flag);
  });

  test('is none where an application answered below 500', () => {
    expect(gatewayFailure(answer(200, 'hello', UPSTREAM))).toBeUndefined();
    expect(gatewayFailure(answer(404, '', UPSTREAM))).toBeUndefined();
    expect(gatewayFailure(answer(302, '', UPSTREAM))).toBeUndefined();
  });
});

test('a fault that the route injects is named, whatever its status', () => {
  const headers = { server: 'istio-envoy' };
  for (const status of [400, 500, 503])
    expect(gatewayFailure({ status, headers, body: 'fault filter abort' })?.kind).toBe('injected-fault');
});

describe('what a sample says', () => {
  const fingerprints = learnKinds([
    { version: 'v1', answers: [answer(200, 'the blue page', {})] },
    { version: 'v2', answers: [answer(200, 'the green page', {})] },
  ]);
  const reading = { classify: (one: Answer) => classify(fingerprints, one), isPassedThrough: false };

  function outcomeOf(outcome: RawSample['outcome']): SampleOutcome {
    return observe({ intendedAtMs: 1, latencyMs: 2, completeBeforeMs: 3, outcome }, reading).outcome;
  }
  function outcomeOfAnswer(one: Answer): SampleOutcome {
    return outcomeOf({ kind: 'answered', answer: one });
  }

  test('is the version whose answer it is', () => {
    expect(outcomeOfAnswer(answer(200, 'the green page', UPSTREAM))).toEqual({
      kind: 'version',
      version: 'v2',
    });
  });

  test('is the version even where a proxy hides the gateway', () => {
    expect(outcomeOfAnswer(answer(200, 'the blue page', { server: 'cdn' }))).toEqual({
      kind: 'version',
      version: 'v1',
    });
  });

  test("is a failure of the version whose page an application's error is", () => {
    expect(outcomeOfAnswer(answer(500, 'the blue page', UPSTREAM))).toEqual({
      kind: 'failed',
      failure: { kind: 'application-error', detail: 'HTTP 500' },
      version: 'v1',
    });
  });

  test('is unknown where an application answers as no version does', () => {
    expect(outcomeOfAnswer(answer(200, 'maintenance', UPSTREAM))).toEqual({ kind: 'unknown' });
  });

  test('is that something else answered where no Envoy shows', () => {
    expect(outcomeOfAnswer(answer(200, 'router login', { server: 'lighttpd' }))).toEqual({
      kind: 'failed',
      failure: { kind: 'not-envoy', detail: 'HTTP 200' },
    });
  });

  test("is the application's alone where the gateway only carries connections", () => {
    const outcomeOf = (status: number, body: string) => {
      const raw = { intendedAtMs: 1, latencyMs: 2, completeBeforeMs: 3 };
      const outcome = { kind: 'answered', answer: answer(status, body, { server: 'nginx' }) } as const;
      return observe({ ...raw, outcome }, { ...reading, isPassedThrough: true }).outcome;
    };
    expect(outcomeOf(200, 'maintenance')).toEqual({ kind: 'unknown' });
    expect(outcomeOf(503, '')).toEqual({
      kind: 'failed',
      failure: { kind: 'application-error', detail: 'HTTP 503' },
    });
  });

  test('keeps when it was sent and how long it took', () => {
    const failure = { kind: 'timeout', detail: '' } as const;
    const raw: RawSample = {
      intendedAtMs: 1,
      latencyMs: 2,
      completeBeforeMs: 3,
      outcome: { kind: 'failed', failure },
    };
    expect(observe(raw, reading)).toEqual({
      startedAtMs: 1,
      latencyMs: 2,
      completeBeforeMs: 3,
      outcome: { kind: 'failed', failure },
    });
  });
});

describe('an error of the connection', () => {
  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'dns'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ETIMEDOUT', 'connect-timeout'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ECONNRESET', 'reset'],
    ['HPE_INVALID_CONSTANT', 'not-http'],
    ['EMFILE', 'other'],
  ])('with the code %s is named %s', (code, kind) => {
    const error = Object.assign(new Error('message'), { code });
    expect(transportFailure(error, false)).toEqual({ kind, detail: code });
  });

  test('counts as an answer cut short once the answer had begun', () => {
    expect(transportFailure(Object.assign(new Error(''), { code: 'ECONNRESET' }), true).kind).toBe(
      'aborted-body',
    );
  });

  test('of several addresses is that of the first', () => {
    const first = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
    expect(transportFailure(new AggregateError([first]), false).kind).toBe('refused');
  });

  test('without a code keeps its message as one plain line', () => {
    expect(transportFailure(new Error('no\n\u001b[31mgood'), false)).toEqual({
      kind: 'other',
      detail: 'no good',
    });
    expect(transportFailure('thrown text', false)).toEqual({ kind: 'other', detail: 'thrown text' });
  });

  test('is reason to ask less often only where nothing can be reached', () => {
    expect(isUnreachable('refused')).toBe(true);
    expect(isUnreachable('timeout')).toBe(false);
    expect(isUnreachable('reset')).toBe(false);
  });
});

test('every explanation is plain text that ends in a full stop', () => {
  for (const kind of ['refused', 'no-route', 'not-envoy', 'application-error', 'gateway-other'] as const) {
    const { meaning, check } = explainFailure(kind);
    for (const sentence of [meaning, check]) {
      expect(plainText(sentence)).toBe(sentence);
      expect(sentence).toMatch(/\.$/);
    }
  }
});

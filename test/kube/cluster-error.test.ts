import { describe, expect, it } from 'vitest';
import { explainAnswer, explainException } from '../../src/kube/cluster-error.ts';

const status = (code: number, message: string, more: object = {}) => ({
  status: code,
  body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message, ...more }),
  retryAfter: undefined,
});

describe('a refused request', () => {
  it('names the verb to ask for when it is forbidden', () => {
    const message =
      'virtualservices.networking.istio.io "myapp" is forbidden: User "dev" cannot patch resource "virtualservices" in API group "networking.istio.io" in the namespace "shop"';
    expect(explainAnswer('patch VirtualService myapp', status(403, message))).toEqual({
      kind: 'forbidden',
      headline: "Can't patch VirtualService myapp: forbidden.",
      nextStep: 'Ask for `patch` on virtualservices in namespace shop.',
    });
  });

  it("keeps a webhook's own words", () => {
    const message =
      'admission webhook "validation.istio.io" denied the request: configuration is invalid: weight -5 < 0';
    expect(explainAnswer('patch VirtualService myapp', status(400, message)).headline).toBe(
      `Can't patch VirtualService myapp: ${message}`,
    );
  });

  it('waits as long as the server asks', () => {
    expect(explainAnswer('list pods', { ...status(429, 'slow down'), retryAfter: '7' }).retryAfterMs).toBe(
      7000,
    );
    expect(
      explainAnswer('list pods', status(429, '', { details: { retryAfterSeconds: 2 } })).retryAfterMs,
    ).toBe(2000);
  });

  it('says when the answer is no Kubernetes at all, and shows none of its page', () => {
    const answer = explainAnswer('list pods', {
      status: 502,
      body: '<html>\u001b[2J</html>',
      retryAfter: undefined,
    });
    expect(answer.kind).toBe('not-kubernetes');
    expect(JSON.stringify(answer)).not.toContain('html');
  });

  it('draws no control characters of a message', () => {
    expect(explainAnswer('patch x', status(422, 'a\u001b[2Jb\u202e')).headline).toBe("Can't patch x: ab");
  });
});

describe('a broken way to the server', () => {
  const failed = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });

  it.each([
    ['ECONNREFUSED', 'nothing listens at https://api:8443'],
    ['ENOTFOUND', 'no address is known for https://api:8443'],
    ['UND_ERR_CONNECT_TIMEOUT', 'no answer in time from https://api:8443'],
    ['CERT_NOT_YET_VALID', 'the certificate of https://api:8443 is not valid yet'],
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'the server https://api:8443 does not accept the client certificate (certificate required)',
    ],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server https://api:8443 does not speak TLS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate of https://api:8443 is signed by an unknown authority'],
  ])('says what %s means', (code, words) => {
    const error = explainException('list pods', 'https://api:8443', failed(code));
    expect(error.kind).toBe('unreachable');
    expect(error.headline).toContain(words);
    expect(error.nextStep).not.toBe('');
  });

  it('finds the code among several attempts to connect', () => {
    const attempts = new AggregateError([Object.assign(new Error('a'), { code: 'ECONNREFUSED' })]);
    expect(explainException('list pods', 'https://api', attempts).headline).toContain('nothing listens');
  });
});

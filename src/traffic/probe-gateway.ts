import { Agent, request } from 'undici';
import { isNotEnvoy } from './gateway-failure.ts';
import { MAX_BODY_BYTES, type SampleTarget } from './sample.ts';
import { transportFailure } from './transport-failure.ts';

/** What answered at an address that may be the gateway's. */
export type Probe =
  | { readonly kind: 'envoy' }
  /** Something answered, and nothing shows that it is an Envoy: another server may sit on that address. */
  | { readonly kind: 'other' }
  | { readonly kind: 'silent'; readonly reason: string };

/**
 * Asks an address once, with a GET on a connection of its own; `ca` are PEM certificates to trust in the place of the system's.
 * Any HTTP answer counts, a 404 too: it shows that somebody is there.
 */
export async function probeGateway(
  target: SampleTarget,
  deadlineMs: number,
  signal: AbortSignal,
  ca?: string,
): Promise<Probe> {
  const dispatcher = new Agent({
    connections: 1,
    pipelining: 1,
    ...(ca === undefined ? {} : { connect: { ca } }),
  });
  try {
    const { statusCode, headers, body } = await request(target.url, {
      dispatcher,
      headers: target.headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    });
    await body.dump({ limit: MAX_BODY_BYTES });
    const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    return { kind: isNotEnvoy({ status: statusCode, headers: flat, body: '' }) ? 'other' : 'envoy' };
  } catch (error) {
    return { kind: 'silent', reason: transportFailure(error, false).kind };
  } finally {
    await dispatcher.destroy();
  }
}

import { plainText } from '../plain-text.ts';
import { type AskOptions, askGateway } from './ask-gateway.ts';
import { isNotEnvoy } from './gateway-failure.ts';
import type { Answer, SampleTarget } from './sample.ts';

/** What answered at an address that may be the gateway's. */
export type Probe =
  /** Envoy did, whatever it said: a 404 shows that somebody is there. */
  | { readonly kind: 'envoy' }
  /** Something answered, and nothing shows that it is an Envoy: another server may sit on that address. `what` names it. */
  | { readonly kind: 'other'; readonly what: string }
  | { readonly kind: 'silent'; readonly reason: string };

/** What answers at an address. Never rejects. */
export async function probeGateway(
  target: SampleTarget,
  options: AskOptions,
  signal: AbortSignal,
): Promise<Probe> {
  const answer = await askGateway(target, options, signal);
  return 'failed' in answer ? { kind: 'silent', reason: answer.failed } : judge(answer);
}

function judge(answer: Answer): Probe {
  if (!isNotEnvoy(answer)) return { kind: 'envoy' };
  const server = plainText(answer.headers.server ?? '', 40);
  return {
    kind: 'other',
    what: `${server === '' ? 'a server without a name' : server}, HTTP ${answer.status}`,
  };
}

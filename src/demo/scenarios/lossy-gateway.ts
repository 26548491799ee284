import { upstreamFailed } from '../gateway/envoy-answers.ts';
import { VIRTUAL_SERVICES } from '../kinds/istio.ts';
import type { Scenario } from './scenario.ts';

/** How long requests get lost after a change of routes, and which part of them. */
const LOSSY_MS = 1_000;
const LOST_SHARE = 0.3;

export const LOSSY_GATEWAY: Scenario = {
  name: 'lossy-gateway',
  summary: 'For a second after each change of weights, three of ten requests are lost with 503.',
  createGatewayFault: ({ storage, timers, random }) => {
    let lossyUntilMs = 0;
    storage.subscribe(({ kind, type }) => {
      if (kind === VIRTUAL_SERVICES && type === 'MODIFIED') lossyUntilMs = timers.now() + LOSSY_MS;
    });
    return () =>
      timers.now() < lossyUntilMs && random() < LOST_SHARE ? upstreamFailed('reset', true) : undefined;
  },
};

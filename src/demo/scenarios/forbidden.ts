import type { Scenario } from './scenario.ts';

export const FORBIDDEN: Scenario = {
  name: 'forbidden',
  summary: 'You may look at VirtualServices, and may not patch them.',
  denied: [{ verb: 'patch', group: 'networking.istio.io' }],
};

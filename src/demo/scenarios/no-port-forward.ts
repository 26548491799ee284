import type { Scenario } from './scenario.ts';

export const NO_PORT_FORWARD: Scenario = {
  name: 'no-port-forward',
  summary: 'You may not open port-forwards, so no version can be looked at alone.',
  denied: [{ group: '', resource: 'pods', subresource: 'portforward' }],
};

import type { Scenario } from './scenario.ts';

export const SLOW_PROPAGATION: Scenario = {
  name: 'slow-propagation',
  summary: 'The gateway hears of each change three seconds late.',
  propagationDelayMs: 3_000,
};

import type { Scenario } from './scenario.ts';

export const HEALTHY: Scenario = {
  name: 'healthy',
  summary: 'Two versions that answer, half of the traffic each; nothing is wrong.',
};

import type { Scenario } from './scenario.ts';

export const WEBHOOK: Scenario = {
  name: 'webhook',
  summary: "Istio's validating webhook is installed: weights below 0, or 0 together, are denied.",
  webhook: true,
};

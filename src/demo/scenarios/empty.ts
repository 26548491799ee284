import type { Scenario } from './scenario.ts';

export const EMPTY: Scenario = {
  name: 'empty',
  summary: 'Kubernetes with Istio, and nothing deployed yet.',
  changeManifests: () => [],
};

import type { JsonObject } from '../json.ts';
import { changeManifest } from './change-manifests.ts';
import type { Scenario } from './scenario.ts';

const PROBE_DELAY = ['spec', 'template', 'spec', 'containers', '0', 'readinessProbe', 'initialDelaySeconds'];

const slowToBeReady = changeManifest('Deployment', 'myapp-v2', PROBE_DELAY, () => 15);
const waitsForEach = changeManifest('Deployment', 'myapp-v2', ['spec', 'minReadySeconds'], () => 5);
const threePods = changeManifest('Deployment', 'myapp-v2', ['spec', 'replicas'], () => 3);

export const SLOW_ROLLOUT: Scenario = {
  name: 'slow-rollout',
  summary: 'v2 has three pods that need fifteen seconds to be ready, and five more to count as available.',
  changeManifests: (manifests: readonly JsonObject[]) => threePods(waitsForEach(slowToBeReady(manifests))),
};

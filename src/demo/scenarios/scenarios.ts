import { ARGO_OWNED } from './argo-owned.ts';
import { CROWDED } from './crowded.ts';
import { EMPTY, EMPTY_ARM64, EMPTY_NO_PULL, NO_ISTIO } from './empty.ts';
import { FLAKY_API } from './flaky-api.ts';
import { FORBIDDEN } from './forbidden.ts';
import { GATEWAY_CLUSTER_IP } from './gateway-cluster-ip.ts';
import { HEALTHY } from './healthy.ts';
import { ISTIOD_DOWN } from './istiod-down.ts';
import { LOSSY_GATEWAY } from './lossy-gateway.ts';
import { MESH_ONLY } from './mesh-only.ts';
import { NO_PORT_FORWARD } from './no-port-forward.ts';
import { NO_SUBSET } from './no-subset.ts';
import type { Scenario } from './scenario.ts';
import { SLOW_PROPAGATION } from './slow-propagation.ts';
import { SLOW_ROLLOUT } from './slow-rollout.ts';
import { TWO_SERVICES } from './two-services.ts';
import { V2_CRASHLOOPING } from './v2-crashlooping.ts';
import { V2_IMAGE_PULL } from './v2-image-pull.ts';
import { WEBHOOK } from './webhook.ts';

/** Every scenario, in the order in which they are listed. */
export const SCENARIOS: readonly Scenario[] = [
  HEALTHY,
  EMPTY,
  EMPTY_ARM64,
  EMPTY_NO_PULL,
  NO_ISTIO,
  V2_CRASHLOOPING,
  V2_IMAGE_PULL,
  SLOW_ROLLOUT,
  NO_SUBSET,
  LOSSY_GATEWAY,
  SLOW_PROPAGATION,
  ISTIOD_DOWN,
  WEBHOOK,
  FORBIDDEN,
  NO_PORT_FORWARD,
  GATEWAY_CLUSTER_IP,
  ARGO_OWNED,
  FLAKY_API,
  MESH_ONLY,
  TWO_SERVICES,
  CROWDED,
];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find(scenario => scenario.name === name);
}

import { DEPLOYMENTS } from '../kinds/apps.ts';
import type { Scenario } from './scenario.ts';

/** By then the gateway has been told of the pods that came last. */
const TOLD_MS = 1_000;

export const ISTIOD_DOWN: Scenario = {
  name: 'istiod-down',
  summary: 'istiod crashes once all is deployed: weights can be changed, and traffic does not follow.',
  run: ({ storage, timers, failPods }) => {
    let isDown = false;
    const isDeployed = () =>
      storage
        .list(DEPLOYMENTS, 'default')
        .every(({ spec, status }) => (status?.availableReplicas ?? 0) >= (spec.replicas ?? 1));
    const unsubscribe = storage.subscribe(({ kind }) => {
      if (isDown || kind !== DEPLOYMENTS || !isDeployed()) return;
      isDown = true;
      timers.after(TOLD_MS, () => failPods('app=istiod', 'crash'));
    });
    return { stop: unsubscribe };
  },
};

import { newMetadata } from './api/write-object.ts';
import { replicaSetFor } from './controllers/deployments.ts';
import { NODE_NAME, podStatus } from './controllers/pod-status.ts';
import { podFor } from './controllers/replica-sets.ts';
import { DEPLOYMENTS, type Deployment, type DeploymentStatus, REPLICA_SETS } from './kinds/apps.ts';
import { completePodSpec } from './kinds/complete-pod-spec.ts';
import type { Container } from './kinds/container.ts';
import { PODS, type Pod } from './kinds/core.ts';
import type { PodNetwork } from './pods/pod-network.ts';
import type { Random } from './random.ts';
import type { Storage } from './storage.ts';
import { timestamp } from './timers.ts';

/** A Deployment whose pods have been running for some time. */
export type RunningWorkload = {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The labels of its pods; those of the Deployment where absent. */
  readonly podLabels?: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly container: Container;
  readonly replicas: number;
};

type Parts = { readonly storage: Storage; readonly network: PodNetwork; readonly random: Random };

/** From the making of a Deployment to the start of its pods, and to its being available. */
const START_MS = 8_000;
const AVAILABLE_MS = 20_000;

function deploymentOf(workload: RunningWorkload, madeMs: number): Deployment {
  const { name, namespace, labels, podLabels = labels, selector, container, replicas } = workload;
  const annotations = { 'deployment.kubernetes.io/revision': '1' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: newMetadata(DEPLOYMENTS, { name, namespace, labels, annotations }, madeMs),
    spec: {
      replicas,
      selector: { matchLabels: selector },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      template: { metadata: { labels: podLabels }, spec: completePodSpec({ containers: [container] }) },
    },
  };
}

function completeStatus({ replicas }: RunningWorkload, replicaSet: string, madeMs: number): DeploymentStatus {
  const since = timestamp(madeMs + AVAILABLE_MS);
  const times = { lastUpdateTime: since, lastTransitionTime: since };
  const available = 'Deployment has minimum availability.';
  const progressed = `ReplicaSet "${replicaSet}" has successfully progressed.`;
  return {
    observedGeneration: 1,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    terminatingReplicas: 0,
    conditions: [
      { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: available, ...times },
      {
        type: 'Progressing',
        status: 'True',
        reason: 'NewReplicaSetAvailable',
        message: progressed,
        ...times,
      },
    ],
  };
}

function running(pod: Pod, network: PodNetwork, madeMs: number): Pod {
  const startedAt = timestamp(madeMs + START_MS);
  const scheduled = { ...pod, spec: { ...pod.spec, nodeName: NODE_NAME } };
  const situation = {
    progress: 'ready',
    state: { running: { startedAt } },
    lastState: {},
    restartCount: 0,
    podIP: network.allocate(),
    containerID: `docker://${(pod.metadata.uid ?? '').replaceAll('-', '').repeat(2)}`,
  } as const;
  return { ...scheduled, status: podStatus(scheduled, situation, startedAt) };
}

/** Puts the Deployment, its ReplicaSet and its pods in place as they are some time after `madeMs`. */
export function putRunningWorkload(
  workload: RunningWorkload,
  { storage, network, random }: Parts,
  madeMs: number,
): void {
  const { replicas } = workload;
  const deployment = deploymentOf(workload, madeMs);
  const set = replicaSetFor(deployment, 1, replicas, madeMs);
  storage.put(DEPLOYMENTS, { ...deployment, status: completeStatus(workload, set.metadata.name, madeMs) });
  const counts = {
    replicas,
    fullyLabeledReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
  };
  const stored = storage.put(REPLICA_SETS, {
    ...set,
    status: { observedGeneration: 1, ...counts, terminatingReplicas: 0 },
  });
  for (let count = 0; count < replicas; count++)
    storage.put(PODS, running(podFor(stored, random, madeMs), network, madeMs));
}

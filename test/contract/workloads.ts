import { expect } from 'vitest';
import { type Api, accepted, type Thing } from './api.ts';
import { eventually } from './contract.ts';
import { aDeployment, aService } from './objects.ts';
import { pathsIn } from './paths.ts';

export type Condition = {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
};

export const conditionsOf = ({ status }: Thing) => (status.conditions ?? []) as readonly Condition[];

export const isReady = (pod: Thing) =>
  conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True') &&
  pod.metadata.deletionTimestamp === undefined;

export async function podsIn(api: Api, namespace: string): Promise<readonly Thing[]> {
  return accepted(await api.get(pathsIn(namespace).pods)).items;
}

export const imageOf = ({ spec }: Thing) => (spec.containers as readonly { image: string }[])[0]?.image;

/** Waits until the namespace holds exactly `count` pods, all of them ready. */
export function untilReadyPods(api: Api, namespace: string, count: number): Promise<readonly Thing[]> {
  return eventually(async () => {
    const pods = await podsIn(api, namespace);
    expect(pods.map(isReady)).toEqual(Array(count).fill(true));
    return pods;
  });
}

/** Waits until the controller has seen the last change of the Deployment and has done what it asks for. */
export function untilRolledOut(api: Api, namespace: string, name: string): Promise<Thing> {
  return eventually(async () => {
    const deployment = accepted(await api.get(`${pathsIn(namespace).deployments}/${name}`));
    const { spec, status, metadata } = deployment;
    const { observedGeneration, replicas, updatedReplicas, availableReplicas } = status;
    expect([observedGeneration, replicas ?? 0, updatedReplicas ?? 0, availableReplicas ?? 0]).toEqual([
      metadata.generation,
      spec.replicas,
      spec.replicas,
      spec.replicas,
    ]);
    return deployment;
  });
}

/** A Deployment and its Service, with its one pod ready. */
export async function startWeb(api: Api, namespace: string, spec: object = {}) {
  const { deployments, services } = pathsIn(namespace);
  accepted(await api.post(services, aService('web')));
  accepted(await api.post(deployments, aDeployment('web', spec)));
  const deployment = await untilRolledOut(api, namespace, 'web');
  const [pod] = await podsIn(api, namespace);
  if (!pod) throw new Error('the Deployment is available without a pod');
  return { deployment, pod };
}

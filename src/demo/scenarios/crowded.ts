import { newMetadata } from '../api/write-object.ts';
import { NAMESPACES } from '../kinds/core.ts';
import { putRunningWorkload } from '../running-workload.ts';
import type { PrepareParts, Scenario } from './scenario.ts';

/** How many pods there are in other namespaces. */
const ELSEWHERE = 1_000;
const PODS_PER_DEPLOYMENT = 50;
const TEAMS = ['accounts', 'billing', 'search', 'warehouse'];
const AGE_MS = 86_400_000;

/** Deployments whose pods run and answer nobody. */
function putCrowd(parts: PrepareParts, namespace: string, pods: number): void {
  const { nowMs } = parts;
  for (let first = 0; first < pods; first += PODS_PER_DEPLOYMENT) {
    const name = `worker-${first / PODS_PER_DEPLOYMENT + 1}`;
    const labels = { app: name, 'app.kubernetes.io/part-of': 'crowd' };
    const container = { name: 'worker', image: 'registry.k8s.io/pause:3.10' };
    const replicas = Math.min(PODS_PER_DEPLOYMENT, pods - first);
    putRunningWorkload(
      { name, namespace, labels, selector: { app: name }, container, replicas },
      parts,
      nowMs - AGE_MS,
    );
  }
}

export const CROWDED: Scenario = {
  name: 'crowded',
  summary: 'Among a thousand other pods (--pods says how many), and a thousand more in other namespaces.',
  prepare: parts => {
    const { storage, nowMs } = parts;
    for (const name of TEAMS) {
      const metadata = newMetadata(
        NAMESPACES,
        { name, labels: { 'kubernetes.io/metadata.name': name } },
        nowMs - AGE_MS,
      );
      storage.put(NAMESPACES, {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata,
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      });
      putCrowd(parts, name, ELSEWHERE / TEAMS.length);
    }
    putCrowd(parts, 'default', parts.pods);
  },
};

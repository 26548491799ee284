import { PODS } from '../kinds/core.ts';
import type { StoredChange } from '../storage.ts';
import type { Controller } from './controller.ts';
import { type KubeletParts, PodRun } from './pod-run.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

/** The one node's kubelet, and its scheduler. */
export interface Kubelet extends Controller {
  /** Lets every pod look again at what trouble asks of it. */
  applyTrouble(): void;
  /** Gives running pods of `image` another page. */
  setPage(image: string, html: string): void;
}

/** Runs every pod: schedules it, starts its containers, reports on them, and ends it when it is deleted. */
export function runKubelet(parts: KubeletParts): Kubelet {
  const { storage } = parts;
  const runs = new Map<string, PodRun>();
  const queue = createWorkQueue(key => {
    const pod = storage.get(PODS, ...splitKey(key));
    const uid = pod?.metadata.uid;
    if (!pod || uid === undefined) return;
    let run = runs.get(uid);
    if (!run) {
      run = new PodRun(parts, pod);
      runs.set(uid, run);
      run.start();
    }
    if (pod.metadata.deletionTimestamp !== undefined) run.terminate();
  });
  const unsubscribe = storage.subscribe(({ kind, type, object }: StoredChange) => {
    if (kind !== PODS) return;
    const { uid = '' } = object.metadata;
    if (type !== 'DELETED') queue.add(keyOf(object.metadata));
    else {
      void runs.get(uid)?.end();
      runs.delete(uid);
    }
  });
  for (const pod of storage.list(PODS)) queue.add(keyOf(pod.metadata));
  return {
    applyTrouble: () => {
      for (const run of runs.values()) run.applyTrouble();
    },
    setPage: (image, html) => {
      for (const run of runs.values()) run.setPage(image, html);
    },
    stop: async () => {
      unsubscribe();
      queue.stop();
      await Promise.all([...runs.values()].map(run => run.end()));
      runs.clear();
    },
  };
}

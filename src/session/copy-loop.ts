import { dump } from 'js-yaml';
import { type Clock, untilAborted } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { KubeObject } from '../kube/metadata.ts';
import { collectionOf } from '../kube/virtual-service.ts';
import { copyRead } from './copy-state.ts';
import { withNotice } from './notices.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';

/** Reads what is to be copied and is not on the screen. Ends with `signal`. */
export async function followCopies(
  api: ClusterApi,
  store: AppStore,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const reads = new Set<Promise<void>>();
  const unsubscribe = store.subscribe((state, before) => {
    if (state.copy.wanted === before.copy.wanted || state.copy.wanted.kind !== 'read') return;
    const read = readCopy(api, store, clock, signal).finally(() => reads.delete(read));
    reads.add(read);
  });
  await untilAborted(signal);
  unsubscribe();
  await Promise.all(reads);
}

async function readCopy(api: ClusterApi, store: AppStore, clock: Clock, signal: AbortSignal): Promise<void> {
  const { wanted } = store.getState().copy;
  const applied = store.getState().weights.applied?.virtualService;
  if (wanted.kind !== 'read' || wanted.item.content.kind !== 'virtual-service' || !applied) return;
  const read = await api.get(collectionOf(applied), wanted.item.content.name, signal);
  if (signal.aborted) return;
  const change = (state: AppState) =>
    read.ok
      ? copyRead(state, wanted.number, objectAsYaml(read.value))
      : withNotice(state, 'error', `${read.error.headline} ${read.error.nextStep}`, clock.now());
  store.setState(change, true);
}

/** An object as `kubectl get -o yaml` prints it: members in the order of the alphabet, without who manages which field. */
export function objectAsYaml(object: KubeObject): string {
  const { managedFields: _, ...metadata } = object.metadata;
  return dump({ ...object, metadata }, { sortKeys: true, lineWidth: -1, noRefs: true });
}

import { type Clock, pause, untilAborted } from '../clock.ts';
import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import { plainText } from '../plain-text.ts';
import { namesWanted } from './command-line.ts';
import { namespaceFound, namespaceMissing, namespacesRead, namespacesRefused } from './namespaces.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';

const NAMESPACES: Collection = { group: '', version: 'v1', plural: 'namespaces' };
const RETRY_MS = 5_000;

/**
 * Knows whether the session's namespace is there, and reads the cluster's namespaces whenever they are to be chosen from. Ends with
 * `signal`.
 */
export async function followNamespaces(
  api: ClusterApi,
  store: AppStore,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const reads = new Set<Promise<void>>();
  const unsubscribe = store.subscribe((state, before) => {
    if (!areWanted(state) || areWanted(before)) return;
    const read = readNamespaces(api, store, signal).finally(() => reads.delete(read));
    reads.add(read);
  });
  try {
    await lookForOwn(api, store, clock, signal);
    await untilAborted(signal);
  } finally {
    unsubscribe();
    await Promise.all(reads);
  }
}

/** Whether their list is open, or one of them is typed into the command line. */
function areWanted(state: AppState): boolean {
  const { overlay } = state.ui;
  return namesWanted(state) === 'namespaces' || (overlay.kind === 'list' && overlay.list === 'namespaces');
}

async function readNamespaces(api: ClusterApi, store: AppStore, signal: AbortSignal): Promise<void> {
  const list = await api.list(NAMESPACES, signal);
  if (signal.aborted) return;
  if (list.ok) {
    const names = list.value.items.map(({ metadata }) => plainText(String(metadata.name), 63));
    store.setState(state => namespacesRead(state, names), true);
  } else {
    const { error } = list;
    store.setState(state => namespacesRefused(state, error), true);
  }
}

/** Asks for the session's own namespace until it is there; a cluster that does not say is not asked again. */
async function lookForOwn(
  api: ClusterApi,
  store: AppStore,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const { namespace } = store.getState().connection;
  while (!signal.aborted) {
    const own = await api.get(NAMESPACES, namespace, signal);
    if (signal.aborted) return;
    if (own.ok) {
      store.setState(namespaceFound, true);
      return;
    }
    const { kind } = own.error;
    if (kind === 'not-found') store.setState(namespaceMissing, true);
    if (kind === 'forbidden' || kind === 'unauthorized') return;
    await pause(clock, RETRY_MS, signal);
  }
}

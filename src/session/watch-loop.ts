import { type Clock, pause } from '../clock.ts';
import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import type { ClusterError } from '../kube/cluster-error.ts';
import { readDeployment } from '../kube/deployment.ts';
import { readWarningEvent } from '../kube/event.ts';
import { listIn, objectIn, textIn } from '../kube/json.ts';
import { type ListWatchReport, listAndWatch } from '../kube/list-watch.ts';
import type { KubeObject } from '../kube/metadata.ts';
import { readNode } from '../kube/node.ts';
import { readPod } from '../kube/pod.ts';
import { readService } from '../kube/service.ts';
import { readDestinationRule, readGateway } from '../kube/traffic-objects.ts';
import { collectionOf, ISTIO_GROUP, readVirtualService } from '../kube/virtual-service.ts';
import { virtualServiceRead } from './applied.ts';
import {
  type CollectionName,
  type CollectionReport,
  clusterChanged,
  foldReport,
  type ItemOf,
  isEchoOverdue,
  warnOfOwner,
} from './cluster-events.ts';
import type { AppState, ClusterState, Collected } from './state.ts';
import type { AppStore } from './store.ts';

/** Reports that arrive within a frame are one write to the store. */
const BATCH_MS = 16;
const TICK_MS = 1_000;
const DISCOVERY_RETRY_MS = 2_000;

type Source<Name extends CollectionName> = {
  readonly name: Name;
  readonly collection: Collection;
  readonly read: (object: KubeObject) => ItemOf<Name>;
};

type PendingFold = {
  readonly name: CollectionName;
  readonly fold: (cluster: ClusterState, now: number) => ClusterState;
};

/** Keeps the store's cluster slices as the API server has them, and the clock of the screen. Ends with `signal`. */
export class WatchLoop {
  readonly #api: ClusterApi;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #pending: PendingFold[] = [];
  #isScheduled = false;

  constructor(api: ClusterApi, store: AppStore, clock: Clock, signal: AbortSignal) {
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Resolves when every watch has ended, after the signal. */
  async run(): Promise<void> {
    const { namespace, istioNamespace } = this.#store.getState().connection;
    await Promise.all([
      this.#tick(),
      this.#watch({ name: 'nodes', collection: core('nodes'), read: readNode }),
      this.#watch({ name: 'istioPods', collection: core('pods', istioNamespace), read: readPod }),
      this.#watch({ name: 'pods', collection: core('pods', namespace), read: readPod }),
      this.#watch({ name: 'services', collection: core('services', namespace), read: readService }),
      this.#watch({
        name: 'warningEvents',
        collection: { ...core('events', namespace), fieldSelector: 'type=Warning' },
        read: readWarningEvent,
      }),
      this.#watch({
        name: 'deployments',
        collection: { group: 'apps', version: 'v1', plural: 'deployments', namespace },
        read: readDeployment,
      }),
      this.#watchIstio(namespace),
    ]);
  }

  /** Writes what is waiting. Reports on VirtualServices wait while a patch is in flight: its answer comes first. */
  readonly flush = (): void => {
    this.#isScheduled = false;
    if (this.#signal.aborted) return;
    const now = this.#clock.now();
    const isPatching = this.#store.getState().weights.patch.kind === 'in-flight';
    const due = this.#pending.filter(({ name }) => !(isPatching && name === 'virtualServices'));
    if (due.length === 0) return;
    this.#pending = this.#pending.filter(report => !due.includes(report));
    this.#store.setState(state => this.#folded(state, due, now), true);
  };

  #folded(state: AppState, due: readonly PendingFold[], now: number): AppState {
    let next = state;
    // One report after the other: each state of the VirtualService counts, not only the last of a batch.
    for (const { fold } of due) {
      const cluster = fold(next.cluster, now);
      if (cluster !== next.cluster) next = clusterChanged({ ...next, cluster }, next.cluster, now);
    }
    const isNewlyChosen = state.weights.applied === undefined && next.weights.applied !== undefined;
    return isNewlyChosen ? warnOfOwner(next, now) : next;
  }

  async #watchIstio(namespace: string): Promise<void> {
    const version = await this.#servedIstioVersion();
    if (version === undefined) return;
    const istio = (plural: string): Collection => ({ group: ISTIO_GROUP, version, plural, namespace });
    await Promise.all([
      this.#watch({
        name: 'virtualServices',
        collection: istio('virtualservices'),
        read: readVirtualService,
      }),
      this.#watch({
        name: 'destinationRules',
        collection: istio('destinationrules'),
        read: readDestinationRule,
      }),
      this.#watch({ name: 'gateways', collection: istio('gateways'), read: readGateway }),
    ]);
  }

  /** The newest served version of Istio's networking API; keeps asking until there is one. Undefined once the signal is aborted. */
  async #servedIstioVersion(): Promise<string | undefined> {
    while (!this.#signal.aborted) {
      const group = await this.#api.raw(`/apis/${ISTIO_GROUP}`, this.#signal);
      if (group.ok) return preferredVersion(group.value);
      const error: ClusterError =
        group.error.kind === 'not-found'
          ? {
              kind: 'not-found',
              headline: "Can't find Istio: the cluster does not serve networking.istio.io.",
              nextStep: 'Install Istio (istioctl install). It appears here by itself.',
            }
          : group.error;
      if (error.kind !== 'aborted') this.#report('virtualServices', { kind: 'interrupted', error });
      await pause(this.#clock, DISCOVERY_RETRY_MS, this.#signal);
    }
    return undefined;
  }

  #watch<Name extends CollectionName>(source: Source<Name>): Promise<void> {
    const report = (raw: ListWatchReport) => this.#report(source.name, readReport(raw, source.read));
    return listAndWatch(this.#api, source.collection, report, this.#clock, Math.random, this.#signal);
  }

  #report<Name extends CollectionName>(name: Name, report: CollectionReport<ItemOf<Name>>): void {
    this.#pending.push({
      name,
      fold: (cluster, now) => {
        const before = cluster[name] as Collected<ItemOf<Name>>;
        const after = foldReport(before, report, now);
        return after === before ? cluster : { ...cluster, [name]: after };
      },
    });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.after(BATCH_MS, this.flush);
  }

  async #tick(): Promise<void> {
    while (!this.#signal.aborted) {
      await pause(this.#clock, TICK_MS, this.#signal);
      if (this.#signal.aborted) return;
      const now = this.#clock.now();
      this.#store.setState({ now });
      if (isEchoOverdue(this.#store.getState(), now)) await this.#readVirtualService();
    }
  }

  /** Asks the server itself, because the watch is behind our own patch. */
  async #readVirtualService(): Promise<void> {
    const { applied } = this.#store.getState().weights;
    if (!applied) return;
    const { virtualService } = applied;
    const read = await this.#api.get(collectionOf(virtualService), virtualService.name, this.#signal);
    if (!read.ok || this.#store.getState().weights.patch.kind !== 'idle') return;
    this.#store.setState(
      state => virtualServiceRead(state, readVirtualService(read.value), this.#clock.now()),
      true,
    );
  }
}

function core(plural: string, namespace?: string): Collection {
  return { group: '', version: 'v1', plural, ...(namespace === undefined ? {} : { namespace }) };
}

function readReport<Item>(
  report: ListWatchReport,
  read: (object: KubeObject) => Item,
): CollectionReport<Item> {
  switch (report.kind) {
    case 'listed':
      return { kind: 'listed', items: report.objects.map(read) };
    case 'changed':
      return {
        kind: 'changed',
        changes: report.events.map(({ type, object }) => ({ type, item: read(object) })),
      };
    default:
      return report;
  }
}

function preferredVersion(group: ReturnType<typeof objectIn>): string {
  const served = listIn(group.versions).map(version => textIn(objectIn(version).version));
  return ['v1', 'v1beta1', 'v1alpha3'].find(version => served.includes(version)) ?? 'v1';
}

import { type Clock, pause } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { ClusterError } from '../kube/cluster-error.ts';
import { preferredIstioVersion } from '../kube/served-version.ts';
import { Suspicion } from '../kube/suspicion.ts';
import { collectionOf, ISTIO_GROUP, readVirtualService } from '../kube/virtual-service.ts';
import { virtualServiceRead } from './applied.ts';
import { clusterChanged, foldReport, isEchoOverdue } from './cluster-events.ts';
import { isTickDue, TICK_MS } from './passing-time.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';
import { planWatches } from './watch-plan.ts';
import { type CollectionChange, WatchedCollections } from './watched-collections.ts';

/** Reports that arrive within a frame are one write to the store. */
const BATCH_MS = 16;
const DISCOVERY_RETRY_MS = 2_000;
/** A tick that comes later than this was slept through: connections may have died meanwhile. */
const SLEPT_MS = 5_000;

/** Keeps the store's cluster slices as the API server has them, and the clock of the screen. Ends with `signal`. */
export class WatchLoop {
  readonly #api: ClusterApi;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #suspicion = new Suspicion();
  readonly #watched: WatchedCollections;
  #pending: CollectionChange[] = [];
  #isScheduled = false;
  #istioVersion: string | undefined;

  constructor(api: ClusterApi, store: AppStore, clock: Clock, signal: AbortSignal) {
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
    const parts = { api, clock, random: Math.random, suspicion: this.#suspicion };
    this.#watched = new WatchedCollections(parts, change => this.#take(change), signal);
  }

  /** Resolves when every watch has ended, after the signal. */
  async run(): Promise<void> {
    const plan = () => this.#watched.follow(planWatches(this.#store.getState(), this.#istioVersion));
    const unsubscribe = this.#store.subscribe((state, before) => {
      const isNews = state.cluster !== before.cluster || state.weights.applied !== before.weights.applied;
      if (isNews) plan();
    });
    plan();
    try {
      await Promise.all([this.#tick(), this.#followIstioVersion(plan), this.#watched.ended()]);
    } finally {
      unsubscribe();
    }
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

  #folded(state: AppState, due: readonly CollectionChange[], now: number): AppState {
    let next = state;
    // One report after the other: each state of the VirtualService counts, not only the last of a batch.
    for (const { fold } of due) {
      const cluster = fold(next.cluster, now);
      if (cluster !== next.cluster) next = clusterChanged({ ...next, cluster }, next.cluster, now);
    }
    return next;
  }

  /** Looks for the version to read at the start, and again whenever what was found is served no more. */
  async #followIstioVersion(plan: () => void): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#findIstioVersion();
      plan();
      await this.#istioUnserved();
      await pause(this.#clock, DISCOVERY_RETRY_MS, this.#signal);
    }
  }

  /** Resolves when the server says that it has no VirtualServices in the version that is read, or the signal is aborted. */
  #istioUnserved(): Promise<void> {
    return new Promise(resolve => {
      const check = () => {
        const { freshness } = this.#store.getState().cluster.virtualServices;
        const isUnserved = freshness.kind === 'stale' && freshness.error.kind === 'not-found';
        if (!isUnserved && !this.#signal.aborted) return;
        unsubscribe();
        this.#signal.removeEventListener('abort', check);
        resolve();
      };
      const unsubscribe = this.#store.subscribe(check);
      this.#signal.addEventListener('abort', check);
      check();
    });
  }

  /** Finds the newest served version of Istio's networking API; keeps asking until there is one. */
  async #findIstioVersion(): Promise<void> {
    while (!this.#signal.aborted) {
      const group = await this.#api.raw(`/apis/${ISTIO_GROUP}`, this.#signal);
      if (group.ok) {
        this.#istioVersion = preferredIstioVersion(group.value);
        return;
      }
      const error: ClusterError =
        group.error.kind === 'not-found'
          ? {
              kind: 'not-found',
              headline: "Can't find Istio: the cluster does not serve networking.istio.io.",
              nextStep: 'Install Istio (istioctl install). It appears here by itself.',
            }
          : group.error;
      if (error.kind !== 'aborted') this.#take({ name: 'virtualServices', fold: interrupted(error) });
      await pause(this.#clock, DISCOVERY_RETRY_MS, this.#signal);
    }
  }

  #take(change: CollectionChange): void {
    this.#pending.push(change);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.after(BATCH_MS, this.flush);
  }

  async #tick(): Promise<void> {
    let lastMs = this.#clock.now();
    while (!this.#signal.aborted) {
      await pause(this.#clock, TICK_MS, this.#signal);
      if (this.#signal.aborted) return;
      const now = this.#clock.now();
      if (now - lastMs > TICK_MS + SLEPT_MS) this.#suspectConnections();
      lastMs = now;
      if (isTickDue(this.#store.getState(), now)) this.#store.setState({ now });
      if (isEchoOverdue(this.#store.getState(), now)) await this.#readVirtualService();
    }
  }

  #suspectConnections(): void {
    this.#api.renewConnections();
    this.#suspicion.raise();
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

function interrupted(error: ClusterError): CollectionChange['fold'] {
  return (cluster, now) => ({
    ...cluster,
    virtualServices: foldReport(cluster.virtualServices, { kind: 'interrupted', error }, now),
  });
}

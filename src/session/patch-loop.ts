import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { weightOperations } from '../kube/patch.ts';
import { collectionOf, readVirtualService } from '../kube/virtual-service.ts';
import { accessDoubted } from './access.ts';
import { patchAccepted, patchFailed, patchSent } from './applied.ts';
import type { Applied } from './state.ts';
import type { AppStore } from './store.ts';

/**
 * While keys keep coming, patches start at most this often. istiod pushes once things have been quiet for 100 ms, so patches
 * closer together than that would hold traffic back until the key is let go.
 */
export const PATCH_INTERVAL_MS = 200;

/** Brings the VirtualService to the requested weights: at once on the first key, one patch in flight, the latest ask wins. */
export class PatchLoop {
  readonly #api: ClusterApi;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** Called after each patch: reports on the VirtualService waited for it. */
  readonly #onIdle: () => void;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #cancelTimer: (() => void) | undefined;

  constructor(api: ClusterApi, store: AppStore, clock: Clock, onIdle: () => void, signal: AbortSignal) {
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
    this.#onIdle = onIdle;
    this.#signal = signal;
  }

  /** Follows the store until the signal is aborted. */
  start(): void {
    const unsubscribe = this.#store.subscribe((state, before) => {
      if (state.weights.requested !== before.weights.requested) this.#consider();
    });
    this.#signal.addEventListener('abort', () => {
      unsubscribe();
      this.#cancelTimer?.();
    });
  }

  #consider(): void {
    const { patch, applied, requested } = this.#store.getState().weights;
    if (this.#signal.aborted || patch.kind === 'in-flight' || this.#cancelTimer) return;
    if (!applied || weightOperations(applied.route, requested).length === 0) return;
    const waitMs = this.#lastSentMs + PATCH_INTERVAL_MS - this.#clock.now();
    if (waitMs <= 0) {
      void this.#send(applied);
      return;
    }
    this.#cancelTimer = this.#clock.after(waitMs, () => {
      this.#cancelTimer = undefined;
      this.#consider();
    });
  }

  async #send(applied: Applied): Promise<void> {
    const { requested } = this.#store.getState().weights;
    const { name } = applied.virtualService;
    const collection = collectionOf(applied.virtualService);
    this.#lastSentMs = this.#clock.now();
    this.#store.setState(state => patchSent(state, this.#lastSentMs), true);
    const outcome = await this.#api.patch(
      collection,
      name,
      weightOperations(applied.route, requested),
      this.#signal,
    );
    if (outcome.ok) {
      const virtualService = readVirtualService(outcome.value);
      this.#store.setState(state => patchAccepted(state, virtualService, this.#clock.now()), true);
    } else {
      // Whatever went wrong, only the server knows what is applied now.
      const isWorthReading = outcome.error.kind !== 'aborted' && outcome.error.kind !== 'read-only';
      const fresh = isWorthReading ? await this.#api.get(collection, name, this.#signal) : undefined;
      const read = fresh?.ok ? readVirtualService(fresh.value) : undefined;
      const now = this.#clock.now();
      this.#store.setState(state => {
        const failed = patchFailed(state, outcome.error, applied.virtualService, read, now);
        return outcome.error.kind === 'forbidden' ? accessDoubted(failed, now) : failed;
      }, true);
    }
    this.#onIdle();
    this.#consider();
  }
}

import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { jsonEquals } from '../kube/json.ts';
import { CONTROLLER_KINDS, type TrafficController } from '../kube/traffic-controllers.ts';
import { ownersNoted } from './ownership.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';
import { waitUntil } from './wait-until.ts';

/** Rollouts and Canaries come and go with releases. */
const READ_INTERVAL_MS = 30_000;

/**
 * Says once of each chosen VirtualService what its owners mean for it, and keeps reading the Rollouts and Canaries beside it.
 * Their kinds need not be served, nor readable: then there are none.
 */
export class OwnerLoop {
  readonly #api: ClusterApi;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(api: ClusterApi, store: AppStore, clock: Clock, signal: AbortSignal) {
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Resolves after the signal. */
  async run(): Promise<void> {
    let noted = '';
    while (!this.#signal.aborted) {
      const object = chosenObject(this.#store.getState());
      if (object) await this.#readBeside(object.namespace);
      if (this.#signal.aborted) return;
      const text = JSON.stringify(object);
      if (object && text !== noted && text === JSON.stringify(chosenObject(this.#store.getState()))) {
        noted = text;
        this.#store.setState(state => ownersNoted(state, this.#clock.now()), true);
      }
      const isAnother = (state: AppState) => JSON.stringify(chosenObject(state)) !== text;
      await waitUntil(this.#store, isAnother, READ_INTERVAL_MS, this.#clock, this.#signal);
    }
  }

  async #readBeside(namespace: string): Promise<void> {
    const read = await Promise.all(
      CONTROLLER_KINDS.map(async ({ collection, read }) => {
        const list = await this.#api.list({ ...collection, namespace }, this.#signal);
        if (list.ok) return list.value.items.map(read);
        const isNone = list.error.kind === 'not-found' || list.error.kind === 'forbidden';
        return isNone ? [] : undefined;
      }),
    );
    const controllers = read.flatMap(items => items ?? []);
    // What could not be read this time is as it was.
    if (read.includes(undefined) || this.#signal.aborted) return;
    this.#store.setState(state => withControllers(state, controllers), true);
  }
}

/** The VirtualService that the weights are of, once it was read. */
function chosenObject({ target, weights }: AppState): { namespace: string; name: string } | null {
  if (target.kind !== 'chosen' || !weights.applied) return null;
  return { namespace: target.namespace, name: target.name };
}

function withControllers(state: AppState, controllers: readonly TrafficController[]): AppState {
  return jsonEquals(controllers, state.controllers) ? state : { ...state, controllers };
}

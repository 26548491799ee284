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
/** Their kinds are installed, and rights on them given, much less often. */
const UNSERVED_INTERVAL_MS = 300_000;

const NOT_SERVED = 'not served';

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
      const isServed = object ? await this.#readBeside(object.namespace) : false;
      if (this.#signal.aborted) return;
      const text = JSON.stringify(object);
      if (object && text !== noted && text === JSON.stringify(chosenObject(this.#store.getState()))) {
        noted = text;
        this.#store.setState(state => ownersNoted(state, this.#clock.now()), true);
      }
      const isAnother = (state: AppState) => JSON.stringify(chosenObject(state)) !== text;
      const waitMs = isServed ? READ_INTERVAL_MS : UNSERVED_INTERVAL_MS;
      await waitUntil(this.#store, isAnother, waitMs, this.#clock, this.#signal);
    }
  }

  /** Yields whether one of the kinds is served and may be read, as far as the server says. */
  async #readBeside(namespace: string): Promise<boolean> {
    const read = await Promise.all(
      CONTROLLER_KINDS.map(async ({ collection, read }) => {
        const list = await this.#api.list({ ...collection, namespace }, this.#signal);
        if (list.ok) return list.value.items.map(read);
        const isNone = list.error.kind === 'not-found' || list.error.kind === 'forbidden';
        return isNone ? NOT_SERVED : undefined;
      }),
    );
    const controllers = read.flatMap(items => (items === NOT_SERVED ? [] : (items ?? [])));
    const isServed = read.some(items => items !== NOT_SERVED);
    // What could not be read this time is as it was.
    if (!read.includes(undefined)) this.#store.setState(state => withControllers(state, controllers), true);
    return isServed;
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

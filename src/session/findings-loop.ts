import { type Clock, pause } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { patientApi } from '../kube/patient-api.ts';
import { examine } from './doctor.ts';
import { examined, examinedSubject } from './findings.ts';
import { checkOf } from './gateway-check.ts';
import { connectionPhase } from './selectors.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';

/** However often what is watched changes: a crash-looping pod changes all the time. */
const SHORTEST_INTERVAL_MS = 5_000;
/** After a change, so that what it leads to is seen as well. */
const AFTER_CHANGE_MS = 1_000;
/** What no pane watches is looked at now and then: ServiceEntries, the gateway's Service, other namespaces. */
const LONGEST_INTERVAL_MS = 300_000;

/**
 * Examines the way of requests as `weighbridge doctor` does, behind the panes: once a route is chosen, when what is watched
 * changes, and when somebody asks. It reads one thing after the other, and nothing while the API server does not answer.
 */
export class FindingsLoop {
  readonly #api: ClusterApi;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(api: ClusterApi, store: AppStore, clock: Clock, signal: AbortSignal) {
    this.#api = patientApi(api, clock);
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Resolves after the signal. */
  async run(): Promise<void> {
    await this.#until(mayBeExamined, LONGEST_INTERVAL_MS);
    while (!this.#signal.aborted) {
      const state = this.#store.getState();
      if (mayBeExamined(state)) await this.#examine(state);
      await this.#untilDue(state);
    }
  }

  async #examine(state: AppState): Promise<void> {
    const { context, namespace, istioNamespace, virtualService } = state.connection;
    const name = state.target.kind === 'chosen' ? state.target.name : virtualService;
    const where = state.target.kind === 'chosen' ? state.target.namespace : namespace;
    const report = await examine(
      this.#api,
      { context, namespace: where, istioNamespace, virtualService: name },
      {
        answers: async () => this.#store.getState().access.answers,
        reachGateway: async () => checkOf(this.#store.getState().traffic.sampling),
      },
      this.#signal,
    );
    if (
      this.#signal.aborted ||
      JSON.stringify(this.#store.getState().target) !== JSON.stringify(state.target)
    ) {
      return;
    }
    this.#store.setState(current => examined(current, report.checks), true);
  }

  async #untilDue(before: AppState): Promise<void> {
    const startedAtMs = this.#clock.now();
    const subject = examinedSubject(before);
    const isAsked = (state: AppState) => state.doctor.askedAtMs !== before.doctor.askedAtMs;
    const isDue = (state: AppState) =>
      mayBeExamined(state) && (isAsked(state) || examinedSubject(state) !== subject);
    await this.#until(isDue, LONGEST_INTERVAL_MS);
    if (isAsked(this.#store.getState())) return;
    const restMs = startedAtMs + SHORTEST_INTERVAL_MS - this.#clock.now();
    const waitMs = Math.max(AFTER_CHANGE_MS, restMs);
    await this.#until(isAsked, waitMs);
  }

  /** Waits until the state is so, but no longer than `limitMs`, or until the session ends. */
  async #until(holds: (state: AppState) => boolean, limitMs: number): Promise<void> {
    const waiting = new AbortController();
    const end = () => waiting.abort();
    const check = (state: AppState) => {
      if (holds(state)) end();
    };
    const unsubscribe = this.#store.subscribe(check);
    this.#signal.addEventListener('abort', end, { once: true });
    if (this.#signal.aborted) end();
    check(this.#store.getState());
    await pause(this.#clock, limitMs, waiting.signal);
    unsubscribe();
    this.#signal.removeEventListener('abort', end);
  }
}

/** Whether it is known what to examine, and the API server answers. */
function mayBeExamined(state: AppState): boolean {
  const isChosen = state.target.kind === 'chosen' || state.target.kind === 'none';
  return isChosen && connectionPhase(state.cluster).kind === 'live' && state.run.kind === 'running';
}

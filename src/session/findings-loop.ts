import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { patientApi } from '../kube/patient-api.ts';
import { currentAnswers } from './access.ts';
import { examine } from './doctor.ts';
import { examined, examinedSubject, isSameEvidence } from './findings.ts';
import { checkOf } from './gateway-check.ts';
import { connectionPhase } from './selectors.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';
import { waitUntil } from './wait-until.ts';

/** Between examinations, however often what is watched changes. */
const SHORTEST_INTERVAL_MS = 5_000;
/**
 * While nobody looks at the list, a few examinations may follow each other like that, and no more than one in so long in the
 * long run: a crash-looping pod changes for days, and each examination asks a lot.
 */
const UNREST_INTERVAL_MS = 60_000;
const MOST_AT_ONCE = 6;
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
  /** Until then examinations have used up what they may ask of the server. */
  #freeAtMs = Number.NEGATIVE_INFINITY;

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
      if (mayBeExamined(state)) {
        await this.#examine(state);
        this.#spend();
      }
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
        answers: async () => currentAnswers(this.#store.getState()),
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

  #spend(): void {
    const now = this.#clock.now();
    const fullMs = now - MOST_AT_ONCE * UNREST_INTERVAL_MS;
    this.#freeAtMs = Math.max(this.#freeAtMs, fullMs) + UNREST_INTERVAL_MS;
  }

  async #untilDue(before: AppState): Promise<void> {
    const endedAtMs = this.#clock.now();
    const subject = examinedSubject(before);
    const isAsked = (state: AppState) => state.doctor.askedAtMs !== before.doctor.askedAtMs;
    let looked = before;
    const isOther = (state: AppState) => {
      if (isSameEvidence(state, looked)) return false;
      looked = state;
      return examinedSubject(state) !== subject;
    };
    const isDue = (state: AppState) => mayBeExamined(state) && (isAsked(state) || isOther(state));
    await this.#until(isDue, LONGEST_INTERVAL_MS);
    const dueAtMs = endedAtMs + SHORTEST_INTERVAL_MS;
    const restMs = (state: AppState) =>
      (isLookedAt(state) ? dueAtMs : Math.max(dueAtMs, this.#freeAtMs)) - this.#clock.now();
    await this.#until(isAsked, AFTER_CHANGE_MS);
    const isTime = (state: AppState) => isAsked(state) || restMs(state) <= 0;
    await this.#until(isTime, restMs(this.#store.getState()));
  }

  #until(holds: (state: AppState) => boolean, limitMs: number): Promise<void> {
    return waitUntil(this.#store, holds, limitMs, this.#clock, this.#signal);
  }
}

/** Whether somebody has the list of findings before them. */
function isLookedAt({ ui: { overlay } }: AppState): boolean {
  return overlay.kind === 'finding' || (overlay.kind === 'list' && overlay.list === 'findings');
}

/** Whether it is known what to examine, and the API server answers. */
function mayBeExamined(state: AppState): boolean {
  const isChosen = state.target.kind === 'chosen' || state.target.kind === 'none';
  return isChosen && connectionPhase(state.cluster).kind === 'live' && state.run.kind === 'running';
}

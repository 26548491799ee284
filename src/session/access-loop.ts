import { type Clock, pause } from '../clock.ts';
import type { AccessQuestion, ClusterApi } from '../kube/cluster-api.ts';
import type { ClusterErrorKind } from '../kube/cluster-error.ts';
import { permissionKey } from '../kube/permission.ts';
import { accessAnswered, accessQuestions } from './access.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';

/** A right that is missing may be given while the screen is open. */
const MISSING_RETRY_MS = 15_000;
const FAILURE_RETRY_MS = 5_000;
/** A right that was there may be taken away, which the next write would show as well. */
const SETTLED_RETRY_MS = 3_600_000;
/** However often a key that is refused is pressed. */
const DOUBT_INTERVAL_MS = 1_000;

/** Failures that pass. After any other the cluster does not answer such questions: it will answer the requests themselves. */
const PASSING: ReadonlySet<ClusterErrorKind> = new Set([
  'unreachable',
  'server',
  'busy',
  'unauthorized',
  'not-kubernetes',
]);

/** `overtaken`: the questions are about something else by now. */
type Outcome = 'answered' | 'failed' | 'not-answered-here' | 'overtaken';

/**
 * Asks what the person may do, so that keys can say so before the first of them is pressed. Asks anew when the VirtualService is
 * another one, when an answer is doubted, and now and then while a right is missing.
 */
export class AccessLoop {
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
    let asked = '';
    while (!this.#signal.aborted) {
      const state = this.#store.getState();
      const subject = subjectOf(state);
      const sinceMs = this.#clock.now();
      const outcome = await this.#ask(subject === asked ? unsettled(state) : accessQuestions(state), subject);
      asked = outcome === 'answered' || outcome === 'not-answered-here' ? subject : '';
      await this.#untilDue(state, outcome, sinceMs);
    }
  }

  /** One after the other: they must not stand in the way of what the screen waits for. */
  async #ask(questions: readonly AccessQuestion[], subject: string): Promise<Outcome> {
    for (const question of questions) {
      const answer = await this.#api.canI(question, this.#signal);
      if (this.#signal.aborted || subjectOf(this.#store.getState()) !== subject) return 'overtaken';
      if (!answer.ok) return PASSING.has(answer.error.kind) ? 'failed' : 'not-answered-here';
      const taken = { question, isGranted: answer.value };
      this.#store.setState(state => accessAnswered(state, [taken]), true);
    }
    return 'answered';
  }

  /** Waits until there is reason to ask again. */
  async #untilDue(asked: AppState, outcome: Outcome, sinceMs: number): Promise<void> {
    const waiting = new AbortController();
    const end = () => waiting.abort();
    let isDoubted = false;
    const check = (state: AppState) => {
      isDoubted = state.access.doubtedAtMs !== asked.access.doubtedAtMs;
      if (isDoubted || subjectOf(state) !== subjectOf(asked)) end();
    };
    const unsubscribe = this.#store.subscribe(check);
    this.#signal.addEventListener('abort', end, { once: true });
    if (this.#signal.aborted) end();
    check(this.#store.getState());
    await pause(this.#clock, this.#waitMs(outcome), waiting.signal);
    unsubscribe();
    this.#signal.removeEventListener('abort', end);
    const restMs = sinceMs + DOUBT_INTERVAL_MS - this.#clock.now();
    if (isDoubted && restMs > 0) await pause(this.#clock, restMs, this.#signal);
  }

  #waitMs(outcome: Outcome): number {
    if (outcome === 'failed') return FAILURE_RETRY_MS;
    const isMissing = this.#store.getState().access.answers.some(({ isGranted }) => !isGranted);
    return isMissing && outcome === 'answered' ? MISSING_RETRY_MS : SETTLED_RETRY_MS;
  }
}

/** What the questions are about, as text to compare. */
function subjectOf({ target, connection }: AppState): string {
  return JSON.stringify([
    target.kind === 'chosen' && target,
    connection.namespace,
    connection.istioNamespace,
  ]);
}

/** The questions whose answers may have changed: what was refused, and the right to write, which matters most. */
function unsettled(state: AppState): readonly AccessQuestion[] {
  const granted = new Set(
    state.access.answers.filter(({ isGranted }) => isGranted).map(({ question }) => permissionKey(question)),
  );
  return accessQuestions(state).filter(
    question => question.verb === 'patch' || !granted.has(permissionKey(question)),
  );
}

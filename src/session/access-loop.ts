import { type Clock, pause } from '../clock.ts';
import type { AccessQuestion, ClusterApi } from '../kube/cluster-api.ts';
import type { ClusterErrorKind } from '../kube/cluster-error.ts';
import { permissionKey } from '../kube/permission.ts';
import { accessAnswered, accessQuestions, currentAnswers } from './access.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';
import { waitUntil } from './wait-until.ts';

/** A right that is missing may be given while the screen is open; whoever presses a key that needs it asks at once. */
const MISSING_RETRY_MS = 30_000;
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
    let isDoubted = false;
    while (!this.#signal.aborted) {
      const state = this.#store.getState();
      const subject = subjectOf(state);
      const sinceMs = this.#clock.now();
      const questions = subject === asked ? unsettled(state, isDoubted) : accessQuestions(state);
      const outcome = await this.#ask(questions, subject);
      asked = outcome === 'answered' || outcome === 'not-answered-here' ? subject : '';
      isDoubted = await this.#untilDue(state, outcome, sinceMs);
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

  /** Waits until there is reason to ask again. Yields whether that is a doubt in what was answered. */
  async #untilDue(asked: AppState, outcome: Outcome, sinceMs: number): Promise<boolean> {
    const isDoubted = ({ access }: AppState) => access.doubtedAtMs !== asked.access.doubtedAtMs;
    const subject = subjectOf(asked);
    // Which pods and Deployments are to be read follows from Services, which may be read later than the route is chosen.
    const isMoreNeeded = (state: AppState) =>
      outcome === 'answered' &&
      state.cluster.services !== asked.cluster.services &&
      currentAnswers(state).length < accessQuestions(state).length;
    const isDue = (state: AppState) =>
      isDoubted(state) || subjectOf(state) !== subject || isMoreNeeded(state);
    await waitUntil(this.#store, isDue, this.#waitMs(outcome), this.#clock, this.#signal);
    if (!isDoubted(this.#store.getState())) return false;
    const restMs = sinceMs + DOUBT_INTERVAL_MS - this.#clock.now();
    if (restMs > 0) await pause(this.#clock, restMs, this.#signal);
    return true;
  }

  #waitMs(outcome: Outcome): number {
    if (outcome === 'failed') return FAILURE_RETRY_MS;
    const isMissing = currentAnswers(this.#store.getState()).some(({ isGranted }) => !isGranted);
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

/** The questions whose answers may have changed: what was refused; the right to write too, in doubt and where nothing was refused. */
function unsettled(state: AppState, isDoubted: boolean): readonly AccessQuestion[] {
  const granted = new Set(
    state.access.answers.filter(({ isGranted }) => isGranted).map(({ question }) => permissionKey(question)),
  );
  const questions = accessQuestions(state);
  const refused = questions.filter(question => !granted.has(permissionKey(question)));
  if (!isDoubted && refused.length > 0) return refused;
  return questions.filter(question => question.verb === 'patch' || refused.includes(question));
}

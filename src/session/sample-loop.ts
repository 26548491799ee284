import { type Clock, pause, untilAborted } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { jsonEquals } from '../kube/json.ts';
import { sameWeights } from '../kube/split.ts';
import { KeyToTrafficTimes } from '../traffic/key-to-traffic.ts';
import type { ObservedSample, RawSample } from '../traffic/sample.ts';
import { type AnswerReading, observe } from '../traffic/sample-outcome.ts';
import { type Sampler, startSampler } from '../traffic/sampler.ts';
import { TrafficObserver } from '../traffic/traffic-observer.ts';
import { sharesOf } from '../traffic/weight-shares.ts';
import { type ChartState, chartSpan, INITIAL_CHART, withChart } from './chart.ts';
import { GatewayKeeper } from './gateway-keeper.ts';
import type { LinkParts } from './gateway-link.ts';
import { gatewayObjects } from './gateway-objects.ts';
import { withObserved, withSampler } from './observed.ts';
import { withTimeOfView } from './passing-time.ts';
import { areStarting, readyPods } from './read-versions.ts';
import { routeObserved, shiftsRecorded } from './recorded-shifts.ts';
import {
  type FoundTarget,
  findTarget,
  isSameSubject,
  mayBeFound,
  samplerTarget,
  subjectOf,
} from './sample-target.ts';
import type { Applied, AppState, Sampling } from './state.ts';
import type { AppStore } from './store.ts';
import type { TriedWay } from './tried-way.ts';
import { VersionLearner } from './version-learner.ts';
import { waitUntil } from './wait-until.ts';
import { WideningWait } from './widening-wait.ts';

/** At most three writes of observed traffic a second. */
const VIEW_INTERVAL_MS = 334;
/** What latencies and failures are taken over, beside the verdict. */
const RECENT_MS = 120_000;
/** Each look asks the API server and every address; what is watched of the gateway is a reason to look at once. */
const FIRST_FIND_RETRY_MS = 3_000;
const LAST_FIND_RETRY_MS = 15_000;
/** Each time a few port-forwards are opened. */
const FIRST_RELEARN_MS = 5_000;
const LAST_RELEARN_MS = 60_000;
const START_PATIENCE_MS = 5_000;
const START_CHECK_MS = 100;

/** Hears of a sample as it came, and as it was counted. */
export type SampleListener = (raw: RawSample, observed: ObservedSample) => void;

/**
 * Samples the gateway of the chosen route and writes what it answers to the store. Starts anew when the route, its match or
 * what the person told about the gateway changes; learns the versions anew when their pods change. Ends with `signal`.
 */
export class SampleLoop {
  readonly #api: ClusterApi;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #onSample: SampleListener;
  readonly #keyTimes = new KeyToTrafficTimes();
  #observer = new TrafficObserver();
  #learner: VersionLearner;
  #sampler: Sampler | undefined;
  /** Where samples go now; another way to the gateway may take its place while they are taken. */
  #target: FoundTarget | undefined;

  constructor(api: ClusterApi, store: AppStore, clock: Clock, signal: AbortSignal, onSample: SampleListener) {
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
    this.#onSample = onSample;
    this.#learner = new VersionLearner(api, clock, []);
  }

  /** Resolves when the signal is aborted and nothing of the loop is left. */
  async run(): Promise<void> {
    const unsubscribe = this.#store.subscribe((state, before) => {
      this.#noteWeights(state.weights.applied, before.weights.applied);
      this.#setPaused(state);
      this.#setRate(state);
      this.#redrawChart(state, before);
    });
    try {
      while (!this.#signal.aborted) await this.#sampleOneRoute();
    } finally {
      unsubscribe();
    }
  }

  async #sampleOneRoute(): Promise<void> {
    const applied = await this.#until(state => state.weights.applied);
    if (!applied) return;
    const subject = subjectOf(this.#store.getState());
    const lifetime = new AbortController();
    const end = () => lifetime.abort();
    this.#signal.addEventListener('abort', end);
    const unsubscribe = this.#store.subscribe(() => {
      if (!isSameSubject(subjectOf(this.#store.getState()), subject)) end();
    });
    try {
      const labels = applied.route.destinations.map(({ label }) => label);
      this.#learner = new VersionLearner(this.#api, this.#clock, labels);
      this.#learner.weightsApplied(sharesOf(byLabel(applied), labels), this.#clock.now());
      this.#observer.close(this.#clock.now());
      this.#observer = new TrafficObserver({ keyTimes: this.#keyTimes });
      this.#observer.setVersions(labels);
      this.#observer.startFrom(byLabel(applied), this.#clock.now());
      this.#store.setState(state => routeObserved(state, applied, this.#clock.now()), true);
      const target = await this.#findTarget(lifetime.signal);
      if (target) await this.#sample(target, lifetime.signal);
    } finally {
      unsubscribe();
      this.#signal.removeEventListener('abort', end);
      this.#forgetObserved();
    }
  }

  /** The gateway's address and the request for it; asks the person, and keeps looking, while there is none. */
  async #findTarget(signal: AbortSignal): Promise<FoundTarget | undefined> {
    const retry = new WideningWait(FIRST_FIND_RETRY_MS, LAST_FIND_RETRY_MS);
    while (!signal.aborted) {
      const state = await this.#until(state => (mayBeFound(state) ? state : undefined), signal);
      const applied = state?.weights.applied;
      if (!state || !applied) return undefined;
      if (state.traffic.sampling.kind === 'waiting') this.#setSampling({ kind: 'finding-gateway' });
      const found = await findTarget(state, applied, this.#parts(signal));
      if (signal.aborted) {
        if (found.kind === 'target') await found.target.gateway.link.close();
        return undefined;
      }
      if (found.kind === 'target') return found.target;
      this.#setSampling(found.sampling, found.ways);
      // A mesh-only route, and a question to the person, end with a change of what this is about.
      const isWorthRetrying = found.sampling.kind === 'needs-answer' && found.sampling.asks === 'gateway';
      const isOther = (now: AppState) => gatewayObjects(now) !== gatewayObjects(state);
      await (isWorthRetrying
        ? waitUntil(this.#store, isOther, retry.next(), this.#clock, signal)
        : untilAborted(signal));
    }
    return undefined;
  }

  async #sample(target: FoundTarget, signal: AbortSignal): Promise<void> {
    this.#target = target;
    this.#showTarget('learning the versions', false);
    const keeper = new GatewayKeeper(this.#store, this.#parts(signal), target, next => this.#retarget(next));
    await Promise.all([keeper.run(), this.#learnAndSample(keeper, signal)]);
    this.#target = undefined;
  }

  async #learnAndSample(keeper: GatewayKeeper, signal: AbortSignal): Promise<void> {
    await this.#versionsStarted(signal);
    await this.#learn(signal);
    if (signal.aborted || !this.#target) return;
    const { ratePerSecond, wantsFreshConnections, gatewayCa } = this.#store.getState().traffic;
    const learner = this.#learner;
    const reading: AnswerReading = {
      classify: (answer, startedAtMs) => learner.recognition.classify(answer, startedAtMs),
      isPassedThrough: this.#target.choosesPerConnection,
    };
    const sampler = startSampler({
      target: samplerTarget(this.#target),
      ratePerSecond,
      freshConnections: wantsFreshConnections || this.#target.choosesPerConnection,
      ca: gatewayCa,
      clock: this.#clock,
      onSample: raw => {
        keeper.note(raw);
        const observed = observe(raw, reading);
        this.#observer.addSample(observed);
        this.#onSample(raw, observed);
      },
    });
    this.#sampler = sampler;
    this.#setPaused(this.#store.getState());
    try {
      await Promise.all([this.#writeViews(signal), this.#relearn(signal)]);
    } finally {
      this.#sampler = undefined;
      await sampler.stop();
    }
  }

  /** Samples go on by another way, or the same one is known better. */
  #retarget(next: FoundTarget): void {
    const isOtherWay = this.#target?.gateway.link !== next.gateway.link;
    this.#target = next;
    if (isOtherWay) this.#sampler?.reroute(samplerTarget(next));
    const { sampling } = this.#store.getState().traffic;
    if (sampling.kind === 'sampling') this.#showTarget(sampling.identification, sampling.canTellApart);
  }

  #showTarget(identification: string, canTellApart: boolean): void {
    if (!this.#target) return;
    const { link, reached, readyPods, ways } = this.#target.gateway;
    // Only a port-forward is known to lead to one pod: behind an address, whoever balances decides.
    const isPinned = link.kind === 'port-forward' && readyPods !== undefined;
    this.#setSampling(
      {
        kind: 'sampling',
        place: link.place(),
        way: link.words,
        reached,
        gatewayPods: isPinned ? { reached: 1, ready: readyPods } : 'unknown',
        identification,
        canTellApart,
      },
      ways,
    );
  }

  async #writeViews(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = this.#clock.now();
      const observed = this.#observer.view(now, RECENT_MS);
      const sampler = this.#sampler?.status;
      this.#nameIdentification();
      this.#store.setState(
        state =>
          withTimeOfView(this.#charted(withObserved(withSampler(state, sampler), observed, now), now), now),
        true,
      );
      await pause(this.#clock, VIEW_INTERVAL_MS, signal);
      await this.#somethingToView(signal);
    }
  }

  /** The state with the chart of the time that it is to show. One that stands still stays as it is. */
  #charted(state: AppState, now: number): AppState {
    const { frozenAtMs, shown } = state.traffic.chart;
    if (frozenAtMs !== undefined && shown?.toMs === frozenAtMs) return state;
    return withChart(state, { shown: this.#observer.chart(chartSpan(state.traffic.chart, now)) });
  }

  /** Another time scale shows at once, also while nothing is sampled or the chart stands still. */
  #redrawChart({ traffic: { chart } }: AppState, { traffic: { chart: before } }: AppState): void {
    const isSame = chart.scaleMs === before.scaleMs && chart.clearedAtMs === before.clearedAtMs;
    if (isSame || chart.shown === undefined) return;
    const shown = this.#observer.chart(chartSpan(chart, this.#clock.now()));
    this.#store.setState(state => withChart(state, { shown }), true);
  }

  /** Waits while sampling is paused: nothing new is observed then, until the weights change. */
  async #somethingToView(signal: AbortSignal): Promise<void> {
    const source = this.#store.getState().weights.applied?.source;
    const isNews = ({ traffic, weights }: AppState) =>
      !traffic.isPaused || weights.applied?.source !== source;
    await this.#until(state => (isNews(state) ? state : undefined), signal);
  }

  /** Learns the versions anew whenever the pods that are ready change, and now and then while one could not be read. */
  async #relearn(signal: AbortSignal): Promise<void> {
    const retry = new WideningWait(FIRST_RELEARN_MS, LAST_RELEARN_MS);
    let known = readyPods(this.#store.getState());
    let dueAtMs = this.#clock.now() + retry.next();
    while (!signal.aborted) {
      await pause(this.#clock, VIEW_INTERVAL_MS, signal);
      const current = readyPods(this.#store.getState());
      const isDue = this.#learner.isIncomplete && this.#clock.now() > dueAtMs;
      if ((current === known && !isDue) || signal.aborted) continue;
      if (current !== known) retry.beginAnew();
      known = current;
      await this.#learn(signal);
      dueAtMs = this.#clock.now() + retry.next();
    }
  }

  /** Waits a little for pods that are starting, so that each version can be read before its answers are to be recognised. */
  async #versionsStarted(signal: AbortSignal): Promise<void> {
    const deadlineMs = this.#clock.now() + START_PATIENCE_MS;
    while (!signal.aborted && this.#clock.now() < deadlineMs && areStarting(this.#store.getState())) {
      await pause(this.#clock, START_CHECK_MS, signal);
    }
  }

  async #learn(signal: AbortSignal): Promise<void> {
    const state = this.#store.getState();
    const { applied } = state.weights;
    if (!applied || !this.#target) return;
    await this.#learner.learn(state, this.#target, signal);
    if (!signal.aborted) this.#nameIdentification();
  }

  /** Says how versions are told apart: that changes with what is read, and with the samples where nothing can be. */
  #nameIdentification(): void {
    if (this.#store.getState().traffic.sampling.kind !== 'sampling') return;
    const { recognition, words } = this.#learner;
    this.#showTarget(words, recognition.canTellApart);
  }

  #noteWeights(applied: Applied | undefined, before: Applied | undefined): void {
    if (!applied || !before || applied.source === before.source) return;
    if (sameWeights(applied.weights, before.weights)) return;
    const { source } = applied;
    const change = { from: byLabel(before), to: byLabel(applied) };
    const labels = applied.route.destinations.map(({ label }) => label);
    this.#learner.weightsApplied(sharesOf(change.to, labels), this.#clock.now());
    if (source.kind === 'shift') {
      const sameShift = before.source.kind === 'shift' && before.source.shiftId === source.shiftId;
      const { keyAtMs, sentAtMs: atMs, acceptedAtMs } = source;
      this.#observer.weightsApplied({ ...change, atMs, acceptedAtMs, keyAtMs, by: 'you', sameShift });
    } else if (source.kind === 'outside') {
      const { seenAtMs, manager } = source;
      this.#observer.weightsApplied({
        ...change,
        atMs: seenAtMs,
        acceptedAtMs: seenAtMs,
        by: manager,
        sameShift: false,
      });
    }
    // After whoever else hears of this change: where nothing is sampled, nothing else writes the record.
    queueMicrotask(() => this.#record());
  }

  #record(): void {
    if (this.#signal.aborted) return;
    const observed = this.#observer.view(this.#clock.now(), RECENT_MS);
    this.#store.setState(state => shiftsRecorded(state, observed), true);
  }

  #setPaused({ traffic }: AppState): void {
    const isPaused = this.#sampler?.state === 'paused';
    if (traffic.isPaused && !isPaused) this.#sampler?.pause();
    if (!traffic.isPaused && isPaused) this.#sampler?.resume();
  }

  #setRate({ traffic }: AppState): void {
    this.#sampler?.setRate(traffic.ratePerSecond);
  }

  /** What was observed of a route says nothing about the next one. */
  #forgetObserved(): void {
    if (this.#signal.aborted) return;
    this.#record();
    const sampling = { kind: 'waiting' } as const;
    this.#store.setState(state => ({
      ...state,
      traffic: {
        ...state.traffic,
        sampling,
        ways: [],
        sampler: undefined,
        observed: undefined,
        chart: anotherChart(state),
      },
    }));
  }

  #setSampling(sampling: Sampling, ways: readonly TriedWay[] = this.#store.getState().traffic.ways): void {
    const { traffic } = this.#store.getState();
    if (this.#signal.aborted || (jsonEquals(traffic.sampling, sampling) && traffic.ways === ways)) return;
    this.#store.setState(state => ({ ...state, traffic: { ...state.traffic, sampling, ways } }));
  }

  #parts(signal: AbortSignal): LinkParts {
    return { api: this.#api, clock: this.#clock, signal };
  }

  /** Waits for a value of the state; undefined once the signal is aborted. */
  #until<Value>(
    select: (state: AppState) => Value | undefined,
    signal: AbortSignal = this.#signal,
  ): Promise<Value | undefined> {
    return new Promise(resolve => {
      const check = () => {
        const value = select(this.#store.getState());
        if (value === undefined && !signal.aborted) return;
        unsubscribe();
        signal.removeEventListener('abort', check);
        resolve(value);
      };
      const unsubscribe = this.#store.subscribe(check);
      signal.addEventListener('abort', check);
      check();
    });
  }
}

function byLabel({ route, weights }: Applied): Readonly<Record<string, number>> {
  return Object.fromEntries(route.destinations.map(({ label }, index) => [label, weights[index] ?? 0]));
}

/** The chart of another route, at the scale that the person chose. */
function anotherChart({ traffic }: AppState): ChartState {
  return { ...INITIAL_CHART, scaleMs: traffic.chart.scaleMs };
}

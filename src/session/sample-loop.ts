import { type Clock, pause } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { jsonEquals } from '../kube/json.ts';
import { rewrittenPath, type SampleRequest, sampleRequest } from '../kube/sample-request.ts';
import { sameWeights } from '../kube/split.ts';
import type { Version } from '../kube/versions.ts';
import type { HttpRoute, VirtualService } from '../kube/virtual-service.ts';
import {
  canTellApart,
  describeFingerprints,
  type Fingerprints,
  learnFingerprints,
} from '../traffic/fingerprint.ts';
import { readThrough } from '../traffic/read-version.ts';
import type { Answer } from '../traffic/sample.ts';
import { observe } from '../traffic/sample-outcome.ts';
import { type Sampler, startSampler } from '../traffic/sampler.ts';
import { type ObservedTraffic, TrafficObserver } from '../traffic/traffic-observer.ts';
import { productName, version } from '../version.ts';
import { CHART_WINDOW_MS } from './chart-window.ts';
import { findGateway } from './find-gateway.ts';
import { versions } from './selectors.ts';
import type { Applied, AppState, Sampling } from './state.ts';
import type { AppStore } from './store.ts';

/** At most three writes of observed traffic a second. */
const VIEW_INTERVAL_MS = 334;
const FIND_RETRY_MS = 3_000;
const READS_PER_VERSION = 3;
const READ_DEADLINE_MS = 3_000;
const START_PATIENCE_MS = 5_000;
const START_CHECK_MS = 100;

/**
 * Samples the gateway of the chosen route and writes what it answers to the store. Starts anew when the route, its match or
 * what the person told about the gateway changes; learns the versions anew when their pods change. Ends with `signal`.
 */
export class SampleLoop {
  readonly #api: ClusterApi;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #observer = new TrafficObserver();
  /** What each version answered when it was read last. */
  #answers = new Map<string, readonly Answer[]>();
  #fingerprints: Fingerprints = learnFingerprints(new Map());
  #sampler: Sampler | undefined;

  constructor(api: ClusterApi, store: AppStore, clock: Clock, signal: AbortSignal) {
    this.#api = api;
    this.#store = store;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Resolves when the signal is aborted and nothing of the loop is left. */
  async run(): Promise<void> {
    const unsubscribe = this.#store.subscribe((state, before) => {
      this.#noteWeights(state.weights.applied, before.weights.applied);
      this.#setPaused(state);
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
    const subject = this.#subject();
    const lifetime = new AbortController();
    const end = () => lifetime.abort();
    this.#signal.addEventListener('abort', end);
    const unsubscribe = this.#store.subscribe(() => {
      if (!sameSubject(this.#subject(), subject)) end();
    });
    try {
      this.#answers = new Map();
      this.#observer = new TrafficObserver();
      this.#observer.setVersions(applied.route.destinations.map(({ label }) => label));
      this.#observer.startFrom(byLabel(applied), this.#clock.now());
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
    while (!signal.aborted) {
      // Node addresses are part of the candidates.
      const state = await this.#until(state =>
        state.cluster.nodes.freshness.kind === 'loading' ? undefined : state,
      );
      const applied = state?.weights.applied;
      if (!state || !applied) return undefined;
      const found = await this.#lookForTarget(state, applied, signal);
      if (signal.aborted) return undefined;
      if (found.kind === 'target') return found.target;
      this.#setSampling(found.sampling);
      // A mesh-only route, and a question to the person, end with a change of what this is about.
      const isWorthRetrying = found.sampling.kind === 'needs-answer' && found.sampling.asks === 'gateway';
      await (isWorthRetrying ? pause(this.#clock, FIND_RETRY_MS, signal) : aborted(signal));
    }
    return undefined;
  }

  async #lookForTarget(
    state: AppState,
    { virtualService, route }: Applied,
    signal: AbortSignal,
  ): Promise<{ kind: 'target'; target: FoundTarget } | { kind: 'none'; sampling: Sampling }> {
    const { gatewayUrl, host, path } = state.traffic;
    if (state.traffic.sampling.kind === 'waiting') this.#setSampling({ kind: 'finding-gateway' });
    const asked = sampleRequest(virtualService, route, { host, path });
    if ('problem' in asked) {
      const { asks, reason } = asked.problem;
      return { kind: 'none', sampling: { kind: 'needs-answer', asks, reason } };
    }
    const { request } = asked;
    if (gatewayUrl) return { kind: 'target', target: { url: gatewayUrl, way: 'as given', request } };
    const headers = requestHeaders(request);
    const found = await findGateway(
      this.#api,
      state,
      virtualService,
      { path: request.path, headers },
      signal,
    );
    switch (found.kind) {
      case 'found':
        return { kind: 'target', target: { url: found.url, way: found.way, request } };
      case 'mesh-only':
        return { kind: 'none', sampling: { kind: 'mesh-only' } };
      case 'not-found':
        return { kind: 'none', sampling: { kind: 'needs-answer', asks: 'gateway', reason: found.reason } };
    }
  }

  async #sample(target: FoundTarget, signal: AbortSignal): Promise<void> {
    const { url, way, request } = target;
    this.#setSampling({
      kind: 'sampling',
      url,
      way,
      identification: 'learning the versions',
      canTellApart: false,
    });
    await this.#versionsStarted(signal);
    await this.#learn(target, signal);
    if (signal.aborted) return;
    const sampler = startSampler({
      target: { url: url + request.path, headers: requestHeaders(request) },
      ratePerSecond: this.#store.getState().traffic.ratePerSecond,
      clock: this.#clock,
      onSample: raw => this.#observer.addSample(observe(raw, this.#fingerprints)),
    });
    this.#sampler = sampler;
    this.#setPaused(this.#store.getState());
    try {
      await Promise.all([this.#writeViews(signal), this.#relearn(target, signal)]);
    } finally {
      this.#sampler = undefined;
      await sampler.stop();
    }
  }

  async #writeViews(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = this.#clock.now();
      const observed = this.#observer.view(now, CHART_WINDOW_MS);
      this.#store.setState(state => withObserved(state, observed, now), true);
      await pause(this.#clock, VIEW_INTERVAL_MS, signal);
    }
  }

  /** Learns the versions anew whenever the pods that are ready change. */
  async #relearn(target: FoundTarget, signal: AbortSignal): Promise<void> {
    let known = readyPods(versions(this.#store.getState()));
    while (!signal.aborted) {
      await pause(this.#clock, VIEW_INTERVAL_MS, signal);
      const current = readyPods(versions(this.#store.getState()));
      if (current === known || signal.aborted) continue;
      known = current;
      await this.#learn(target, signal);
    }
  }

  /** Waits a little for pods that are starting, so that each version can be read before its answers are to be recognised. */
  async #versionsStarted(signal: AbortSignal): Promise<void> {
    const deadlineMs = this.#clock.now() + START_PATIENCE_MS;
    while (!signal.aborted && this.#clock.now() < deadlineMs && areStarting(this.#store.getState())) {
      await pause(this.#clock, START_CHECK_MS, signal);
    }
  }

  async #learn(target: FoundTarget, signal: AbortSignal): Promise<void> {
    const state = this.#store.getState();
    const { applied } = state.weights;
    if (!applied) return;
    const { virtualService, route } = applied;
    const reads = await Promise.all(
      versions(state).map(async version =>
        readVersion(this.#api, version, virtualService, route, target, signal),
      ),
    );
    if (signal.aborted) return;
    for (const { label, answers } of reads) {
      // A version whose pods are gone for now is still known by what they answered last.
      if (answers.length > 0 || !this.#answers.has(label)) this.#answers.set(label, answers);
    }
    this.#fingerprints = learnFingerprints(this.#answers);
    const problem = reads.find(read => read.problem !== '')?.problem;
    const words = describeFingerprints(this.#fingerprints);
    this.#setSampling({
      kind: 'sampling',
      url: target.url,
      way: target.way,
      identification: problem ? `${words} (${problem})` : words,
      canTellApart: canTellApart(this.#fingerprints),
    });
  }

  #noteWeights(applied: Applied | undefined, before: Applied | undefined): void {
    if (!applied || !before || applied.source === before.source) return;
    if (sameWeights(applied.weights, before.weights)) return;
    const { source } = applied;
    const change = { from: byLabel(before), to: byLabel(applied) };
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
  }

  #setPaused({ traffic }: AppState): void {
    const isPaused = this.#sampler?.state === 'paused';
    if (traffic.isPaused && !isPaused) this.#sampler?.pause();
    if (!traffic.isPaused && isPaused) this.#sampler?.resume();
  }

  /** What was observed of a route says nothing about the next one. */
  #forgetObserved(): void {
    if (this.#signal.aborted) return;
    const sampling = { kind: 'waiting' } as const;
    this.#store.setState(state => ({
      ...state,
      traffic: { ...state.traffic, sampling, observed: undefined },
    }));
  }

  #setSampling(sampling: Sampling): void {
    if (this.#signal.aborted || jsonEquals(this.#store.getState().traffic.sampling, sampling)) return;
    this.#store.setState(state => ({ ...state, traffic: { ...state.traffic, sampling } }));
  }

  #subject(): Subject {
    const { weights, traffic } = this.#store.getState();
    return {
      name: weights.applied ? `${weights.applied.virtualService.uid}/${weights.applied.route.index}` : '',
      hosts: weights.applied?.virtualService.hosts.join() ?? '',
      gateways: weights.applied?.virtualService.gateways.join() ?? '',
      labels: weights.applied?.route.destinations.map(({ label }) => label).join() ?? '',
      match: weights.applied?.route.json.match ?? null,
      given: [traffic.gatewayUrl ?? '', traffic.host ?? '', traffic.path ?? ''].join(),
    };
  }

  /** Waits for a value of the state; undefined once the signal is aborted. */
  #until<Value>(select: (state: AppState) => Value | undefined): Promise<Value | undefined> {
    return new Promise(resolve => {
      const check = () => {
        const value = select(this.#store.getState());
        if (value === undefined && !this.#signal.aborted) return;
        unsubscribe();
        this.#signal.removeEventListener('abort', check);
        resolve(value);
      };
      const unsubscribe = this.#store.subscribe(check);
      this.#signal.addEventListener('abort', check);
      check();
    });
  }
}

type FoundTarget = { readonly url: string; readonly way: string; readonly request: SampleRequest };

/** What the sampler's target follows from. */
type Subject = {
  readonly name: string;
  readonly hosts: string;
  readonly gateways: string;
  readonly labels: string;
  readonly match: HttpRoute['json'][string];
  readonly given: string;
};

/** Whether something of the versions is still being read, or a pod of them is on its way. */
function areStarting(state: AppState): boolean {
  const { pods, deployments, services, destinationRules } = state.cluster;
  const isLoading = [pods, deployments, services, destinationRules].some(
    ({ freshness }) => freshness.kind === 'loading',
  );
  return (
    isLoading || versions(state).some(({ health, readyPods }) => health === 'progressing' && readyPods === 0)
  );
}

function sameSubject(left: Subject, right: Subject): boolean {
  return jsonEquals(left, right);
}

function requestHeaders({ host, headers }: SampleRequest): Readonly<Record<string, string>> {
  const own = { 'user-agent': `${productName}/${version}`, ...headers };
  return host === undefined ? own : { ...own, host };
}

function byLabel({ route, weights }: Applied): Readonly<Record<string, number>> {
  return Object.fromEntries(route.destinations.map(({ label }, index) => [label, weights[index] ?? 0]));
}

function readyPods(known: readonly Version[]): string {
  return known.map(({ label, readyPodNames }) => `${label}:${readyPodNames.join()}`).join(';');
}

async function readVersion(
  api: ClusterApi,
  version: Version,
  { namespace }: VirtualService,
  route: HttpRoute,
  { request }: FoundTarget,
  signal: AbortSignal,
): Promise<{ readonly label: string; readonly answers: readonly Answer[]; readonly problem: string }> {
  const { label, podPort } = version;
  const [pod] = version.readyPodNames;
  if (pod === undefined || podPort === undefined) return { label, answers: [], problem: '' };
  const answers: Answer[] = [];
  let problem = '';
  const path = rewrittenPath(route, request.path);
  for (let read = 0; read < READS_PER_VERSION && !signal.aborted && problem === ''; read += 1) {
    const connection = () => api.portForward(namespace, pod, podPort);
    const answer = await readThrough(
      connection,
      { path, headers: requestHeaders(request) },
      READ_DEADLINE_MS,
    );
    if ('failed' in answer) problem = `${label}: ${answer.failed}`;
    else answers.push(answer);
  }
  return { label, answers, problem };
}

function withObserved(state: AppState, observed: ObservedTraffic, now: number): AppState {
  const failed = observed.shift ? observed.shift.failed : observed.failures.length;
  const isGood = observed.verdict.kind === 'agrees' && failed === 0;
  const { applied, requested, lastGood } = state.weights;
  const isSettledOn = isGood && applied !== undefined && sameWeights(applied.weights, requested);
  const weights =
    isSettledOn && !sameWeights(lastGood ?? [], applied.weights)
      ? { ...state.weights, lastGood: applied.weights }
      : state.weights;
  return { ...state, weights, traffic: { ...state.traffic, observed, observedAtMs: now } };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

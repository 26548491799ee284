import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { patchAccepted, patchSent, virtualServiceSeen } from '../../src/session/applied.ts';
import { chartSpan, withChart } from '../../src/session/chart.ts';
import { dispatcherOf } from '../../src/session/dispatcher.ts';
import { withNotice } from '../../src/session/notices.ts';
import { Recorder, type RecordingSink } from '../../src/session/recorder.ts';
import { serverWarned } from '../../src/session/server-warnings.ts';
import { type AppStore, createAppStore } from '../../src/session/store.ts';
import { KeyToTrafficTimes } from '../../src/traffic/key-to-traffic.ts';
import type { RawSample, SampleFailureKind, SampleOutcome } from '../../src/traffic/sample.ts';
import { TrafficObserver } from '../../src/traffic/traffic-observer.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aVirtualService } from '../support/objects.ts';
import { NOW, stateOf } from '../support/states.ts';
import { draw, seededRandom } from '../traffic/simulated-traffic.ts';

const RATE_PER_SECOND = 100;
const SECONDS_PER_CHANGE = 15;
/** What two hours at 100 samples a second may add, compiled code above all: a byte for each of 720,000. */
const NOISE_BYTES = 750_000;

const FAILURES: readonly SampleFailureKind[] = [
  'reset',
  'timeout',
  'no-healthy-upstream',
  'application-error',
];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is in use once everything is collected that nobody needs. Counters of time and latency are array buffers. */
function bytesInUse(): number {
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** A file on a disk without an end, which keeps nothing. */
class Nowhere implements RecordingSink {
  readonly bytes = 0;
  lines = 0;
  rotations = 0;

  write(): 'taken' {
    this.lines += 1;
    return 'taken';
  }

  rotate(): void {
    this.rotations += 1;
  }
}

/**
 * A session whose gateway, API server and person are simulated, at the speed of the processor: samples of two versions with all
 * kinds of failures, shifts by keys and by others, notices, warnings and pods that come and go, each under a name of its own.
 */
class SimulatedSession {
  readonly clock = new ManualClock(NOW);
  readonly store: AppStore = createAppStore(NOW, { columns: 80, rows: 24, isUnicode: true });
  readonly sink = new Nowhere();
  readonly #recorder = new Recorder(this.store, this.sink, this.clock);
  readonly #press = dispatcherOf(this.store, this.clock, intent => this.#recorder.noteIntent(intent));
  readonly #observer = new TrafficObserver({ keyTimes: new KeyToTrafficTimes() });
  readonly #random = seededRandom(7);
  #weights: Readonly<Record<string, number>> = { v1: 50, v2: 50 };
  #second = 0;
  samples = 0;

  constructor() {
    this.store.setState(stateOf('healthy', [50, 50]), true);
    this.#observer.setVersions(['v1', 'v2']);
    this.#observer.startFrom(this.#weights, NOW);
    this.#recorder.start();
  }

  run(hours: number): void {
    const end = this.#second + hours * 3600;
    while (this.#second < end) {
      this.#second += 1;
      if (this.#second % SECONDS_PER_CHANGE === 0) this.#change(this.#second / SECONDS_PER_CHANGE);
      for (let sample = 0; sample < RATE_PER_SECOND; sample += 1) this.#sample();
      if (this.#second % 5 === 0) this.#look();
    }
  }

  #sample(): void {
    this.clock.advance(1000 / RATE_PER_SECOND);
    this.samples += 1;
    const outcome = this.#outcome();
    const intendedAtMs = this.clock.now();
    const latencyMs = 2 + this.#random() * 30;
    // Some overtake others.
    const completeBeforeMs = intendedAtMs - (this.samples % 3) * 20;
    const raw: RawSample = {
      intendedAtMs,
      latencyMs,
      completeBeforeMs,
      outcome: { kind: 'answered', answer: { status: 200, headers: {}, body: '' } },
    };
    const sample = { startedAtMs: intendedAtMs, latencyMs, completeBeforeMs, outcome };
    this.#observer.addSample(sample);
    this.#recorder.noteSample(raw, sample);
  }

  #outcome(): SampleOutcome {
    if (this.samples % 500 === 0) return { kind: 'version', version: `unheard of ${this.samples}` };
    if (this.samples % 100 !== 0) return { kind: 'version', version: draw(this.#weights, this.#random) };
    const kind = FAILURES[(this.samples / 100) % FAILURES.length] ?? 'reset';
    return { kind: 'failed', failure: { kind, detail: `request ${this.samples}` }, version: 'v1' };
  }

  #look(): void {
    const now = this.clock.now();
    const observed = this.#observer.view(now, 120_000);
    this.store.setState(state => {
      const shown = this.#observer.chart(chartSpan(state.traffic.chart, now));
      return withChart({ ...state, now, traffic: { ...state.traffic, observed } }, { shown });
    }, true);
  }

  /** Weights change, by a key or by somebody else, and so does whatever else changes now and then. */
  #change(count: number): void {
    const now = this.clock.now();
    const v2 = 10 + ((count * 37) % 80);
    const by = count % 4 === 0 ? `somebody ${count}` : 'you';
    const manager = by === 'you' ? 'weighbridge' : by;
    const written = aVirtualService([100 - v2, v2], { resourceVersion: `${count + 1}`, manager });
    if (by === 'you') {
      this.#press({ kind: 'set-to', weight: v2 });
      this.store.setState(state => patchSent(state, now), true);
      this.store.setState(state => patchAccepted(state, written, now), true);
    }
    this.store.setState(state => virtualServiceSeen(state, written, now), true);
    const to = { v1: 100 - v2, v2 };
    const change = { from: this.#weights, to, by, sameShift: false };
    this.#observer.weightsApplied({ ...change, atMs: now, acceptedAtMs: now + 5, keyAtMs: now - 5 });
    this.#weights = to;
    this.store.setState(state => serverWarned(state, `warning ${count}`, now), true);
    this.store.setState(state => withNotice(state, 'info', `notice ${count}`, now), true);
    this.store.setState(state => {
      const { pods } = state.cluster;
      const items = pods.items.map(pod => ({ ...pod, name: `myapp-${count}-${pod.name.slice(-5)}` }));
      return { ...state, cluster: { ...state.cluster, pods: { ...pods, items } } };
    }, true);
  }
}

it('needs no more memory after three hours at 100 samples a second than after one', () => {
  const session = new SimulatedSession();
  session.run(1);
  const afterAnHour = bytesInUse();
  session.run(2);
  const afterThree = bytesInUse();
  expect(session.samples).toBe(3 * 3600 * RATE_PER_SECOND);
  expect(session.sink.lines).toBeGreaterThan(session.samples);
  expect(session.sink.rotations).toBeGreaterThan(10);
  const { traffic, weights, notices } = session.store.getState();
  expect(traffic.observed?.history.length).toBeGreaterThanOrEqual(100);
  expect(weights.applied?.weights).toEqual([weights.requested[0], weights.requested[1]]);
  expect([weights.undo.length, notices.length]).toEqual([100, 200]);
  expect(afterThree - afterAnHour).toBeLessThan(NOISE_BYTES);
}, 60_000);

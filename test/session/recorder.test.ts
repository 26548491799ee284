import { describe, expect, it } from 'vitest';
import { dispatcherOf } from '../../src/session/dispatcher.ts';
import { withNotice } from '../../src/session/notices.ts';
import { Recorder } from '../../src/session/recorder.ts';
import type { AppState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import type { ObservedSample, RawSample, SampleOutcome } from '../../src/traffic/sample.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemorySink, replayed } from '../support/recording.ts';
import { NOW, observedTraffic, stateOf } from '../support/states.ts';

function recording(situation: Parameters<typeof stateOf>[0] = 'healthy', maxFileBytes?: number) {
  const clock = new ManualClock(NOW);
  const store = createAppStore(NOW, { columns: 80, rows: 24, isUnicode: true });
  store.setState(stateOf(situation, [50, 50]), true);
  const sink = new MemorySink();
  const recorder = new Recorder(store, sink, clock, maxFileBytes);
  recorder.start();
  const dispatch = dispatcherOf(store, clock, intent => recorder.noteIntent(intent));
  return { clock, store, sink, recorder, dispatch };
}

const raw = (status?: number): RawSample => ({
  intendedAtMs: NOW,
  latencyMs: 4,
  completeBeforeMs: NOW,
  outcome:
    status === undefined
      ? { kind: 'failed', failure: { kind: 'refused', detail: 'connect ECONNREFUSED 10.0.0.1:80' } }
      : { kind: 'answered', answer: { status, headers: { 'set-cookie': 'session=1' }, body: 'page' } },
});
const observed = (outcome: SampleOutcome): ObservedSample => ({
  startedAtMs: NOW + 0.123_45,
  latencyMs: 4.267_8,
  completeBeforeMs: NOW,
  outcome,
});

describe('a recording', () => {
  it('begins with what it is and all that is known', () => {
    const [header, ...facts] = recording().sink.entries();
    expect(header).toEqual({
      t: NOW,
      kind: 'header',
      format: 'weighbridge-recording',
      formatVersion: 1,
      programVersion: expect.any(String),
      node: process.versions.node,
      platform: process.platform,
      context: 'minikube',
    });
    expect(facts.map(({ kind }) => kind)).toEqual([
      'connection',
      'target',
      'weights',
      'sampling',
      'traffic',
      'run',
      'pod',
      'pod',
      'pod',
      'pod',
    ]);
    expect(facts.find(({ kind }) => kind === 'weights')).toMatchObject({
      requested: [50, 50],
      applied: [50, 50],
      source: { by: 'found' },
      versions: ['v1', 'v2'],
    });
  });

  it('says an intent, and then only what it changed', () => {
    const { sink, dispatch, clock } = recording();
    const before = sink.entries().length;
    clock.advance(1_500);
    dispatch({ kind: 'shift', points: 10 });
    dispatch({ kind: 'focus', pane: 'health' });
    expect(sink.entries().slice(before)).toEqual([
      { t: NOW + 1_500, kind: 'intent', intent: 'shift', points: 10 },
      { t: NOW + 1_500, kind: 'weights', requested: [40, 60] },
      { t: NOW + 1_500, kind: 'intent', intent: 'focus', pane: 'health' },
    ]);
  });

  it('says the phase and the verdict when they change, not each time that traffic is looked at', () => {
    const { sink, store } = recording();
    const before = sink.entries().length;
    const look = (verdict: Parameters<typeof observedTraffic>[1]) =>
      store.setState(state => ({ ...state, traffic: observedTraffic(state, verdict) }));
    look('settling');
    look('settling');
    look('does-not-agree');
    const added = sink.entries().slice(before);
    expect(added.filter(({ kind }) => kind === 'traffic')).toEqual([
      { t: NOW, kind: 'traffic', phase: 'settling', verdict: 'settling' },
      { t: NOW, kind: 'traffic', phase: 'settled', verdict: 'does-not-agree' },
    ]);
    expect(added.filter(({ kind }) => kind === 'sampling')).toHaveLength(1);
  });

  it('says why there is no connection, without where the server is', () => {
    const { sink, store } = recording();
    store.setState(stateOf('lost', [50, 50]), true);
    expect(sink.entries().at(-1)).toEqual({
      t: NOW,
      kind: 'connection',
      phase: 'lost',
      reason: 'Nothing listens at (hidden).',
    });
  });

  it('says what becomes of each pod, and that one is gone', () => {
    const { sink, store } = recording();
    const { pods } = store.getState().cluster;
    const [first, second] = pods.items;
    const withPods = (items: AppState['cluster']['pods']['items']) =>
      store.setState(state => ({ ...state, cluster: { ...state.cluster, pods: { ...pods, items } } }));
    const before = sink.entries().length;
    withPods([...(first ? [first] : []), ...(second ? [{ ...second, status: 'Error', restarts: 1 }] : [])]);
    withPods(first ? [first] : []);
    const pod = `default/${second?.name}`;
    expect(sink.entries().slice(before)).toEqual([
      { t: NOW, kind: 'pod', pod, status: 'Error', restarts: 1 },
      { t: NOW, kind: 'pod', pod, isGone: true },
    ]);
  });

  it('says each notice once, also when the oldest are forgotten', () => {
    const { sink, store } = recording();
    for (let index = 0; index < 450; index += 1) {
      store.setState(state => withNotice(state, 'info', `notice ${index}`, NOW), true);
    }
    const texts = sink.entries().flatMap(({ kind, text }) => (kind === 'notice' ? [text] : []));
    expect(texts).toEqual(Array.from({ length: 450 }, (_, index) => `notice ${index}`));
  });

  it('says a notice once that a write from within another write brought', () => {
    const { sink, store, recorder } = recording();
    recorder.end();
    store.subscribe(({ now }, before) => {
      if (now !== before.now) store.setState(state => withNotice(state, 'info', 'inner', NOW), true);
    });
    recorder.start();
    store.setState({ now: NOW + 1 });
    expect(sink.entries().filter(({ kind }) => kind === 'notice')).toHaveLength(1);
  });

  it.each<[string, RawSample, SampleOutcome, object]>([
    [
      'an answer',
      raw(200),
      { kind: 'version', version: 'v2\u202e' },
      { outcome: 'version', status: 200, version: 'v2' },
    ],
    ['an unknown answer', raw(404), { kind: 'unknown' }, { outcome: 'unknown', status: 404 }],
    [
      'an error of the application',
      raw(500),
      { kind: 'failed', failure: { kind: 'application-error', detail: 'HTTP 500' }, version: 'v1' },
      { outcome: 'failed', failure: 'application-error', detail: 'HTTP 500', status: 500, version: 'v1' },
    ],
    [
      'no answer',
      raw(),
      { kind: 'failed', failure: { kind: 'refused', detail: 'connect ECONNREFUSED 10.0.0.1:80' } },
      { outcome: 'failed', failure: 'refused', detail: 'connect ECONNREFUSED (address)' },
    ],
  ])('has of %s when it was sent, how long it took and what came of it', (_, sample, outcome, members) => {
    const { sink, recorder } = recording();
    recorder.noteSample(sample, observed(outcome));
    const when = { t: NOW, kind: 'sample', startedAtMs: NOW + 0.1, latencyMs: 4.3 };
    expect(sink.entries().at(-1)).toEqual({ ...when, ...members });
  });

  it('begins each file anew, so that one can be read without the other', () => {
    const { sink, recorder, dispatch } = recording('healthy', 4_000);
    dispatch({ kind: 'shift', points: 10 });
    while (sink.files.length < 4) recorder.noteSample(raw(200), observed({ kind: 'version', version: 'v1' }));
    for (const file of [1, 2, 3]) {
      expect(sink.entries(file)[0]).toMatchObject({ kind: 'header', context: 'minikube' });
      expect(replayed(sink.entries(file), 'weights')).toMatchObject({ requested: [40, 60] });
      expect(sink.entries(file).filter(({ kind }) => kind === 'pod')).toHaveLength(4);
    }
    for (const lines of sink.files) {
      expect(lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)).toBeLessThanOrEqual(4_000);
    }
  });

  it('says how many lines were lost to a slow disk, and what became of the rest meanwhile', () => {
    const { sink, dispatch } = recording();
    sink.answer = 'full';
    dispatch({ kind: 'shift', points: 10 });
    dispatch({ kind: 'shift', points: 10 });
    sink.answer = 'taken';
    const before = sink.entries().length;
    dispatch({ kind: 'focus', pane: 'health' });
    const [lost, header] = sink.entries().slice(before);
    expect(lost).toEqual({ t: NOW, kind: 'lost', lines: 4 });
    expect(header).toMatchObject({ kind: 'header' });
    expect(replayed(sink.entries(), 'weights')).toMatchObject({ requested: [30, 70] });
    expect(sink.entries().at(-1)).toEqual({ t: NOW, kind: 'intent', intent: 'focus', pane: 'health' });
  });

  it('ends with a line that says so, and is silent after it', () => {
    const { sink, recorder, dispatch, store } = recording();
    recorder.end();
    dispatch({ kind: 'shift', points: 10 });
    store.setState(state => withNotice(state, 'info', 'late', NOW), true);
    recorder.noteSample(raw(200), observed({ kind: 'unknown' }));
    recorder.end();
    expect(sink.entries().at(-1)).toEqual({ t: NOW, kind: 'end' });
  });

  it('is silent once nothing more can be written, and the session goes on', () => {
    const { sink, dispatch, store } = recording();
    sink.answer = 'closed';
    dispatch({ kind: 'shift', points: 10 });
    sink.answer = 'taken';
    const before = sink.entries().length;
    dispatch({ kind: 'shift', points: 10 });
    expect(sink.entries()).toHaveLength(before);
    expect(store.getState().weights.requested).toEqual([30, 70]);
  });
});

import { describe, expect, it } from 'vitest';
import { Announcer } from '../../../src/components/spoken/announcer.ts';
import { applyIntent } from '../../../src/session/apply-intent.ts';
import type { Intent } from '../../../src/session/intents.ts';
import type { AppState } from '../../../src/session/state.ts';
import { createAppStore } from '../../../src/session/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { NOW, observedTraffic, stateOf } from '../../support/states.ts';

const healthy = stateOf('healthy', [50, 50]);
const agreeing: AppState = { ...healthy, traffic: observedTraffic(healthy, 'agrees') };

function announcing(state: AppState) {
  const clock = new ManualClock(NOW);
  const store = createAppStore(NOW, state.ui);
  store.setState(state, true);
  const lines: string[] = [];
  const announcer = new Announcer(store, clock, line => lines.push(line));
  const stop = announcer.start();
  clock.advance(10_000);
  lines.length = 0;
  const press = (intent: Intent) => {
    announcer.intended(intent);
    store.setState(before => applyIntent(before, intent, clock.now()), true);
  };
  return { clock, store, lines, stop, press };
}

/** What 20 samples a second write to the state in a second: three times other numbers. */
function sampleForASecond({ clock, store }: ReturnType<typeof announcing>, second: number): void {
  for (let write = 0; write < 3; write += 1) {
    store.setState(state => {
      const { observed } = state.traffic;
      if (!observed) return state;
      const latency = observed.latency && { ...observed.latency, p50Ms: 3 + ((second * 3 + write) % 17) };
      return {
        ...state,
        now: clock.now(),
        traffic: { ...state.traffic, observed: { ...observed, latency }, observedAtMs: clock.now() },
      };
    }, true);
    clock.advance(333);
  }
  clock.advance(1);
}

describe('an announcer', () => {
  it('says nothing for ten minutes in which nothing changes but the numbers', () => {
    const session = announcing(agreeing);
    for (let second = 0; second < 600; second += 1) sampleForASecond(session, second);
    expect(session.lines).toEqual([]);
  });

  it('says what comes by itself at most every three seconds, however often it turns', () => {
    const session = announcing(agreeing);
    const doubtful: AppState['traffic'] = { ...observedTraffic(healthy, 'does-not-agree') };
    for (let second = 0; second < 60; second += 1) {
      session.store.setState({ traffic: second % 2 === 0 ? doubtful : agreeing.traffic });
      sampleForASecond(session, second);
    }
    const saidVerdicts = session.lines.filter(line => /^(Ok|Failing): (agrees|does not)/.test(line));
    expect(saidVerdicts.length).toBeGreaterThan(0);
    expect(saidVerdicts.length).toBeLessThanOrEqual(20);
    expect(session.lines.length).toBeLessThanOrEqual(3 * 20);
  });

  it('says what a key did at once it is still, as one change', () => {
    const { clock, lines, press } = announcing(healthy);
    press({ kind: 'shift', points: 10 });
    press({ kind: 'shift', points: 10 });
    expect(lines).toEqual([]);
    clock.advance(150);
    expect(lines).toEqual(['Requested: v1 30, v2 70.']);
  });

  it('says now and then where a key is that is held', () => {
    const { clock, lines, press } = announcing(stateOf('healthy', [100, 0]));
    for (let key = 0; key < 90; key += 1) {
      press({ kind: 'shift', points: 1 });
      clock.advance(33);
    }
    clock.advance(1_000);
    expect(lines.at(-1)).toBe('Requested: v1 10, v2 90.');
    expect(lines.length).toBeLessThanOrEqual(4);
  });

  it('reads the focused pane again when its key is pressed again', () => {
    const { lines, press } = announcing(healthy);
    press({ kind: 'focus', pane: 'weights' });
    press({ kind: 'focus', pane: 'weights' });
    const once = [
      'Weights.',
      'v1, requested 50, applied 50.',
      'Selected: v2, requested 50, applied 50.',
      'Nothing is observed yet.',
    ];
    expect(lines).toEqual([...once, ...once]);
  });

  it('says the first lines of very many changes, and how many there are more', () => {
    const { clock, store, lines } = announcing(healthy);
    const { istioPods } = healthy.cluster;
    const [pod] = istioPods.items;
    if (!pod) throw new Error('no pod');
    const items = Array.from({ length: 40 }, (_, at) => ({ ...pod, name: `pod-${at}` }));
    store.setState({ cluster: { ...healthy.cluster, istioPods: { ...istioPods, items } } });
    clock.advance(5_000);
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toMatch(/^And \d+ more changes; 1 to 4 read the panes\.$/);
  });

  it('says what is left when it stops, and nothing afterwards', () => {
    const { clock, store, lines, stop, press } = announcing(healthy);
    press({ kind: 'shift', points: 10 });
    stop();
    expect(lines).toEqual(['Requested: v1 40, v2 60.']);
    store.setState(state => applyIntent(state, { kind: 'shift', points: 10 }, clock.now()), true);
    clock.advance(60_000);
    expect(lines).toHaveLength(1);
    expect(clock.pendingAlarms).toBe(0);
  });
});

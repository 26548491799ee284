import { expect, it, onTestFinished } from 'vitest';
import { followSuspensions, type JobControl } from '../../src/commands/suspension.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { createAppStore } from '../../src/session/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { NOW, stateOf } from '../support/states.ts';

/** A screen on a machine, and what both were told. */
function onMachine(platform: NodeJS.Platform) {
  const told: string[] = [];
  const listeners = new Map<string, Set<() => void>>();
  const job: JobControl = {
    platform,
    on: (signal, listener) => {
      const heard = listeners.get(signal) ?? new Set();
      listeners.set(signal, heard.add(listener));
      return () => heard.delete(listener);
    },
    send: (signal, to) => told.push(`${signal} to the ${to}`),
  };
  const screen = {
    closed: Promise.resolve(),
    close: async () => undefined,
    suspend: async (away: () => Promise<void>) => {
      told.push('terminal given back');
      await away();
      told.push('screen drawn');
    },
  };
  const clock = new ManualClock(NOW);
  const state = stateOf('healthy', [50, 50]);
  const store = createAppStore(NOW, state.ui);
  store.setState(state, true);
  onTestFinished(followSuspensions(store, screen, clock, job));
  return {
    told,
    clock,
    store,
    press: () => store.setState(state => applyIntent(state, { kind: 'suspend' }, clock.now()), true),
    hear: (signal: string) => {
      for (const listener of listeners.get(signal) ?? []) listener();
    },
    settled: async () => {
      for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => setImmediate(resolve));
    },
  };
}

it('gives the terminal back before it stops, and draws in the size of then once it is continued', async () => {
  const { told, clock, store, press, hear, settled } = onMachine('linux');
  press();
  await settled();
  expect(told).toEqual(['terminal given back', 'SIGTSTP to the group']);
  clock.sleep(12_000);
  hear('SIGCONT');
  await settled();
  expect(told.slice(2)).toEqual(['SIGWINCH to the process', 'screen drawn']);
  expect(store.getState().notices.at(-1)?.text).toBe(
    'suspended for 12 s: nothing was watched or sampled meanwhile',
  );
  expect(store.getState().ui.isSuspending).toBe(false);
});

it('waits for weights under way', async () => {
  const { told, store, press, settled } = onMachine('linux');
  const { weights } = store.getState();
  store.setState({ weights: { ...weights, requested: [40, 60] } });
  press();
  await settled();
  expect(told).toEqual([]);
  store.setState({ weights });
  await settled();
  expect(told).toEqual(['terminal given back', 'SIGTSTP to the group']);
});

it('is asked for by SIGTSTP as well, and draws anew after a stop that nobody announced', async () => {
  const { told, hear, settled } = onMachine('linux');
  hear('SIGCONT');
  await settled();
  expect(told.splice(0)).toEqual(['SIGWINCH to the process', 'terminal given back', 'screen drawn']);
  hear('SIGTSTP');
  await settled();
  expect(told).toEqual(['terminal given back', 'SIGTSTP to the group']);
});

it('says where there is nobody to continue it, and on Windows that nothing is suspended there', async () => {
  const orphan = onMachine('linux');
  orphan.press();
  await orphan.settled();
  orphan.clock.advance(500);
  await orphan.settled();
  expect(orphan.store.getState().notices.at(-1)?.text).toContain('there is no shell here');
  const windows = onMachine('win32');
  windows.press();
  await windows.settled();
  expect(windows.told).toEqual([]);
  expect(windows.store.getState().notices.at(-1)?.text).toContain('Windows suspends no program');
});

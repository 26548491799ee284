import { expect, it } from 'vitest';
import type { ClusterApi } from '../../src/kube/cluster-api.ts';
import { failure } from '../../src/kube/cluster-error.ts';
import { createAppStore } from '../../src/session/store.ts';
import { WatchLoop } from '../../src/session/watch-loop.ts';
import { ManualClock } from '../support/manual-clock.ts';

const turns = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve));
};

/** An API server on which nothing ever happens, and whose connections would hang for ever. */
function silentCluster() {
  const seen = { lists: 0, watches: 0, renewals: 0, open: 0 };
  const api = {
    raw: async () => ({ ok: true, value: { versions: [{ version: 'v1' }] } }),
    list: async () => {
      seen.lists += 1;
      return { ok: true, value: { items: [], resourceVersion: '5' } };
    },
    watch: (
      _collection: unknown,
      _version: string,
      listener: { onOpen: () => void },
      signal: AbortSignal,
    ) => {
      seen.watches += 1;
      seen.open += 1;
      listener.onOpen();
      return new Promise(resolve => {
        signal.addEventListener('abort', () => {
          seen.open -= 1;
          resolve(failure({ kind: 'aborted', headline: '', nextStep: '' }));
        });
      });
    },
    renewConnections: () => {
      seen.renewals += 1;
    },
  };
  return { seen, api: api as unknown as ClusterApi };
}

it('resumes every watch over new connections when the computer wakes up, without reading anything anew', async () => {
  const { seen, api } = silentCluster();
  const clock = new ManualClock();
  const store = createAppStore(clock.now(), { columns: 80, rows: 24, isUnicode: true });
  const controller = new AbortController();
  const ended = new WatchLoop(api, store, clock, controller.signal).run();
  await turns();
  clock.advance(3_000);
  await turns();
  const { watches, lists } = seen;
  expect(seen).toEqual({ lists, watches, renewals: 0, open: watches });
  expect(watches).toBeGreaterThan(4);

  const before = store.getState().cluster;
  clock.sleep(8 * 3_600_000);
  await turns();
  expect(seen).toEqual({ lists, watches: 2 * watches, renewals: 1, open: watches });
  clock.advance(20);
  expect(store.getState().cluster).toBe(before);

  controller.abort();
  await ended;
  expect([seen.open, clock.pendingAlarms]).toEqual([0, 0]);
});

import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type AuditEntry, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { untilReady } from '../demo/cluster.ts';
import { manifestsFolder, startDemoSession } from '../support/demo-session.ts';
import { ManualClock } from '../support/manual-clock.ts';

let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

/** So much is examined and asked again by itself: findings every five minutes, and what may come or be granted meanwhile. */
const MOST_A_MINUTE = { healthy: 6, 'no-port-forward': 9, forbidden: 12, 'argo-owned': 9 } as const;

it.each(Object.entries(MOST_A_MINUTE))(
  'asks the API server next to nothing while nothing happens: %s',
  async (scenario, most) => {
    const audit: AuditEntry[] = [];
    const demo = await startDemoCluster({ manifestsFolder, scenario, audit: entry => audit.push(entry) });
    cleanup.push(() => demo.stop());
    // The cluster goes by the real time: what it still had to start would fall somewhere into the ten minutes.
    await untilReady(demo);
    const clock = new ManualClock(Date.now());
    const pass = async (seconds: number) => {
      for (let passed = 0; passed < 2 * seconds; passed += 1) {
        clock.advance(500);
        for (let turns = 0; turns < 8; turns += 1) await turn();
      }
    };
    const session = await startDemoSession({
      demo,
      clock,
      prepare: state => ({ ...state, traffic: { ...state.traffic, isPaused: true } }),
    });
    cleanup.push(() => session.stop());
    const isExamined = async () => {
      await pass(1);
      return session.store.getState().doctor.checks !== undefined;
    };
    await expect.poll(isExamined, { timeout: 20_000 }).toBe(true);
    // What a start leads to is asked by then.
    await pass(120);
    const before = audit.length;
    await pass(600);
    const asked = audit.slice(before).map(({ method, path }) => `${method} ${path.split('?')[0]}`);
    expect(asked.length / 10, asked.toSorted().join('\n')).toBeLessThanOrEqual(most);
  },
);

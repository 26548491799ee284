import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type AuditEntry, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { areStarting } from '../../src/session/read-versions.ts';
import { type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';
import { ManualClock } from '../support/manual-clock.ts';

let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

const STEP_MS = 50;

type Counted = {
  readonly session: DemoSession;
  readonly requests: AuditEntry[];
  /** Lets time pass, in steps in which each sample of 20 a second is answered before the next one starts. */
  readonly pass: (seconds: number) => Promise<void>;
};

/** A session at rest on the demo cluster, whose time passes only when it is told to. */
async function startCounted(isPaused: boolean): Promise<Counted> {
  const requests: AuditEntry[] = [];
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, audit: entry => requests.push(entry) });
  cleanup.push(() => demo.stop());
  const clock = new ManualClock(Date.now());
  const session = await startDemoSession({
    demo,
    clock,
    prepare: state => ({ ...state, traffic: { ...state.traffic, isPaused } }),
  });
  cleanup.push(() => session.stop());
  const pass = async (seconds: number) => {
    for (let passed = 0; passed < (seconds * 1000) / STEP_MS; passed += 1) {
      clock.advance(STEP_MS);
      for (let turns = 0; turns < 8; turns += 1) await turn();
    }
  };
  const isAtRest = async () => {
    await pass(1);
    const state = session.store.getState();
    const isMeasured = isPaused || state.traffic.observed !== undefined;
    return (
      state.doctor.checks !== undefined && state.target.kind === 'chosen' && !areStarting(state) && isMeasured
    );
  };
  await expect.poll(isAtRest, { timeout: 20_000 }).toBe(true);
  await pass(20);
  return { session, requests, pass };
}

async function writesPerSecond({ session, pass }: Counted): Promise<number> {
  let writes = 0;
  const stop = session.store.subscribe(() => {
    writes += 1;
  });
  await pass(10);
  stop();
  return writes / 10;
}

describe('writes to the store', () => {
  it('are one a second while nothing happens: the time', async () => {
    expect(await writesPerSecond(await startCounted(true))).toBeLessThanOrEqual(1);
  });

  it('are at most four a second at 20 samples a second: three of what is observed, and the time', async () => {
    const writes = await writesPerSecond(await startCounted(false));
    expect(writes).toBeLessThanOrEqual(4);
    expect(writes).toBeGreaterThan(2);
  });
});

describe('requests to the API server', () => {
  it('are one for a shift of one key: the patch', async () => {
    const { session, requests, pass } = await startCounted(true);
    const before = requests.length;
    session.press({ kind: 'shift', points: 10 });
    await session.idle();
    await pass(2);
    const sent = requests.slice(before).map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
    expect(sent).toEqual(['PATCH myapp']);
  });

  it('are one patch for keys in one chunk, and one more for those that follow within 200 ms', async () => {
    const { session, requests, pass } = await startCounted(true);
    const before = requests.length;
    for (let key = 0; key < 5; key += 1) session.press({ kind: 'shift', points: 1 });
    await pass(1);
    await session.idle();
    const sent = requests.slice(before);
    expect(sent.map(({ method }) => method)).toEqual(['PATCH', 'PATCH']);
  });
});

describe('connections to the API server', () => {
  it('are none that a shift opens: the patch takes what is there', async () => {
    const { session, pass } = await startCounted(false);
    const [, server] = /server: https:\/\/(\S+)/.exec(session.demo.kubeconfig) ?? [];
    const opened: (string | undefined)[] = [];
    const heard = (message: unknown) => {
      const { connectParams } = message as { readonly connectParams?: { readonly host?: string } };
      opened.push(connectParams?.host);
    };
    subscribe('undici:client:connected', heard);
    session.press({ kind: 'shift', points: 10 });
    await session.idle();
    await pass(2);
    unsubscribe('undici:client:connected', heard);
    expect(server).toMatch(/^[\d.]+:\d+$/);
    // The sampler renews its connections to the gateway by the clock, whatever is pressed.
    expect(opened.filter(host => host === server)).toEqual([]);
  });
});

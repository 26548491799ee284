import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Intent } from '../../src/session/intents.ts';
import { connectionPhase, versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { eventually } from '../support/eventually.ts';
import { type HostedScreen, startHostedScreen } from '../support/hosted-screen.ts';

let running: HostedScreen[] = [];
const start = async (...args: Parameters<typeof startHostedScreen>) => {
  const screen = await startHostedScreen(...args);
  running.push(screen);
  return screen;
};
afterEach(async () => {
  await Promise.all(running.map(screen => screen.stop()));
  running = [];
});

const right: Intent = { kind: 'shift', points: 10 };
/** Until then a shift asks whether traffic may go to a version without a ready pod. */
const areReady = (state: AppState) =>
  versions(state).length > 0 && versions(state).every(({ readyPods }) => readyPods > 0);
const isAt = (context: string) => (state: AppState) =>
  state.connection.context === context && areReady(state);
const isAtDemo = (state: AppState) => state.connection.isDemo && areReady(state);
const isIdle = ({ weights }: AppState) =>
  weights.patch.kind === 'idle' && weights.requested.join() === weights.applied?.weights.join();
const notices = (state: AppState) => state.notices.map(({ text }) => text);
/** Longer than the gap after which a key counts as let go. */
const letGo = () => new Promise(resolve => setTimeout(resolve, 1_100));

const BLUE = 'blue';
const GREEN = 'green';
const cluster = (screen: HostedScreen, context: string) => {
  const found = screen.clusters.find(candidate => candidate.context === context);
  if (!found) throw new Error(`no cluster ${context}`);
  return found;
};

/** Holds a key while going to and fro between two clusters, and ends on the second. */
async function playHeldKey() {
  const screen = await start([BLUE, GREEN]);
  await screen.until(isAt(BLUE));
  let presses = 0;
  let longestGapMs = 0;
  let pressedAtMs = performance.now();
  const press = () => {
    const nowMs = performance.now();
    longestGapMs = Math.max(longestGapMs, nowMs - pressedAtMs);
    pressedAtMs = nowMs;
    presses += 1;
    screen.press({ kind: 'shift', points: presses % 20 < 10 ? 1 : -1 });
  };
  const held = setInterval(press, 33);
  await screen.until(({ weights }) => weights.undo.length > 0);
  for (const context of [GREEN, BLUE, GREEN, BLUE, GREEN, BLUE, GREEN, BLUE, GREEN]) {
    await screen.choose('contexts', context);
    await screen.until(isAt(context));
    await screen.until(isIdle);
  }
  clearInterval(held);
  return { screen, presses, longestGapMs };
}

describe('another context', () => {
  it('is entered with nothing of the one before: rows, shifts and connections', async () => {
    const screen = await start([BLUE, GREEN]);
    await screen.until(isAt(BLUE));
    screen.press(right);
    await screen.until(state => isIdle(state) && state.weights.undo.length === 1);
    const kubeconfig = await readFile(screen.kubeconfig, 'utf8');
    const frames: AppState[] = [];
    screen.store.subscribe(state => frames.push(state));
    await screen.choose('contexts', GREEN);
    const entered = await screen.until(isAt(GREEN));
    expect(entered.weights).toMatchObject({ undo: [], requested: [50, 50], granted: [] });
    expect(entered.connection).toMatchObject({ context: GREEN, namespace: 'default', isDemo: false });
    // What the old cluster has is never shown under the new one's name.
    const mixed = frames.filter(
      ({ connection, weights }) =>
        connection.context === GREEN && weights.applied?.weights.join() === '40,60',
    );
    expect(mixed).toEqual([]);
    const between = frames.find(({ connection }) => connection.context === GREEN);
    expect(between && connectionPhase(between.cluster)).toEqual({ kind: 'connecting' });
    expect(between?.cluster.pods.items).toEqual([]);
    await eventually(() => expect(cluster(screen, BLUE).connections()).toBe(0));
    expect(cluster(screen, GREEN).connections()).toBeGreaterThan(0);
    expect(await readFile(screen.kubeconfig, 'utf8')).toBe(kubeconfig);
  });

  it('gets no key that is still held from the one before, until it was let go', async () => {
    // A machine that stands still for a second lets the key go: then the story proves nothing, and is played again.
    let played = await playHeldKey();
    for (let again = 0; again < 4 && played.longestGapMs > 900; again += 1) played = await playHeldKey();
    const { screen, presses } = played;
    expect(presses).toBeGreaterThan(10);
    expect(await cluster(screen, GREEN).generation()).toBe(1);
    await letGo();
    screen.press(right);
    await screen.until(state => isIdle(state) && state.weights.undo.length === 1);
    expect(await cluster(screen, GREEN).weights()).toBe('40/60');
  });

  it('waits for weights that were asked for, and they arrive where they were asked', async () => {
    const screen = await start([BLUE, GREEN]);
    await screen.until(isAt(BLUE));
    screen.press({ kind: 'open-list', list: 'contexts' });
    await screen.until(({ places }) => places.contexts.length === 2);
    screen.press({ kind: 'close-overlay' }, right, right);
    // In the same turn: the second is not sent yet.
    screen.press(
      { kind: 'open-list', list: 'contexts' },
      { kind: 'start-filter' },
      { kind: 'type', text: GREEN },
      { kind: 'submit' },
    );
    expect(screen.store.getState().places.move.kind).toBe('leaving');
    await screen.until(isAt(GREEN));
    expect(await cluster(screen, BLUE).weights()).toBe('30/70');
    expect(await cluster(screen, GREEN).generation()).toBe(1);
  });

  it('does not wait for a cluster that no longer answers, and tells which weights were lost', async () => {
    const screen = await start([BLUE, GREEN]);
    await screen.until(isAt(BLUE));
    screen.press({ kind: 'open-list', list: 'contexts' });
    await screen.until(({ places }) => places.contexts.length === 2);
    screen.press({ kind: 'close-overlay' });
    cluster(screen, BLUE).pause();
    screen.press(right);
    await screen.choose('contexts', GREEN);
    const entered = await screen.until(isAt(GREEN));
    expect(notices(entered).join('\n')).toMatch(/on blue: 40\/60 was sent and not answered in time/);
    expect(await cluster(screen, GREEN).generation()).toBe(1);
    await eventually(() => expect(cluster(screen, BLUE).connections()).toBe(0));
  });

  it('that cannot be used says why, and the next one can be chosen', async () => {
    const screen = await start([BLUE, GREEN]);
    await screen.until(isAt(BLUE));
    screen.press({ kind: 'open-list', list: 'contexts' });
    await screen.until(({ places }) => places.contexts.length === 2);
    screen.press({ kind: 'close-overlay' });
    await screen.removeFromKubeconfig(GREEN);
    screen.press(
      { kind: 'open-list', list: 'contexts' },
      { kind: 'start-filter' },
      { kind: 'type', text: GREEN },
      { kind: 'submit' },
    );
    const refused = await screen.until(({ target }) => target.kind === 'none');
    expect(refused.target).toMatchObject({ reason: 'There is no context green in the kubeconfig.' });
    expect(connectionPhase(refused.cluster)).toMatchObject({ kind: 'lost' });
    await screen.choose('contexts', BLUE);
    await screen.until(isAt(BLUE));
  });

  it('can be the demo cluster, which stays as it was left', async () => {
    const screen = await start([BLUE, GREEN]);
    await screen.until(isAt(BLUE));
    await screen.choose('contexts', 'inside weighbridge');
    const demo = await screen.until(isAtDemo);
    expect(demo.connection.kubeconfig).not.toBe(screen.kubeconfig);
    screen.press(right);
    await screen.until(state => isIdle(state) && state.weights.undo.length === 1);
    await screen.choose('contexts', BLUE);
    const back = await screen.until(isAt(BLUE));
    expect(back.weights.applied?.weights).toEqual([50, 50]);
    await screen.choose('contexts', 'inside weighbridge');
    const again = await screen.until(isAtDemo);
    expect(again.weights.applied?.weights).toEqual([40, 60]);
  });
});

describe('a protected context', () => {
  it('is entered with sampling paused, and asks before the first write, each time anew', async () => {
    const screen = await start([BLUE, 'shop-prod']);
    await screen.until(isAt(BLUE));
    for (const visit of [1, 2]) {
      await screen.choose('contexts', 'shop-prod');
      const entered = await screen.until(isAt('shop-prod'));
      expect(entered.connection.isProtected).toBe(true);
      expect(entered.traffic.isPaused).toBe(true);
      screen.press(right);
      const asked = screen.store.getState().ui.overlay;
      expect(asked).toMatchObject({
        kind: 'confirm',
        question: 'Change weights on shop-prod?',
        focus: 'cancel',
      });
      screen.press({ kind: 'move-choice', by: 1 }, { kind: 'accept' });
      await screen.until(state => isIdle(state) && state.weights.undo.length === 1);
      expect(await cluster(screen, 'shop-prod').generation()).toBe(1 + visit);
      await screen.choose('contexts', BLUE);
      const back = await screen.until(isAt(BLUE));
      expect(back.connection.isProtected).toBe(false);
      expect(back.traffic.isPaused).toBe(false);
      expect(back.weights.granted).toEqual([]);
      await letGo();
    }
  });
});

it('writes to no other cluster than the one on the screen, whatever is pressed when', {
  timeout: 120_000,
}, async () => {
  const screen = await start([BLUE, GREEN]);
  await screen.until(isAt(BLUE));
  screen.press({ kind: 'open-list', list: 'contexts' });
  await screen.until(({ places }) => places.contexts.length === 2);
  screen.press({ kind: 'close-overlay' });
  /** The patches that began while the screen showed each cluster. */
  const sent = new Map([
    [BLUE, new Set<unknown>()],
    [GREEN, new Set<unknown>()],
  ]);
  screen.store.subscribe(({ weights: { patch }, connection }) => {
    if (patch.kind === 'in-flight') sent.get(connection.context)?.add(patch);
  });
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ press: fc.integer({ min: 1, max: 4 }), points: fc.constantFrom(-10, 10, 1) }),
    },
    { weight: 2, arbitrary: fc.record({ to: fc.constantFrom(BLUE, GREEN) }) },
    { weight: 2, arbitrary: fc.record({ waitMs: fc.integer({ min: 0, max: 1_300 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async steps => {
      for (const next of steps) {
        if ('waitMs' in next) await new Promise(resolve => setTimeout(resolve, next.waitMs));
        else if ('to' in next) {
          screen.press(
            { kind: 'open-list', list: 'contexts' },
            { kind: 'start-filter' },
            { kind: 'type', text: next.to },
            { kind: 'submit' },
          );
        } else
          for (let at = 0; at < next.press; at += 1) screen.press({ kind: 'shift', points: next.points });
      }
      await screen.until(state => state.places.move.kind === 'staying' && areReady(state) && isIdle(state));
      for (const context of [BLUE, GREEN]) {
        expect(await cluster(screen, context).generation()).toBe(1 + (sent.get(context)?.size ?? 0));
      }
      const here = screen.store.getState();
      const shown = here.weights.applied?.weights.join('/');
      expect(await cluster(screen, here.connection.context).weights()).toBe(shown);
    }),
    {
      numRuns: 8,
      // Whatever the others come to, each cluster is written to.
      examples: [
        [
          [
            { press: 2, points: 10 },
            { to: GREEN },
            { waitMs: 1_300 },
            { press: 2, points: -10 },
            { to: BLUE },
          ],
        ],
      ],
    },
  );
  expect(Math.min(...[...sent.values()].map(({ size }) => size))).toBeGreaterThan(0);
});

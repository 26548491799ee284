import { afterEach, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { Intent } from '../../src/session/intents.ts';
import { PATCH_INTERVAL_MS } from '../../src/session/patch-loop.ts';
import { connectionPhase, versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import {
  type DemoSession,
  manifestsFolder,
  setWeightsBeside,
  startDemoSession,
  virtualServices,
} from '../support/demo-session.ts';

const running: DemoSession[] = [];
const start = async (options?: Parameters<typeof startDemoSession>[0]) => {
  const session = await startDemoSession(options);
  running.push(session);
  return session;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map(session => session.stop()));
});

const right: Intent = { kind: 'shift', points: 10 };
const notices = (state: AppState) => state.notices.map(({ text }) => text);
const appliedText = ({ weights }: AppState) => weights.applied?.weights.join('/');
const allReady = (state: AppState) => {
  const known = versions(state);
  return known.length === 2 && known.every(({ readyPods }) => readyPods === 1);
};

/** What the API server answered about patching the chosen VirtualService; undefined while it has not. */
const mayPatch = ({ access, target }: AppState) =>
  access.answers.find(
    ({ question }) => target.kind === 'chosen' && question.verb === 'patch' && question.name === target.name,
  )?.isGranted;

describe('from nothing to a shift', () => {
  it('fills the panes, tells the versions apart and observes the split', async () => {
    const session = await start();
    const seen = await session.until(
      state => allReady(state) && (state.traffic.observed?.verdict.kind ?? 'no-samples') !== 'no-samples',
    );
    expect(connectionPhase(seen.cluster)).toEqual({ kind: 'live' });
    expect(seen.cluster.nodes.items.map(({ name, isReady }) => [name, isReady])).toEqual([
      ['minikube', true],
    ]);
    expect(seen.cluster.istioPods.items.filter(({ isReady }) => isReady).length).toBeGreaterThanOrEqual(2);
    expect(seen.traffic.sampling).toMatchObject({
      kind: 'sampling',
      place: session.demo.gatewayUrl,
      reached: 'envoy',
      canTellApart: true,
    });
    expect(appliedText(seen)).toBe('50/50');
  });

  it('moves requested with the key, applied with the answer, observed with the traffic', async () => {
    const session = await start();
    // Both answer: the gateway hears of a ready pod a little later than the API server.
    await session.until(state => state.traffic.observed?.versions.every(({ count }) => count > 3) ?? false);
    session.press({ kind: 'set-to', weight: 100 });
    expect(session.store.getState().weights.requested).toEqual([0, 100]);
    expect(appliedText(session.store.getState())).toBe('50/50');
    const applied = await session.idle();
    expect(appliedText(applied)).toBe('0/100');
    const agreed = await session.until(state => state.traffic.observed?.verdict.kind === 'agrees');
    expect(agreed.traffic.observed?.versions.map(({ label, share }) => [label, share])).toEqual([
      ['v1', 0],
      ['v2', 1],
    ]);
    expect(agreed.traffic.observed?.shift).toMatchObject({
      by: 'you',
      to: { v1: 0, v2: 100 },
      failures: [],
      patches: 1,
    });
    expect(agreed.weights.lastGood).toEqual([0, 100]);
  });

  it('undoes a shift to exactly the weights before it', async () => {
    const session = await start();
    await session.until(allReady);
    session.press(right, right);
    await session.idle();
    session.press({ kind: 'undo' });
    expect(appliedText(await session.idle())).toBe('50/50');
  });
});

describe('a held key', () => {
  it('ends at the right weights with far fewer patches than keys, the first at once, and traffic follows meanwhile', async () => {
    const session = await start();
    await session.until(allReady);
    const before = await session.generation();
    let firstPatchAfterKeys = 0;
    let seenOnTheWay: string | undefined;
    const pressedAt = performance.now();
    for (let key = 1; key <= 30; key += 1) {
      session.press({ kind: 'shift', points: 1 });
      if (firstPatchAfterKeys === 0 && session.store.getState().weights.patch.kind === 'in-flight')
        firstPatchAfterKeys = key;
      // A held key repeats about thirty times a second.
      await new Promise(resolve => setTimeout(resolve, 33));
      if (key === 25) seenOnTheWay = appliedText(session.store.getState());
    }
    const heldMs = performance.now() - pressedAt;
    const { weights } = await session.idle();
    expect(weights.applied?.weights).toEqual([20, 80]);
    expect(firstPatchAfterKeys).toBe(1);
    expect(Number(seenOnTheWay?.split('/')[1])).toBeGreaterThan(55);
    // One every 200 ms, however long a busy machine takes for the keys; and those at both ends.
    expect((await session.generation()) - before).toBeLessThanOrEqual(heldMs / PATCH_INTERVAL_MS + 4);
    expect(weights.undo).toHaveLength(1);
  });

  it('counts every key of one chunk', async () => {
    const session = await start();
    await session.until(allReady);
    session.press(right, right, right);
    expect(appliedText(await session.idle())).toBe('20/80');
  });
});

describe('beside other clients', () => {
  it('says who changed the weights', async () => {
    const session = await start();
    await session.until(allReady);
    // The same product writes here, so it is another weighbridge.
    await setWeightsBeside(session.other, [30, 70]);
    const seen = await session.until(state => appliedText(state) === '30/70');
    expect(notices(seen).join()).toMatch(/^another weighbridge set 30\/70 at \d\d:\d\d:\d\d$/);
    expect(seen.weights.requested).toEqual([30, 70]);
  });

  it('never writes over a change that it has not seen, and keeps the ask', async () => {
    const session = await start();
    await session.until(allReady);
    await setWeightsBeside(session.other, [10, 90]);
    // The server has it, and the watch has not been written to the store: the key is pressed on what is seen.
    expect(appliedText(session.store.getState())).toBe('50/50');
    session.press(right);
    const refused = await session.until(state => state.notices.length > 0);
    expect(notices(refused).join()).toMatch(
      /^you asked 40\/60; meanwhile another weighbridge set 10\/90 at [\d:]+; r asks again$/,
    );
    expect(appliedText(await session.idle())).toBe('10/90');
    session.press({ kind: 'ask-again' });
    expect(appliedText(await session.until(state => appliedText(state) === '40/60'))).toBe('40/60');
  });

  it('leaves everything but the weights as it was', async () => {
    const session = await start();
    await session.until(allReady);
    const read = async () => {
      const got = await session.other.get(virtualServices, 'myapp', AbortSignal.timeout(5000));
      if (!got.ok) throw new Error(got.error.headline);
      return got.value.spec as { http: { route: { weight?: number }[] }[] };
    };
    const before = await read();
    session.press(right);
    await session.idle();
    const after = structuredClone(await read());
    for (const destination of after.http[0]?.route ?? []) destination.weight = 50;
    expect(after).toEqual(before);
  });
});

describe('losing the API server', () => {
  it('keeps the last rows, says since when, refuses to shift, and comes back without a key', async () => {
    const session = await start();
    await session.until(allReady);
    await session.demo.stopApi();
    const lost = await session.until(state => connectionPhase(state.cluster).kind === 'lost');
    expect(versions(lost)).toHaveLength(2);
    expect(lost.cluster.istioPods.items.length).toBeGreaterThan(0);
    expect(connectionPhase(lost.cluster)).toMatchObject({ kind: 'lost', sinceMs: expect.any(Number) });
    session.press(right);
    expect(notices(session.store.getState()).at(-1)).toBe(
      'the API server does not answer: weights cannot be changed now',
    );
    await session.demo.startApi();
    await session.until(state =>
      Object.values(state.cluster).every(({ freshness }) => freshness.kind === 'live'),
    );
    session.press(right);
    expect(appliedText(await session.idle())).toBe('40/60');
  });

  it('resumes where it was after the past is forgotten', async () => {
    const session = await start();
    await session.until(allReady);
    await session.demo.stopApi();
    await session.until(state => connectionPhase(state.cluster).kind === 'lost');
    session.demo.compact();
    await session.demo.startApi();
    await session.until(state => connectionPhase(state.cluster).kind === 'live');
    await setWeightsBeside(session.other, [25, 75]);
    await session.until(state => appliedText(state) === '25/75');
  });
});

describe('what must not be written', () => {
  it('is refused before it leaves where patching is forbidden, and the missing verb is named', async () => {
    const demo = await startDemoCluster({ manifestsFolder });
    demo.deny({ verb: 'patch', resource: 'virtualservices' });
    const session = await startDemoSession({ demo });
    try {
      await session.until(state => mayPatch(state) === false);
      const before = await session.generation();
      session.press(right);
      const after = await session.idle();
      expect(notices(after)).toEqual(['read-only: ask for `patch` on virtualservices in namespace default']);
      expect(await session.generation()).toBe(before);
    } finally {
      await session.stop();
      await demo.stop();
    }
  });

  it("returns to what is applied where the server refuses, and shows the server's reason", async () => {
    const session = await start();
    await session.until(state => allReady(state) && mayPatch(state) === true);
    session.demo.deny({ verb: 'patch', resource: 'virtualservices' });
    session.press(right);
    const after = await session.until(state => state.notices.length > 0);
    expect(after.weights.requested).toEqual([50, 50]);
    expect(notices(after)[0]).toMatch(
      /forbidden\. Ask for `patch` on virtualservices in namespace default\. \(you asked 40\/60; r asks again\)/,
    );
    // The refusal made the session ask anew what it may do, so that the keys say it from now on.
    await session.until(state => mayPatch(state) === false);
    session.demo.allowAll();
    session.press({ kind: 'ask-again' });
    expect(notices(session.store.getState()).at(-1)).toBe(
      'read-only: ask for `patch` on virtualservices in namespace default',
    );
    await session.until(state => mayPatch(state) === true);
    session.press({ kind: 'ask-again' });
    expect(appliedText(await session.idle())).toBe('40/60');
  });

  it('cannot be asked for while there is no VirtualService of that name', async () => {
    const session = await start({ wanted: 'nothing-of-that-name' });
    const seen = await session.until(state => state.target.kind === 'none');
    expect(seen.target).toMatchObject({
      reason: 'There is no VirtualService nothing-of-that-name in namespace default.',
    });
    session.press(right);
    expect(notices(session.store.getState())).toEqual(['there is no VirtualService to shift yet']);
  });
});

describe('answers that are hostile', () => {
  it('neither break the classification nor reach the state raw', async () => {
    const session = await start();
    const evil = '\u001b[2J\u001b]0;owned\u0007\u202e🚀'.repeat(1000);
    session.demo.setPageBody('v1', `<h1>one ${evil}</h1>`);
    session.demo.setPageBody('v2', `<h1>two ${evil}</h1>`);
    const seen = await session.until(state => {
      const { sampling, observed } = state.traffic;
      return (
        sampling.kind === 'sampling' &&
        sampling.canTellApart &&
        (observed?.versions.every(({ count }) => count > 5) ?? false)
      );
    });
    const drawn = JSON.stringify(seen.traffic.sampling);
    expect(drawn).not.toMatch(/\\u001b|\\u0007|\u202e/);
  });
});

import { describe, it } from 'vitest';
import { missingPermission } from '../../src/session/access.ts';
import type { HeadlessSession } from '../../src/session/headless-session.ts';
import { runShift, type ShiftPlan } from '../../src/session/shift-run.ts';
import type { AppState } from '../../src/session/state.ts';
import { setWeightsBeside, virtualServices } from '../support/demo-session.ts';
import { startHeadlessDemo } from '../support/headless-demo.ts';

const to = (...weights: readonly (number | undefined)[]): ShiftPlan => ({
  intent: { kind: 'set-split', weights },
  proof: undefined,
});

const proof = {
  timeoutMs: 20_000,
  limits: { maxFailures: 2, maxFailureRate: undefined, maxP99Ms: undefined },
  rollsBack: true,
};

describe.concurrent('a shift without a screen', () => {
  it('is applied once the API server says so', async context => {
    const { expect } = context;
    const { shift, stored } = await startHeadlessDemo(context);
    expect(await shift(to(80, 20))).toEqual({
      end: { kind: 'applied' },
      from: [50, 50],
      wanted: [80, 20],
      isNew: true,
      restored: { kind: 'not-asked' },
      tally: undefined,
    });
    expect(await stored()).toEqual([80, 20]);
  });

  it('to the weights that are applied sends nothing', async context => {
    const { expect } = context;
    const { shift, other } = await startHeadlessDemo(context);
    const versionOf = async () => {
      const read = await other.get(virtualServices, 'myapp', AbortSignal.timeout(10_000));
      return read.ok ? read.value.metadata.resourceVersion : read.error.headline;
    };
    const before = await versionOf();
    expect(await shift(to(50, 50))).toMatchObject({ end: { kind: 'applied' }, isNew: false });
    expect(await versionOf()).toBe(before);
  });

  it('takes absent weights away again where they were absent before', async context => {
    const { expect } = context;
    const { shift, stored } = await startHeadlessDemo(context);
    await shift(to(undefined, 100));
    expect(await stored()).toEqual([undefined, 100]);
  });

  it('is refused where an owner puts weights back, and the owner is named', async context => {
    const { expect } = context;
    const { shift, stored } = await startHeadlessDemo(context, { scenario: 'argo-owned' });
    const before = await stored();
    const { end, wanted } = await shift(to(80, 20));
    expect(end).toMatchObject({
      kind: 'refused',
      by: 'owner',
      headline: expect.stringContaining('Argo CD owns them'),
    });
    expect(wanted).toBeUndefined();
    expect(await stored()).toEqual(before);
  });

  it('is refused where the right to patch is missing', async context => {
    const { expect } = context;
    const { shift, session, known } = await startHeadlessDemo(context, { scenario: 'forbidden' });
    await known();
    const isMissing = (state: AppState) => missingPermission(state, to(80, 20).intent) !== undefined;
    await session.until(isMissing, 40_000, AbortSignal.timeout(40_000));
    expect((await shift(to(80, 20))).end).toMatchObject({ kind: 'refused', by: 'cluster' });
  });

  it('to a version without a ready pod asks first, and sends nothing where that is not accepted', async context => {
    const { expect } = context;
    const { shift, stored } = await startHeadlessDemo(context, { scenario: 'v2-crashlooping' });
    const asked: string[] = [];
    const { end } = await shift(to(20, 80), async ({ question }) => {
      asked.push(question);
      return false;
    });
    expect(asked).toEqual(['Send traffic to v2, which has no ready pod?']);
    expect(end).toMatchObject({ kind: 'refused', by: 'consent' });
    expect(await stored()).toEqual([50, 50]);
  });

  it('on a protected context is made once each question is accepted', async context => {
    const { expect } = context;
    const { shift, stored } = await startHeadlessDemo(context, {
      prepare: state => ({ ...state, connection: { ...state.connection, isProtected: true } }),
    });
    const asked: string[] = [];
    const { end } = await shift(to(20, 80), async ({ question }) => {
      asked.push(question);
      return true;
    });
    expect(asked).toEqual(['Change weights on weighbridge-demo?']);
    expect(end).toEqual({ kind: 'applied' });
    expect(await stored()).toEqual([20, 80]);
  });

  it('that meets a route which was changed meanwhile is a conflict, and says who changed it', async context => {
    const { expect } = context;
    const { shift, known, other, stored, session } = await startHeadlessDemo(context, {
      scenario: 'v2-crashlooping',
    });
    await known();
    const { end } = await shift(to(20, 80), async () => {
      // The question is open; the watch has not shown this yet when it is accepted.
      await setWeightsBeside(other, [30, 70]);
      return true;
    });
    expect(end.kind === 'refused' ? end.by : end.kind).toBe('conflict');
    expect(session.store.getState().weights.applied?.weights).toEqual([30, 70]);
    expect(await stored()).toEqual([30, 70]);
  });

  it('ends with the limit that breaks, and with the weights from before', async context => {
    const { expect } = context;
    const { shift, stored } = await startHeadlessDemo(context, {
      scenario: 'lossy-gateway',
      wantsSamples: true,
    });
    const { end, restored, tally } = await shift({ ...to(80, 20), proof });
    expect(end).toMatchObject({ kind: 'limit', broken: { kind: 'failures', limit: 2, failed: 3 } });
    expect(restored).toEqual({ kind: 'restored' });
    expect(tally?.failed).toBe(3);
    expect(await stored()).toEqual([50, 50]);
  });

  it('changes nothing where traffic is to prove it and cannot be sampled', async context => {
    const { expect } = context;
    const { shift, stored } = await startHeadlessDemo(context, { scenario: 'mesh-only', wantsSamples: true });
    const { end } = await shift({ ...to(80, 20), proof });
    expect(end).toMatchObject({ kind: 'not-verified', headline: expect.stringContaining('mesh') });
    expect(await stored()).toEqual([50, 50]);
  });

  it('is given, where no time is named, as long as its limits take at the rate of the session', async context => {
    const { expect } = context;
    const { session, known } = await startHeadlessDemo(context, {
      scenario: 'mesh-only',
      wantsSamples: true,
      prepare: state => ({ ...state, traffic: { ...state.traffic, ratePerSecond: 1 } }),
    });
    await known();
    const givenMs: number[] = [];
    const until: HeadlessSession['until'] = (holds, limitMs, signal) => {
      givenMs.push(limitMs);
      return session.until(holds, limitMs, signal);
    };
    const limits = { maxFailures: undefined, maxFailureRate: undefined, maxP99Ms: 800 };
    const plan = { ...to(80, 20), proof: { timeoutMs: undefined, limits, rollsBack: false } };
    const signal = new AbortController().signal;
    await runShift(
      { ...session, until },
      plan,
      async () => false,
      () => undefined,
      signal,
    );
    expect(givenMs).toEqual([449_000]);
  });

  it('that a signal ends says so once it is known what is applied', async context => {
    const { expect } = context;
    const { shift, stored } = await startHeadlessDemo(context, { wantsSamples: true });
    const stop = new AbortController();
    const shifting = shift({ ...to(80, 20), proof }, undefined, stop.signal);
    while ((await stored()).join() !== '80,20') await new Promise(resolve => setTimeout(resolve, 20));
    stop.abort();
    expect(await shifting).toMatchObject({
      end: { kind: 'stopped' },
      wanted: [80, 20],
      restored: { kind: 'not-asked' },
    });
    expect(await stored()).toEqual([80, 20]);
  });
});

describe.concurrent('what is to be shifted', () => {
  it('is not found under a name that is not there, and the names that are there are given', async context => {
    const { expect } = context;
    const { known } = await startHeadlessDemo(context, {
      prepare: state => ({ ...state, connection: { ...state.connection, virtualService: 'nope' } }),
    });
    expect(await known()).toEqual({
      kind: 'not-found',
      headline: 'There is no VirtualService nope in namespace default.',
      nextStep: 'Name one of myapp.',
    });
  });

  it('is unknown while the API server does not answer', async context => {
    const { expect } = context;
    const { known, demo } = await startHeadlessDemo(context);
    await demo.stopApi();
    expect(await known({ limitMs: 300 })).toMatchObject({
      kind: 'cluster',
      headline: expect.stringMatching(/^Can't/),
    });
  });
});

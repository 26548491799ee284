import { afterEach, describe, expect, it } from 'vitest';
import { rateWords } from '../../src/components/rate-words.ts';
import { type DemoOptions, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { manifestsFolder, startDemoSession } from '../support/demo-session.ts';

const running: { readonly stop: () => Promise<void> }[] = [];
const start = async (options?: Parameters<typeof startDemoSession>[0]) => {
  const session = await startDemoSession(options);
  running.push(session);
  return session;
};
const startDemo = async (options: Partial<DemoOptions>) => {
  const demo = await startDemoCluster({ manifestsFolder, seed: 3, ...options });
  running.push(demo);
  return demo;
};
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

const withTraffic = (change: Partial<AppState['traffic']>) => (state: AppState) => ({
  ...state,
  traffic: { ...state.traffic, ...change },
});
const isRolledOut = (state: AppState) =>
  versions(state).every(({ health, readyPodNames }) => health === 'ready' && readyPodNames.length === 1);
const observedRate = ({ traffic }: AppState) => traffic.observed?.ratePerSecond ?? 0;

describe('the rate of the samples', () => {
  it('is taken up while sampling goes on', async () => {
    const session = await start();
    await session.until(state => observedRate(state) > 15);
    session.press({ kind: 'set-rate', ratePerSecond: 100 });
    await session.until(state => observedRate(state) > 80);
    session.press({ kind: 'set-rate', ratePerSecond: 2000 });
    const { traffic, notices } = session.store.getState();
    expect(traffic.ratePerSecond).toBe(100);
    expect(notices.at(-1)?.text).toBe('the rate is a number of samples per second from 0.1 to 1000');
  });

  it('is left while nothing answers at the gateway, which is said, and taken up again when it is back', async () => {
    const session = await start();
    await session.until(state => observedRate(state) > 15);
    session.demo.failPods('istio=ingressgateway', 'unready');
    const down = await session.until(({ traffic }) => traffic.sampler?.isBackingOff === true);
    expect(rateWords(down.traffic)).toBe('asking seldom: no gateway (rate 20/s)');
    expect(down.traffic.observed?.failures.map(({ kind }) => kind)).toContain('refused');
    session.demo.failPods('istio=ingressgateway', 'serve');
    const back = await session.until(
      state => state.traffic.sampler?.isBackingOff === false && observedRate(state) > 15,
    );
    expect(rateWords(back.traffic)).toMatch(/^(1\d|20|21)\/s$/);
  });
});

it('opens a connection for every sample where that is asked for, and says so', async () => {
  const session = await start({ prepare: withTraffic({ wantsFreshConnections: true }) });
  const state = await session.until(state => observedRate(state) > 15);
  expect(rateWords(state.traffic)).toMatch(/^\d+\/s {2}fresh connections$/);
});

describe('which version answered', () => {
  it('is learned from the samples where no port-forward may be opened', async () => {
    const demo = await startDemo({ scenario: 'no-port-forward' });
    const session = await start({ demo, prepare: withTraffic({ ratePerSecond: 100 }) });
    const { traffic } = await session.until(({ traffic }) => traffic.observed?.verdict.kind === 'agrees');
    expect(traffic.sampling).toMatchObject({
      canTellApart: true,
      identification:
        'no right to port-forward: 2 kinds of answers, v1 by its name in them, v2 by its name in them',
    });
  });

  it('is shown by a shift where no port-forward may be opened and no answer says it', async () => {
    const demo = await startDemo({ scenario: 'no-port-forward' });
    demo.setPageBody('v1', '<h1>blue</h1>');
    demo.setPageBody('v2', '<h1>green</h1>');
    const session = await start({ demo, prepare: withTraffic({ ratePerSecond: 100 }) });
    const before = await session.until(({ traffic: { observed } }) => {
      const verdict = observed?.verdict;
      return verdict?.kind === 'unattributed' && verdict.unattributed > 100;
    });
    expect(before.traffic.sampling).toMatchObject({ identification: expect.stringContaining('none says') });
    session.press({ kind: 'set-to', weight: 80 });
    const { traffic } = await session.until(({ traffic }) => traffic.observed?.verdict.kind === 'agrees');
    expect(traffic.sampling).toMatchObject({
      canTellApart: true,
      identification:
        'no right to port-forward: 2 kinds of answers, v1 as a shift showed, v2 as a shift showed',
    });
  });

  it('is what a person says it is', async () => {
    const naming = { kind: 'pattern', source: 'version (v\\d)' } as const;
    const session = await start({ prepare: withTraffic({ naming, ratePerSecond: 100 }) });
    const { traffic } = await session.until(({ traffic }) => traffic.observed?.verdict.kind === 'agrees');
    expect(traffic.sampling).toMatchObject({
      canTellApart: true,
      identification: 'told apart by --version-pattern, as asked',
    });
  });

  it('is known of old and new pods while a version rolls', async () => {
    const session = await start({ prepare: withTraffic({ ratePerSecond: 100 }) });
    await session.until(({ traffic }) => traffic.observed?.verdict.kind === 'agrees');
    const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'default' };
    const image = '/spec/template/spec/containers/0/image';
    const patched = await session.other.patch(
      deployments,
      'myapp-v2',
      [{ op: 'add', path: image, value: 'nginx' }],
      AbortSignal.timeout(5000),
    );
    expect(patched.ok).toBe(true);
    const rolled = await session.until(state => versions(state)[1]?.image === 'nginx' && isRolledOut(state));
    const counts = ({ traffic }: AppState) => traffic.observed?.versions.map(({ count }) => count) ?? [];
    const [, before = 0] = counts(rolled);
    const after = await session.until(state => (counts(state)[1] ?? 0) > before + 200);
    expect(after.traffic.observed?.verdict.kind).not.toBe('does-not-agree');
    expect(after.traffic.sampling).toMatchObject({ canTellApart: true });
    const unknown = after.traffic.chart.shown?.series.unknown.reduce((sum, count) => sum + count, 0) ?? 0;
    // New pods answer a little before they are read: a second of their share at most.
    expect(unknown).toBeLessThan(60);
  });
});

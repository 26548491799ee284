import { afterEach, describe, expect, it } from 'vitest';
import { rateWords } from '../../src/components/rate-words.ts';
import type { AppState } from '../../src/session/state.ts';
import { type DemoSession, startDemoSession } from '../support/demo-session.ts';

const running: DemoSession[] = [];
const start = async (options?: Parameters<typeof startDemoSession>[0]) => {
  const session = await startDemoSession(options);
  running.push(session);
  return session;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map(session => session.stop()));
});

const withTraffic = (change: Partial<AppState['traffic']>) => (state: AppState) => ({
  ...state,
  traffic: { ...state.traffic, ...change },
});
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

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoOptions, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { normalQuantile, wilsonInterval } from '../../src/traffic/statistics.ts';
import type { Verdict } from '../../src/traffic/verdict.ts';
import {
  type DemoSession,
  manifestsFolder,
  setWeightsBeside,
  startDemoSession,
} from '../support/demo-session.ts';

const running: { readonly stop: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

/** A session at this rate on a demo cluster of its own, once its versions answer and can be told apart. */
async function start(ratePerSecond: number, options: Partial<DemoOptions> = {}): Promise<DemoSession> {
  const demo = await startDemoCluster({ manifestsFolder, seed: 11, ...options });
  running.push(demo);
  const session = await startDemoSession({
    demo,
    prepare: state => ({ ...state, traffic: { ...state.traffic, ratePerSecond } }),
  });
  running.push(session);
  await session.until(
    state =>
      versions(state).every(({ readyPods }) => readyPods > 0) &&
      state.traffic.sampling.kind === 'sampling' &&
      state.traffic.sampling.canTellApart &&
      (state.traffic.observed?.versions.every(({ count }) => count > 3) ?? false),
    'both versions answer',
  );
  return session;
}

const verdictOf = ({ traffic }: AppState): Verdict['kind'] | undefined => traffic.observed?.verdict.kind;
const shiftOf = ({ traffic }: AppState) => traffic.observed?.shift;

/** Every verdict on the weights from now on. */
function verdicts(session: DemoSession, weights: readonly number[]): Set<string> {
  const seen = new Set<string>();
  session.store.subscribe(state => {
    const kind = verdictOf(state);
    const isOnThem = Object.values(shiftOf(state)?.to ?? {}).join() === weights.join();
    if (kind !== undefined && isOnThem) seen.add(kind);
  });
  return seen;
}

describe('against the demo gateway', () => {
  it.each([[[90, 10]], [[50, 50]], [[99, 1]], [[100, 0]]])(
    'a split of %j agrees, and is never said not to',
    async weights => {
      const session = await start(200);
      // From another split, so that each of them is a shift.
      await setWeightsBeside(session.other, [30, 70]);
      await session.until(state => shiftOf(state) !== undefined);
      const seen = verdicts(session, weights);
      await setWeightsBeside(session.other, weights);
      const { traffic } = await session.until(
        state =>
          verdictOf(state) === 'agrees' && Object.values(shiftOf(state)?.to ?? {}).join() === weights.join(),
      );
      expect(seen).not.toContain('does-not-agree');
      traffic.observed?.versions.forEach(({ low, high }, index) => {
        expect(low).toBeLessThanOrEqual((weights[index] ?? 0) / 100);
        expect(high).toBeGreaterThanOrEqual((weights[index] ?? 0) / 100);
      });
    },
  );

  it('three versions agree with the split between them, by intervals that hold all at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'weighbridge-three-'));
    try {
      cpSync(manifestsFolder, folder, { recursive: true });
      const change = (file: string, to: string, edit: (text: string) => string) =>
        writeFileSync(join(folder, to), edit(readFileSync(join(manifestsFolder, file), 'utf8')));
      // The image of v3 has no page before the demo has booted, so v3 is another application.
      change('02-deployment-v2.yaml', '02-deployment-v3.yaml', text =>
        text.replaceAll('v2', 'v3').replace('janakiramm/myapp:v3', 'nginx'),
      );
      change(
        '04-destination-rule.yaml',
        '04-destination-rule.yaml',
        text => `${text}    - name: v3\n      labels: { version: v3 }\n`,
      );
      const third = '        - destination: { host: myapp, subset: v3 }\n          weight: 20\n';
      change(
        '06-virtual-service.yaml',
        '06-virtual-service.yaml',
        text => text.replace('weight: 50', 'weight: 30') + third,
      );
      const session = await start(200, { manifestsFolder: folder });
      const { traffic } = await session.until(state => verdictOf(state) === 'agrees');
      expect(traffic.observed?.versions.map(({ label }) => label)).toEqual(['v1', 'v2', 'v3']);
      expect(traffic.observed?.verdict).toMatchObject({ intervals: 'Goodman' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('a client beside it sees the same split', async () => {
    const session = await start(100);
    await setWeightsBeside(session.other, [80, 20]);
    const { traffic } = await session.until(
      state => verdictOf(state) === 'agrees' && shiftOf(state)?.to.v2 === 20,
    );
    const requests = 400;
    const { stdout } = await promisify(execFile)('curl', [
      '-s',
      `${session.demo.gatewayUrl}/?[1-${requests}]`,
    ]);
    const v2 = stdout.match(/<h1>Application version v2/g)?.length ?? 0;
    expect(stdout.match(/<h1>Application version v1/g)?.length).toBe(requests - v2);
    // Chance puts one in ten thousand outside.
    const { low, high } = wilsonInterval(v2, requests, normalQuantile(1 - 0.0001 / 2));
    expect(low).toBeLessThan(0.2);
    expect(high).toBeGreaterThan(0.2);
    const share = traffic.observed?.versions[1]?.share ?? 0;
    expect(low).toBeLessThan(share);
    expect(high).toBeGreaterThan(share);
  });
});

it('a shift on a gateway that loses requests has every one of them in its record', async () => {
  const session = await start(200, { scenario: 'lossy-gateway' });
  const lostBefore = session.demo.lostRequests;
  session.press({ kind: 'set-to', weight: 90 });
  // The gateway is lossy for a second after the change; two seconds of samples later all of them have ended.
  const { traffic } = await session.until(state => (shiftOf(state)?.samples ?? 0) > 600);
  const lost = session.demo.lostRequests - lostBefore;
  expect(lost).toBeGreaterThan(20);
  const shift = traffic.observed?.shift;
  // A machine that is busy answers some too late: no failure that the gateway made.
  const made = (shift?.failures ?? []).filter(({ kind }) => kind !== 'timeout');
  const late = (shift?.failures ?? []).find(({ kind }) => kind === 'timeout')?.count ?? 0;
  expect(made).toMatchObject([{ kind: 'upstream-connection', version: undefined, count: lost }]);
  expect(shift).toMatchObject({ failed: lost + late, failureBound: undefined });
});

describe('weights that traffic does not follow', () => {
  it('never agree while istiod is down', async () => {
    const session = await start(200);
    session.demo.failPods('app=istiod', 'crash');
    await session.until(({ cluster }) =>
      cluster.istioPods.items.some(({ labels, isReady }) => labels.app === 'istiod' && !isReady),
    );
    const seen = verdicts(session, [10, 90]);
    session.press({ kind: 'set-to', weight: 90 });
    const { traffic } = await session.until(state => verdictOf(state) === 'does-not-agree');
    expect(seen).not.toContain('agrees');
    expect(traffic.observed?.shift).toMatchObject({
      outcome: { kind: 'not-seen' },
      verdict: { kind: 'does-not-agree' },
    });
    expect(traffic.observed?.verdict).toMatchObject({ because: 'test' });
  });

  it.each([[[0, 0]], [[-5, 100]]])('never agree where Envoy refuses them: %j', async weights => {
    const session = await start(200);
    const seen = verdicts(session, weights);
    await setWeightsBeside(session.other, weights);
    await session.until(state => verdictOf(state) === 'does-not-agree');
    expect(seen).not.toContain('agrees');
  });
});

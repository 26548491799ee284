import { afterEach, expect, it } from 'vitest';
import { type DemoCluster, type DemoOptions, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';

let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

async function startWith(
  istioVersions: DemoOptions['istioVersions'],
): Promise<{ demo: DemoCluster; session: DemoSession }> {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, ...(istioVersions && { istioVersions }) });
  cleanup.push(() => demo.stop());
  const session = await startDemoSession({ demo });
  cleanup.push(() => session.stop());
  return { demo, session };
}

const readIn = (version: string) => `networking.istio.io/${version}`;

it.each([['v1'], ['v1beta1'], ['v1alpha3']])('shifts where only %s is served', async version => {
  const { session } = await startWith([version]);
  const found = await session.until(
    ({ weights, traffic }) =>
      weights.applied !== undefined && (traffic.observed?.versions.some(({ count }) => count > 0) ?? false),
  );
  expect(found.weights.applied?.virtualService.apiVersion).toBe(readIn(version));
  session.press({ kind: 'shift', points: 10 });
  expect((await session.idle()).weights.applied?.weights).toEqual([40, 60]);
});

it('says that Istio is not installed, and goes on once it is', async () => {
  const { demo, session } = await startWith([]);
  const without = await session.until(({ target }) => target.kind === 'none');
  expect(without.target).toMatchObject({
    reason: "Can't find Istio: the cluster does not serve networking.istio.io.",
  });
  demo.serveIstio(['v1']);
  await session.until(({ weights }) => weights.applied !== undefined);
});

it('turns to another version when the one that it reads is served no more', async () => {
  const { demo, session } = await startWith(['v1beta1', 'v1alpha3']);
  const before = await session.until(({ weights }) => weights.applied !== undefined);
  expect(before.weights.applied?.virtualService.apiVersion).toBe(readIn('v1beta1'));
  // A version goes with its watches.
  await demo.stopApi();
  demo.serveIstio(['v1']);
  await demo.startApi();
  await session.until(({ cluster }) => {
    const { items, freshness } = cluster.virtualServices;
    return freshness.kind === 'live' && items.some(({ apiVersion }) => apiVersion === readIn('v1'));
  });
  session.press({ kind: 'shift', points: 10 });
  await session.until(({ weights }) => weights.applied?.weights.join() === '40,60');
});

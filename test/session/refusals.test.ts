import { afterEach, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { unfollowedWords } from '../../src/session/unfollowed.ts';
import {
  type DemoSession,
  manifestsFolder,
  setWeightsBeside,
  startDemoSession,
} from '../support/demo-session.ts';

let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

async function startIn(scenario: string): Promise<{ demo: DemoCluster; session: DemoSession }> {
  const demo = await startDemoCluster({ manifestsFolder, scenario, seed: 7 });
  cleanup.push(() => demo.stop());
  const session = await startDemoSession({ demo });
  cleanup.push(() => session.stop());
  await session.until(
    state => versions(state).length === 2 && versions(state).every(({ readyPods }) => readyPods === 1),
  );
  return { demo, session };
}

const isIstiodDown = ({ cluster }: AppState) =>
  cluster.istioPods.items.some(({ labels, isReady }) => labels.app === 'istiod' && !isReady);

it("shows a webhook's rejection in its own words, and keeps the ask", async () => {
  const { demo, session } = await startIn('webhook');
  demo.failPods('app=istiod', 'crash');
  await session.until(isIstiodDown);
  session.press({ kind: 'shift', points: 10 });
  const seen = await session.until(({ notices }) => notices.length > 0);
  expect(seen.notices.at(-1)?.text).toContain('failed calling webhook "validation.istio.io"');
  expect(seen.notices.at(-1)?.text).toContain('(you asked 40/60; r asks again)');
  expect(seen.weights.requested).toEqual([50, 50]);
});

it('says that istiod is not ready where the API takes weights and traffic stays as it was', async () => {
  const { session } = await startIn('istiod-down');
  await session.until(isIstiodDown);
  session.press({ kind: 'set-to', weight: 100 });
  const applied = await session.idle();
  expect(applied.weights.applied?.weights).toEqual([0, 100]);
  const seen = await session.until(state => unfollowedWords(state) !== undefined);
  expect(unfollowedWords(seen)).toMatch(/^istiod is not ready: new weights do not reach the gateway/);
}, 40_000);

it('says that Envoy refuses weights which somebody set past the webhook', async () => {
  const { session } = await startIn('healthy');
  await setWeightsBeside(session.other, [-5, 100]);
  const seen = await session.until(state => unfollowedWords(state) !== undefined);
  expect(unfollowedWords(seen)).toBe('Envoy refuses weights of -5/100 and keeps the ones before: set others');
});

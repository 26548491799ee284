import { afterEach, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import {
  patchAccepted,
  patchFailed,
  patchSent,
  routeChosen,
  virtualServiceSeen,
} from '../../src/session/applied.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { versions } from '../../src/session/selectors.ts';
import { type AppState, initialState } from '../../src/session/state.ts';
import { type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';
import { aVirtualService } from '../support/objects.ts';

const T = 1_000_000;
const MANAGER = 'argo-rollouts';

function start(weights: readonly number[]): AppState {
  const virtualService = aVirtualService(weights);
  const [route] = virtualService.routes;
  if (!route) throw new Error('no route');
  return routeChosen(initialState(T, { columns: 80, rows: 24, isUnicode: true }), virtualService, route);
}

let version = 1;
const next = () => {
  version += 1;
  return String(version);
};

/** A shift by ten points that the server takes at `atMs`, shown by the watch as well. */
function shifted(state: AppState, atMs: number): AppState {
  const sent = patchSent(applyIntent(state, { kind: 'shift', points: 10 }, atMs), atMs);
  const stored = aVirtualService(sent.weights.requested, { resourceVersion: next() });
  return virtualServiceSeen(patchAccepted(sent, stored, atMs), stored, atMs);
}

const setBy = (state: AppState, weights: readonly number[], manager: string, atMs: number) =>
  virtualServiceSeen(state, aVirtualService(weights, { resourceVersion: next(), manager }), atMs);
const lastNotice = (state: AppState) => state.notices.at(-1)?.text;

describe('a controller that takes our shift back', () => {
  const once = setBy(shifted(start([100, 0]), T), [100, 0], MANAGER, T + 1300);

  it('is named, with what it set back and when', () => {
    expect(lastNotice(once)).toBe('argo-rollouts set v2 back to 0, 1.3 s after you');
    expect(once.weights.requested).toEqual([100, 0]);
  });

  it('makes the VirtualService read-only where it is a known owner', () => {
    expect(lastNotice(applyIntent(once, { kind: 'shift', points: 10 }, T + 60_000))).toBe(
      'read-only: Argo Rollouts owns it and puts weights back; w overrides',
    );
  });

  it('is taken for an owner the second time where it is none that is known', () => {
    const first = setBy(shifted(start([100, 0]), T), [100, 0], 'our-operator', T + 1000);
    const twice = setBy(shifted(first, T + 60_000), [100, 0], 'our-operator', T + 62_000);
    expect(lastNotice(twice)).toBe(
      'our-operator set v2 back to 0, 2.0 s after you, again: it owns these weights, so change them where our-operator takes them from, or stop it first',
    );
  });

  it('is told apart from somebody who does it with kubectl, who is no owner', () => {
    const kubectl = setBy(shifted(start([100, 0]), T), [100, 0], 'kubectl-edit', T + 5000);
    const again = setBy(shifted(kubectl, T + 60_000), [100, 0], 'kubectl-edit', T + 65_000);
    expect(lastNotice(again)).toBe('kubectl-edit set v2 back to 0, 5.0 s after you');
  });

  it('is recognised after a shift of several patches by the weights before its first', () => {
    const run = shifted(shifted(start([100, 0]), T), T + 300);
    expect(run.weights.applied?.weights).toEqual([80, 20]);
    expect(lastNotice(setBy(run, [100, 0], MANAGER, T + 1300))).toBe(
      'argo-rollouts set v2 back to 0, 1.0 s after you',
    );
  });

  it('takes back an undo as well', () => {
    const undone = patchSent(applyIntent(shifted(start([50, 50]), T), { kind: 'undo' }, T + 5000), T + 5000);
    const stored = aVirtualService([50, 50], { resourceVersion: next() });
    const accepted = virtualServiceSeen(patchAccepted(undone, stored, T + 5000), stored, T + 5000);
    expect(lastNotice(setBy(accepted, [40, 60], MANAGER, T + 6000))).toBe(
      'argo-rollouts set v1 back to 40, 1.0 s after you',
    );
  });

  it('is said of a change that our patch ran into, too', () => {
    const sent = patchSent(
      applyIntent(shifted(start([100, 0]), T), { kind: 'shift', points: 10 }, T + 500),
      T + 500,
    );
    const theirs = aVirtualService([100, 0], { resourceVersion: next(), manager: MANAGER });
    const error = { kind: 'invalid', headline: "Can't patch.", nextStep: '' } as const;
    expect(lastNotice(patchFailed(sent, error, aVirtualService([]), theirs, T + 700))).toBe(
      'you asked 80/20; meanwhile argo-rollouts set v2 back to 0, 0.7 s after you; r asks again',
    );
  });

  it('is not said of other weights, nor half a minute later', () => {
    const after = shifted(start([100, 0]), T);
    expect(lastNotice(setBy(after, [20, 80], MANAGER, T + 1000))).toMatch(/^argo-rollouts set 20\/80 at /);
    expect(lastNotice(setBy(after, [100, 0], MANAGER, T + 31_000))).toMatch(/^argo-rollouts set 100\/0 at /);
  });
});

let stop: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of stop.toReversed()) await step();
  stop = [];
});

it('says so of Argo CD on a cluster where it does, once the owner was overridden', async () => {
  const demo = await startDemoCluster({ manifestsFolder, scenario: 'argo-owned' });
  stop.push(() => demo.stop());
  const session: DemoSession = await startDemoSession({
    demo,
    prepare: state => ({ ...state, connection: { ...state.connection, overriddenOwners: ['argocd'] } }),
  });
  stop.push(() => session.stop());
  await session.until(
    state => versions(state).length === 2 && versions(state).every(({ readyPods }) => readyPods === 1),
  );
  session.press({ kind: 'shift', points: 10 });
  const seen = await session.until(({ notices }) => notices.some(({ text }) => text.includes('back to')));
  expect(seen.notices.at(-1)?.text).toMatch(/^argocd-controller set v2 back to 50, 3\.\d s after you$/);
  expect(seen.weights.requested).toEqual([50, 50]);
});

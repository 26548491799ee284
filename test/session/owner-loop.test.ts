import type { RequestListener } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { routeChosen } from '../../src/session/applied.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import { OwnerLoop } from '../../src/session/owner-loop.ts';
import { writeRefusal } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { type AppStore, createAppStore } from '../../src/session/store.ts';
import { clientBefore } from '../support/answering-server.ts';
import { until } from '../support/demo-session.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aVirtualService } from '../support/objects.ts';

const T = 1_000_000;
let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

/** The loop in front of an API server that answers as the test likes, with VirtualService myapp chosen. */
async function startLoop(
  answer: RequestListener,
  labels: Record<string, string> = {},
  overridden: string[] = [],
) {
  const { api, close } = await clientBefore(answer);
  const clock = new ManualClock(T);
  const store = createAppStore(T, { columns: 80, rows: 24, isUnicode: true });
  store.setState(state => {
    const connection = { ...state.connection, overriddenOwners: overridden };
    return chosen({ ...state, connection }, labels);
  }, true);
  const controller = new AbortController();
  const run = new OwnerLoop(api, store, clock, controller.signal).run();
  cleanup.push(async () => {
    controller.abort();
    await run;
    await close();
  });
  return { store, clock };
}

function chosen(state: AppState, labels: Record<string, string>): AppState {
  const virtualService = aVirtualService([100, 0], { labels });
  const [route] = virtualService.routes;
  if (!route) throw new Error('no route');
  return routeChosen(state, virtualService, route);
}

const rollout = {
  metadata: { name: 'shop', namespace: 'default' },
  spec: { strategy: { canary: { trafficRouting: { istio: { virtualService: { name: 'myapp' } } } } } },
};
const list = (items: readonly object[]) => JSON.stringify({ metadata: { resourceVersion: '1' }, items });
const status = (code: number) => JSON.stringify({ kind: 'Status', code });
const refusalOf = (store: AppStore) => writeRefusal(store.getState());

it('makes a VirtualService read-only that a Rollout names, as soon as there is one', async () => {
  let items: readonly object[] = [];
  const asked: string[] = [];
  const { store, clock } = await startLoop((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    asked.push(path);
    const isRollouts = path === '/apis/argoproj.io/v1alpha1/namespaces/default/rollouts';
    response.writeHead(isRollouts ? 200 : 404).end(isRollouts ? list(items) : status(404));
  });
  await expect.poll(() => asked.length).toBe(2);
  expect(refusalOf(store)).toBeUndefined();
  items = [rollout];
  await expect
    .poll(() => {
      clock.advance(30_000);
      return refusalOf(store);
    })
    .toBe('read-only: Argo Rollouts (Rollout shop) owns it and puts weights back; w overrides');
  const asking = applyIntent(store.getState(), { kind: 'override-owner' }, T);
  expect(asking.ui.overlay).toMatchObject({
    question: 'Change weights that Argo Rollouts owns?',
    detail:
      'Argo Rollouts (Rollout shop) manages this VirtualService and may put its own weights back at any time.',
  });
});

it('finds no such owner where the kinds may not be read, and keeps those known while the server fails', async () => {
  let code = 200;
  const { store, clock } = await startLoop((request, response) => {
    const isCanaries = request.url?.includes('canaries') === true;
    response
      .writeHead(isCanaries ? 404 : code)
      .end(code === 200 && !isCanaries ? list([rollout]) : status(code));
  });
  await until(store, state => state.controllers.length === 1);
  code = 500;
  clock.advance(30_000);
  await expect.poll(() => clock.pendingAlarms).toBeGreaterThan(0);
  expect(store.getState().controllers).toHaveLength(1);
  code = 403;
  await expect
    .poll(() => {
      clock.advance(30_000);
      return store.getState().controllers.length;
    })
    .toBe(0);
});

it('warns once of an owner that writes weights with its next change, however the VirtualService was chosen', async () => {
  const { store } = await startLoop((_request, response) => response.writeHead(404).end(status(404)), {
    kiali_wizard: 'traffic_shifting',
  });
  const seen = await until(store, state => state.notices.length > 0);
  expect(seen.notices.map(({ text }) => text)).toEqual([
    'Kiali manages this VirtualService: its next change may set other weights',
  ]);
});

it('says who owns the VirtualService where the command line overrides somebody else', async () => {
  const { store } = await startLoop(
    (_request, response) => response.writeHead(404).end(status(404)),
    { 'argocd.argoproj.io/instance': 'shop' },
    ['flux'],
  );
  const seen = await until(store, state => state.notices.length > 0);
  expect(seen.notices.map(({ text }) => text)).toEqual([
    '--override-owner flux overrides nobody: Argo CD owns this VirtualService',
  ]);
  expect(refusalOf(store)).toContain('Argo CD owns it');
});

it('lets the owner be overridden that the command line names', async () => {
  const { store } = await startLoop(
    (_request, response) => response.writeHead(404).end(status(404)),
    { 'argocd.argoproj.io/instance': 'shop' },
    ['argocd'],
  );
  expect(refusalOf(store)).toBeUndefined();
});

it('asks seldom where the kinds are not served, and hears of them all the same', async () => {
  let asked = 0;
  let isServed = false;
  const { store, clock } = await startLoop((_, response) => {
    asked += 1;
    response.writeHead(isServed ? 200 : 404).end(isServed ? list([rollout]) : status(404));
  });
  await expect.poll(() => clock.pendingAlarms).toBe(1);
  expect(asked).toBe(2);
  clock.advance(299_000);
  await expect.poll(() => clock.pendingAlarms).toBe(1);
  expect(asked).toBe(2);
  isServed = true;
  clock.advance(1_000);
  await until(store, ({ controllers }) => controllers.length > 0);
});

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { connectionPhase, versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';

let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

/** A session on a demo cluster with the tutorial's objects and these besides; later files replace earlier objects of the name. */
async function startWith(
  yaml: string,
  wanted?: string,
): Promise<{ demo: DemoCluster; session: DemoSession }> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-test-'));
  cleanup.push(() => rm(folder, { recursive: true }));
  await cp(manifestsFolder, folder, { recursive: true });
  await writeFile(join(folder, '06-virtual-service.yaml'), yaml);
  const demo = await startDemoCluster({ manifestsFolder: folder });
  cleanup.push(() => demo.stop());
  const session = await startDemoSession({ demo, ...(wanted ? { wanted } : {}) });
  cleanup.push(() => session.stop());
  return { demo, session };
}

const virtualService = (name: string, spec: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: ${name}}
spec: ${spec}
`;
const route =
  '{route: [{destination: {host: myapp, subset: v1}, weight: 50}, {destination: {host: myapp, subset: v2}, weight: 50}]}';
const areReady = (state: AppState) =>
  versions(state).length > 0 && versions(state).every(({ readyPods }) => readyPods > 0);
const isSampling = ({ traffic }: AppState) => (traffic.observed?.latency?.p50Ms ?? 0) > 0;

describe('several routes', () => {
  const two = `${virtualService('one', `{hosts: [one.example.com], gateways: [app-gateway], http: [${route}]}`)}---${virtualService(
    'two',
    `{hosts: [two.example.com], gateways: [app-gateway], http: [${route}]}`,
  )}`;

  it('are asked for, and the choice is shifted', async () => {
    const { session } = await startWith(two);
    const asking = await session.until(state => state.ui.overlay.kind === 'list');
    expect(asking.target).toEqual({ kind: 'choosing' });
    session.press({ kind: 'move-choice', by: 1 }, { kind: 'accept' });
    await session.until(areReady);
    session.press({ kind: 'shift', points: 10 });
    const shifted = await session.idle();
    expect(shifted.target).toMatchObject({ name: 'two' });
    expect(shifted.weights.applied?.weights).toEqual([40, 60]);
  });

  it('need no question where the command line names one', async () => {
    const { session } = await startWith(two, 'one');
    const seen = await session.until(state => state.target.kind === 'chosen' && isSampling(state));
    expect(seen.target).toMatchObject({ name: 'one' });
    // Its host follows from the VirtualService: with another one the gateway would answer 404.
    expect(seen.traffic.observed?.failures.filter(({ kind }) => kind === 'no-route')).toEqual([]);
  });
});

describe('a route', () => {
  it('that only sidecars obey can be shifted, and says why nothing is observed', async () => {
    const { session } = await startWith(virtualService('myapp', `{hosts: [myapp], http: [${route}]}`));
    await session.until(state => areReady(state) && state.traffic.sampling.kind === 'mesh-only');
    session.press({ kind: 'shift', points: 10 });
    expect((await session.idle()).weights.applied?.weights).toEqual([40, 60]);
  });

  it('whose Gateway is missing says so, and is sampled once the person names the gateway', async () => {
    const { demo, session } = await startWith(
      virtualService('myapp', `{hosts: ["*"], gateways: [app-gateway, nowhere], http: [${route}]}`),
    );
    await session.until(isSampling);
    session.press({ kind: 'focus', pane: 'responses' }, { kind: 'enter-weight' });
    session.press({ kind: 'type', text: demo.gatewayUrl.replace('http://', '') }, { kind: 'submit' });
    const given = await session.until(
      state => state.traffic.sampling.kind === 'sampling' && state.traffic.sampling.way === 'as given',
    );
    expect(given.traffic.gatewayUrl).toBe(demo.gatewayUrl);
  });

  it('with a pattern of hosts asks for the host', async () => {
    const { session } = await startWith(
      virtualService('myapp', `{hosts: ["*.example.com"], gateways: [app-gateway], http: [${route}]}`),
    );
    await session.until(
      ({ traffic }) => traffic.sampling.kind === 'needs-answer' && traffic.sampling.asks === 'host',
    );
    session.press(
      { kind: 'focus', pane: 'responses' },
      { kind: 'enter-weight' },
      { kind: 'type', text: 'shop.example.com' },
      { kind: 'submit' },
    );
    await session.until(isSampling);
  });

  it('with a match is sampled by a request that it matches', async () => {
    const matched = `{match: [{uri: {prefix: /shop/}, headers: {x-team: {exact: blue}}}], rewrite: {uri: /}, ${route.slice(1)}`;
    const { session } = await startWith(
      virtualService('myapp', `{hosts: ["*"], gateways: [app-gateway], http: [${matched}]}`),
    );
    const seen = await session.until(
      state => state.traffic.observed?.versions.every(({ count }) => count > 2) ?? false,
    );
    expect(seen.traffic.observed?.failures.filter(({ kind }) => kind === 'no-route')).toEqual([]);
  });

  it('with one destination cannot be shifted, and the reason is said', async () => {
    const { session } = await startWith(
      virtualService(
        'myapp',
        '{hosts: ["*"], gateways: [app-gateway], http: [{route: [{destination: {host: myapp, subset: v1}}]}]}',
      ),
    );
    const seen = await session.until(state => state.target.kind === 'none');
    expect(seen.target).toMatchObject({
      reason: 'VirtualService myapp has no route with two or more destinations.',
    });
  });

  it('without weights shows them as absent, and undo takes them away again', async () => {
    const bare = route.replaceAll(', weight: 50', '');
    const { session } = await startWith(
      virtualService('myapp', `{hosts: ["*"], gateways: [app-gateway], http: [${bare}]}`),
    );
    await session.until(areReady);
    session.press({ kind: 'set-to', weight: 30 });
    expect((await session.idle()).weights.applied?.weights).toEqual([70, 30]);
    session.press({ kind: 'undo' });
    expect((await session.idle()).weights.applied?.weights).toEqual([undefined, undefined]);
  });
});

describe('connections to the API server', () => {
  it('are reused: many calls open no further ones', async () => {
    const { session } = await startWith(
      virtualService('myapp', `{hosts: ["*"], gateways: [app-gateway], http: [${route}]}`),
    );
    await session.until(isSampling);
    const sockets = () => process.getActiveResourcesInfo().filter(kind => kind === 'TCPSocketWrap').length;
    await session.generation();
    const before = sockets();
    for (let call = 0; call < 30; call += 1) await session.generation();
    // The sampler renews its own four connections meanwhile.
    expect(sockets()).toBeLessThan(before + 10);
  });
});

it('explains a cluster that does not answer from the start, and goes on when it does', async () => {
  const demo = await startDemoCluster({ manifestsFolder });
  cleanup.push(() => demo.stop());
  await demo.stopApi();
  const session = await startDemoSession({ demo });
  cleanup.push(() => session.stop());
  const lost = await session.until(state => connectionPhase(state.cluster).kind === 'lost');
  expect(connectionPhase(lost.cluster)).toMatchObject({ reason: `Nothing listens at ${demo.apiUrl}.` });
  await demo.startApi();
  await session.until(state => state.target.kind === 'chosen');
});

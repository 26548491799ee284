import { request } from 'undici';
import { describe, expect, it, type onTestFinished } from 'vitest';
import { type AuditEntry, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';
import type { AppState } from '../../src/session/state.ts';
import { shownStep } from '../../src/session/tutorial-panel.ts';
import { collectionFor } from '../../src/tutorial/manifests.ts';
import { type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';
import { manifestOf, manifests } from '../support/tutorial-cluster.ts';

const never = new AbortController().signal;
const OPEN = { kind: 'toggle-tutorial' } as const;
const RUN = [{ kind: 'run-step' }, { kind: 'move-choice', by: 1 }, { kind: 'accept' }] as const;
const phase = ({ tutorial }: AppState) => tutorial.run?.phase.kind;
const isSeen = ({ tutorial }: AppState) => tutorial.seen !== undefined;

type Tutored = DemoSession & { readonly writes: () => readonly string[] };

/** A session on a demo cluster with nothing deployed but the first so many of the tutorial's objects. */
async function startTutored(
  whenFinished: typeof onTestFinished,
  count = 0,
  isPaused = false,
): Promise<Tutored> {
  const audit: AuditEntry[] = [];
  const demo = await startDemoCluster({
    manifestsFolder,
    scenario: 'empty',
    seed: 7,
    audit: entry => audit.push(entry),
  });
  const session = await startDemoSession({
    demo,
    prepare: state => ({ ...state, traffic: { ...state.traffic, isPaused } }),
  });
  whenFinished(async () => {
    await session.stop();
    await demo.stop();
  });
  for (const one of manifests.objects.slice(0, count)) {
    const applied = await session.other.apply(collectionFor(one, 'default', 'v1'), one.object, never);
    if (!applied.ok) throw new Error(applied.error.headline);
  }
  audit.splice(0);
  return { ...session, writes: () => audit.filter(isWriteRequest).map(writeWords) };
}

const isWriteRequest = ({ method, path }: AuditEntry) =>
  method !== 'GET' && !path.startsWith('/apis/authorization.k8s.io/');
const writeWords = ({ method, path }: AuditEntry) => `${method} ${path.split('?')[0]?.split('/').at(-2)}`;

describe('the tutorial on the screen', () => {
  it.concurrent('writes nothing while it is opened, looked through, skipped and asked about', async ({
    onTestFinished,
  }) => {
    const session = await startTutored(onTestFinished);
    session.press(OPEN);
    await session.until(isSeen);
    session.press(
      ...new Array(7).fill({ kind: 'look-at-step', by: 1 }),
      ...new Array(7).fill({ kind: 'look-at-step', by: -1 }),
      { kind: 'skip-step' },
      { kind: 'run-step' },
      { kind: 'close-overlay' },
    );
    await session.other.list(collectionFor(manifestOf('Service', 'myapp'), 'default', 'v1'), never);
    expect(session.writes()).toEqual([]);
  });

  it.concurrent.for([
    [0, 'versions'],
    [3, 'routing'],
    [6, 'shift'],
  ] as const)(
    'resumes with %i objects there at the step %s, however often it is opened',
    async ([count, step], { expect, onTestFinished }) => {
      const session = await startTutored(onTestFinished, count);
      for (const _ of [1, 2]) {
        session.press(OPEN);
        await session.until(state => shownStep(state)?.id === step);
        session.press(OPEN);
      }
      expect(session.writes()).toEqual([]);
    },
  );

  it.concurrent('stops a step that is cancelled, and what it has done stays', async ({
    expect,
    onTestFinished,
  }) => {
    const session = await startTutored(onTestFinished);
    session.press(OPEN);
    await session.until(isSeen);
    const unsubscribe = session.store.subscribe(state => {
      if (phase(state) === 'running') session.press({ kind: 'cancel-step' });
    });
    session.press(...RUN);
    await session.until(now => phase(now) === 'cancelled');
    unsubscribe();
    expect(shownStep(session.store.getState())?.id).toBe('versions');
    session.press(...RUN);
    await session.until(now => phase(now) === 'done');
  });

  it.concurrent('runs nothing where that would be more than was shown', async ({
    expect,
    onTestFinished,
  }) => {
    const session = await startTutored(onTestFinished);
    session.press(OPEN);
    const seen = await session.until(isSeen);
    const asked = { step: 'versions', changes: [] } as const;
    session.store.setState({ ...seen, tutorial: { ...seen.tutorial, asked } }, true);
    const { tutorial } = await session.until(now => phase(now) === 'failed');
    expect(tutorial.run?.phase).toMatchObject({ headline: expect.stringMatching(/^What is there changed/) });
    expect(session.writes()).toEqual([]);
  });

  it.concurrent('never applies a route again: a shift outlives the step that made the route', async ({
    onTestFinished,
  }) => {
    const session = await startTutored(onTestFinished, 6, true);
    const route = manifestOf('VirtualService', 'myapp');
    const collection = collectionFor(route, 'default', 'v1');
    const shifted = [0, 1].map(
      at => ({ op: 'add', path: `/spec/http/0/route/${at}/weight`, value: at * 100 }) as const,
    );
    await session.other.patch(collection, 'myapp', shifted, never);
    session.press(OPEN);
    await session.until(state => shownStep(state)?.id === 'shift');
    session.press({ kind: 'look-at-step', by: -1 }, { kind: 'run-step' });
    await session.until(now => phase(now) === 'done' || phase(now) === 'failed');
    const read = await session.other.get(collection, 'myapp', never);
    const weights = read.ok && readVirtualService(read.value).routes[0]?.destinations.map(one => one.weight);
    expect(weights).toEqual([0, 100]);
  });
});

/** By itself: whoever else looks at versions meanwhile would take the ports that it lets go. */
describe('each version on a port of this computer', () => {
  it('runs a step once it is confirmed, and shows each version on a port of this computer until it is closed', async ({
    onTestFinished,
  }) => {
    const session = await startTutored(onTestFinished);
    session.press(OPEN);
    await session.until(isSeen);
    session.press(...RUN);
    const state = await session.until(now => phase(now) === 'done');
    expect(session.writes()).toEqual(['PATCH deployments', 'PATCH deployments', 'PATCH services']);
    const { pages } = state.tutorial;
    expect(pages.map(({ words }) => words)).toEqual([
      '"Application version v1" on blue',
      '"Application version v2" on green',
    ]);
    for (const { url, version } of pages) {
      const { body } = await request(url);
      expect(await body.text()).toContain(`<h1>Application version ${version}</h1>`);
    }
    session.press(OPEN);
    for (const { url } of pages) {
      const isRefused = () =>
        request(url).then(
          ({ body }) => body.dump().then(() => false),
          () => true,
        );
      await expect.poll(isRefused).toBe(true);
    }
  });
});

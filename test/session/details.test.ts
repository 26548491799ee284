import { afterEach, expect, it } from 'vitest';
import { type AuditEntry, type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { DescribedSection } from '../../src/kube/described.ts';
import { knownDetails } from '../../src/session/details.ts';
import { followDetails } from '../../src/session/details-loop.ts';
import { podsSection } from '../../src/session/read-details.ts';
import { versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import type { Subject } from '../../src/session/ui-state.ts';
import { connectTo, manifestsFolder, startDemoSession, until } from '../support/demo-session.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { stateOf } from '../support/states.ts';

let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

async function startCluster(scenario: string) {
  const audit: AuditEntry[] = [];
  const demo = await startDemoCluster({ manifestsFolder, scenario, audit: entry => audit.push(entry) });
  cleanup.push(() => demo.stop());
  return { demo, audit };
}

async function startOn(demo: DemoCluster) {
  const session = await startDemoSession({ demo });
  cleanup.push(() => session.stop());
  return session;
}

const sectionsOf = (state: AppState) => knownDetails(state)?.sections ?? [];
const section = (state: AppState, heading: string) =>
  sectionsOf(state).find(candidate => candidate.heading.startsWith(heading));
const text = (found: DescribedSection | undefined) => JSON.stringify(found?.rows ?? []);
const open = (subject: Subject) => (state: AppState) =>
  ({ ...state, ui: { ...state.ui, overlay: { kind: 'details', subject, index: 0 } } }) as const;

it('shows of a version that crashes its pods, why, its events and the end of its log', async () => {
  const { demo, audit } = await startCluster('v2-crashlooping');
  const session = await startOn(demo);
  await session.until(state => (versions(state)[1]?.why ?? '').includes('CrashLoopBackOff'));
  const logsRead = () => audit.filter(({ path }) => path.endsWith('/log')).length;
  expect(logsRead()).toBe(0);
  session.press({ kind: 'focus', pane: 'versions' }, { kind: 'move-choice', by: 1 }, { kind: 'accept' });
  const state = await session.until(now => section(now, 'End of the log of myapp') !== undefined);
  expect(text(section(state, 'Pods'))).toContain('CrashLoopBackOff');
  expect(text(section(state, 'Containers of myapp-v2'))).toMatch(
    /Waiting: CrashLoopBackOff.*Restart Count.*exit code 1/,
  );
  expect(text(section(state, 'Events of Pod myapp-v2'))).toContain('"reason":"BackOff"');
  expect(section(state, 'End of the log')?.rows.length).toBeGreaterThan(0);
  expect(logsRead()).toBeGreaterThan(0);
  expect(text(section(state, 'Events of Deployment'))).toContain('ScalingReplicaSet');
  // What was read is forgotten when it is closed.
  session.press({ kind: 'close-overlay' });
  await session.until(now => now.details.read === undefined);
});

it('says in a sentence what may not be read, and shows the rest', async () => {
  const { demo } = await startCluster('healthy');
  demo.deny({ verb: 'get', resource: 'pods', subresource: 'log' });
  const session = await startOn(demo);
  await session.until(state => versions(state)[0]?.health === 'ready');
  session.press({ kind: 'focus', pane: 'versions' }, { kind: 'accept' });
  const state = await session.until(now => section(now, 'End of the log') !== undefined);
  expect(section(state, 'End of the log')).toMatchObject({
    rows: [],
    empty: expect.stringMatching(
      /^Can't read the log of pod myapp-v1-\S+: forbidden\. Ask for `get` on pods\/log in namespace default\.$/,
    ),
  });
  expect(text(section(state, 'Pods'))).toContain('1/1 Running');
});

it('says that a pod is gone, where somebody deleted it', async () => {
  const { demo } = await startCluster('healthy');
  const session = await startOn(demo);
  session.store.setState(open({ kind: 'pod', namespace: 'default', name: 'myapp-v9-abc' }));
  const state = await session.until(now => sectionsOf(now).length > 0);
  expect(sectionsOf(state)[0]?.empty).toMatch(
    /^Can't read pods myapp-v9-abc: pods "myapp-v9-abc" not found\./,
  );
});

it('shows the first of very many pods, those that are not ready before the others', () => {
  const [pod] = stateOf('healthy', [50, 50]).cluster.pods.items;
  if (!pod) throw new Error('no pod');
  const pods = Array.from({ length: 10_000 }, (_, at) => ({ ...pod, name: `p-${at}` }));
  const podNames = pods.map(({ name }) => name).toReversed();
  const { heading, rows } = podsSection(pods, { namespace: pod.namespace, podNames });
  expect(heading).toBe('Pods, 9980 more');
  expect(rows.map(row => row.kind === 'fact' && row.label)).toEqual(podNames.slice(0, 20));
});

it('reads what is open again every five seconds and when asked, and nothing of what is closed', async () => {
  const { demo, audit } = await startCluster('healthy');
  const clock = new ManualClock(1_000_000);
  const store = createAppStore(clock.now(), { columns: 80, rows: 24, isUnicode: true });
  const { api, close } = await connectTo(demo);
  const ending = new AbortController();
  const loop = followDetails(api, store, clock, ending.signal);
  cleanup.push(async () => {
    ending.abort();
    await loop;
    await close();
  });
  const reads = () => audit.filter(({ path }) => path.startsWith('/api/v1/nodes/minikube')).length;
  const readAt = (atMs: number) => until(store, state => knownDetails(state)?.atMs === atMs);
  store.setState(open({ kind: 'node', name: 'minikube' }));
  await readAt(1_000_000);
  expect(reads()).toBe(1);
  clock.advance(4_999);
  store.setState(state => ({ ...state, details: { ...state.details, asked: 1 } }));
  await readAt(1_004_999);
  expect(reads()).toBe(2);
  clock.advance(5_000);
  const state = await readAt(1_009_999);
  expect(reads()).toBe(3);
  expect(text(section(state, 'Conditions'))).toContain('KubeletReady');
  store.setState(now => ({ ...now, ui: { ...now.ui, overlay: { kind: 'none' } } }));
  await until(store, now => now.details.read === undefined);
  clock.advance(60_000);
  // Another one is read after whatever would have been read of the first.
  store.setState(open({ kind: 'node', name: 'other' }));
  await until(store, now => sectionsOf(now).length > 0);
  expect(reads()).toBe(3);
});

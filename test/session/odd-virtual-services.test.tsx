import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { renderToString } from 'ink';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { App } from '../../src/components/app.tsx';
import { SessionProvider } from '../../src/components/use-app-state.tsx';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { type JsonObject, listIn, objectIn } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import type { PatchOperation } from '../../src/kube/patch.ts';
import { isSplit, type RawWeights } from '../../src/kube/split.ts';
import { routePath } from '../../src/kube/virtual-service.ts';
import { versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { clientsOf, istioObject } from '../demo/cluster.ts';
import {
  type DemoSession,
  manifestsFolder,
  startDemoSession,
  virtualServices,
} from '../support/demo-session.ts';
import { objectsIn } from '../support/objects.ts';

const folder = join(import.meta.dirname, '..', 'kube', 'fixtures', 'virtual-services');
const names = readdirSync(folder).map(file => basename(file, '.yaml'));

/** A situation: VirtualServices in the order of their age, which of them is opened, and which of its routes is taken. */
type Situation = {
  readonly title: string;
  readonly objects: readonly KubeObject[];
  readonly open: string;
  readonly take: number;
};

function readSituation(name: string): Situation {
  const text = readFileSync(join(folder, `${name}.yaml`), 'utf8');
  const told = (what: string) => new RegExp(`^# ${what}: (.*)$`, 'm').exec(text)?.[1];
  const objects = objectsIn(text);
  const title = text.slice(2, text.indexOf('\n'));
  return {
    title,
    objects,
    open: told('open') ?? String(objects[0]?.metadata.name),
    take: Number(told('take') ?? 1),
  };
}

/** So many at a time, each on a cluster of its own: most of what a situation takes is waiting. */
const CLUSTERS = 4;
let demos: readonly DemoCluster[] = [];

/** The tutorial's cluster, its pods ready, without its VirtualService. */
async function startCluster(): Promise<DemoCluster> {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7 });
  const session = await startDemoSession({ demo });
  await session.until(
    state => versions(state).length > 0 && versions(state).every(({ readyPods }) => readyPods > 0),
  );
  await session.stop();
  await clientsOf(demo).custom.deleteNamespacedCustomObject(istioObject('virtualservices', 'myapp'));
  return demo;
}

beforeAll(async () => {
  demos = await Promise.all(Array.from({ length: CLUSTERS }, startCluster));
});
afterAll(async () => {
  await Promise.all(demos.map(demo => demo.stop()));
});

/** Creates the objects; the server's own words where it refuses one. */
async function create(demo: DemoCluster, objects: readonly KubeObject[]): Promise<string | undefined> {
  const { custom } = clientsOf(demo);
  for (const body of objects) {
    const version = String(body.apiVersion).split('/')[1] ?? '';
    const place = { ...istioObject('virtualservices', ''), version };
    try {
      await custom.createNamespacedCustomObject({ ...place, body });
    } catch (error) {
      return String(objectIn(JSON.parse((error as { body: string }).body)).message);
    }
  }
  return undefined;
}

/** The lines of the Weights pane, without the large digits that 120x40 has, but for the verdict where samples are taken. */
function weightsPane(state: AppState): readonly string[] {
  const store = createAppStore(state.now, state.ui);
  store.setState({ ...state, ui: { ...state.ui, columns: 120, rows: 39, overlay: { kind: 'none' } } }, true);
  const text = renderToString(
    <SessionProvider session={{ store, dispatch: () => undefined }}>
      <App />
    </SessionProvider>,
    { columns: 120 },
  );
  const lines = text.split('\n');
  const first = lines.findIndex(line => /^╭[─▸]3 /.test(line));
  const pane = lines.slice(
    first,
    lines.findIndex((line, at) => at > first && line.startsWith('╰')),
  );
  const [title = '', ...rest] = pane.map(line => line.replace(/^[│╭]|[│╮]\s*$|─+╮?\s*$/g, '').trimEnd());
  // The heading is the same for all, and what is observed has tests of its own.
  const rows = rest
    .filter(line => !line.startsWith('  version '))
    .map(line => line.replace(/ +[━╌┃◆]+$/, ''));
  const isSampled = state.traffic.sampling.kind === 'sampling';
  return [title.replace(/^[─▸]3 /, ''), ...rows.slice(0, isSampled ? -1 : undefined)].filter(
    line => line.trim() !== '',
  );
}

const isSettled = ({ target, traffic, cluster }: AppState) =>
  cluster.virtualServices.freshness.kind === 'live' &&
  (target.kind === 'none' ||
    (target.kind === 'chosen' &&
      arePodsKnown(cluster) &&
      !['waiting', 'finding-gateway'].includes(traffic.sampling.kind)));

const arePodsKnown = ({ pods, services, destinationRules }: AppState['cluster']) =>
  [pods, services, destinationRules].every(({ freshness }) => freshness.kind === 'live');

/** Waits until what was asked for is stored, and says yes to what is asked before. */
async function stored(session: DemoSession): Promise<readonly string[]> {
  const { overlay } = session.store.getState().ui;
  if (overlay.kind === 'confirm') session.press({ kind: 'move-choice', by: 1 }, { kind: 'accept' });
  await session.idle();
  return overlay.kind === 'confirm' ? [`asks    ${overlay.question}`] : [];
}

function operationWords(operation: PatchOperation): string {
  if (operation.op === 'test') return `test ${operation.path}`;
  return operation.op === 'add' ? `add ${operation.path} ${operation.value}` : `remove ${operation.path}`;
}

/** An object with the weights at `path` taken out, and with what the server writes by itself. */
function withoutWeights(object: KubeObject, path: string): JsonObject {
  const { resourceVersion: _v, generation: _g, managedFields: _m, ...metadata } = objectIn(object.metadata);
  const [, , protocol = '', index] = path.split('/');
  const spec = objectIn(object.spec);
  const routes = listIn(spec[protocol]).map((item, at) => {
    const route = objectIn(item);
    const entries = listIn(route.route).map(entry => {
      const { weight: _w, ...rest } = objectIn(entry);
      return rest;
    });
    return at === Number(index) ? { ...route, route: entries } : route;
  });
  return { metadata, spec: { ...spec, [protocol]: routes } };
}

/** Opens a situation as a person would, presses → and u, and tells what the screen says and what is sent. */
async function tell(demo: DemoCluster, name: string): Promise<string> {
  const { title, objects, open, take } = readSituation(name);
  const heading = `${name}: ${title}`;
  const refused = await create(demo, objects);
  if (refused !== undefined) return [heading, `  the API refuses it: ${refused}`, ''].join('\n');
  const sent: PatchOperation[] = [];
  const session = await startDemoSession({
    demo,
    wanted: open,
    onPatch: operations => sent.push(...operations),
    prepare: state => ({ ...state, traffic: { ...state.traffic, isPaused: true } }),
  });
  try {
    const begun = await session.until(state => isSettled(state) || state.target.kind === 'choosing');
    if (begun.target.kind === 'choosing') {
      for (let at = 1; at < take; at += 1) session.press({ kind: 'move-choice', by: 1 });
      session.press({ kind: 'accept' });
    }
    const state = await session.until(isSettled);
    const lines = [heading, ...weightsPane(state).map(line => `  ${line}`)];
    const { applied } = state.weights;
    if (!applied) {
      session.press({ kind: 'shift', points: 10 });
      expect(sent).toEqual([]);
      return [...lines, '  nothing is sent', ''].join('\n');
    }
    const path = routePath(applied.route);
    const get = async (): Promise<KubeObject> => {
      const read = await session.other.get(
        virtualServices,
        applied.virtualService.name,
        AbortSignal.timeout(9_000),
      );
      if (!read.ok) throw new Error(read.error.headline);
      return read.value;
    };
    const before = await get();
    session.press({ kind: 'shift', points: 10 });
    const asked = await stored(session);
    const shifted: RawWeights = session.store.getState().weights.applied?.weights ?? [];
    expect(isSplit(shifted) && shifted.every(Number.isInteger), `${name} sums to 100`).toBe(true);
    expect(withoutWeights(await get(), path), `${name} but for its weights`).toEqual(
      withoutWeights(before, path),
    );
    const shift = sent.splice(0).map(operationWords);
    session.press({ kind: 'undo' });
    const askedAgain = await stored(session);
    expect((await get()).spec, `${name} after undo`).toEqual(before.spec);
    const undo = sent.map(operationWords).slice(1);
    const keys = [...asked, `→       ${shift.join('  ')}`, ...askedAgain, `u       ${undo.join('  ')}`];
    return [...lines, ...keys.map(line => `  ${line}`), ''].join('\n');
  } finally {
    await session.stop();
    const { custom } = clientsOf(demo);
    for (const { metadata } of objects) {
      await custom.deleteNamespacedCustomObject(istioObject('virtualservices', String(metadata.name)));
    }
  }
}

it('says of each odd VirtualService what it is, and sends nothing but its weights', {
  timeout: 180_000,
}, async () => {
  expect(names.length).toBeGreaterThanOrEqual(30);
  const told = new Map<string, string>();
  const waiting = names.toReversed();
  const tellOn = async (demo: DemoCluster) => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop())
      told.set(name, await tell(demo, name));
  };
  await Promise.all(demos.map(tellOn));
  await expect(names.map(name => told.get(name)).join('\n')).toMatchFileSnapshot(
    join(folder, '..', 'odd-virtual-services.txt'),
  );
});

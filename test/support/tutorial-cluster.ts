import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import {
  type AuditEntry,
  type DemoCluster,
  type DemoOptions,
  startDemoCluster,
} from '../../src/demo/demo-cluster.ts';
import type { ClusterApi } from '../../src/kube/cluster-api.ts';
import type { Json } from '../../src/kube/json.ts';
import { isKubeObject, type KubeObject } from '../../src/kube/metadata.ts';
import { patientApi } from '../../src/kube/patient-api.ts';
import { readTutorial } from '../../src/session/read-tutorial.ts';
import { initialState } from '../../src/session/state.ts';
import { tutorialLook } from '../../src/session/tutorial-look.ts';
import type { TutorialEnd, TutorialParts } from '../../src/session/tutorial-parts.ts';
import { runCleanUp, runOffer, runThrough } from '../../src/session/tutorial-run.ts';
import type { Facts } from '../../src/tutorial/facts.ts';
import {
  collectionFor,
  type Manifests,
  objectFor,
  type TutorialObject,
} from '../../src/tutorial/manifests.ts';
import { readManifests } from '../../src/tutorial/read-manifests.ts';
import type { Offer, RUN_TO, Step, StepId } from '../../src/tutorial/step.ts';
import { type Tutorial, tutorialOf } from '../../src/tutorial/tutorial.ts';
import { connectTo, manifestsFolder } from './demo-session.ts';

export const manifests: Manifests = await readManifests(manifestsFolder);

/** The object of a file of the manifests. */
export function manifestOf(kind: string, name: string, from = manifests.objects): TutorialObject {
  const found = from.find(one => one.kind === kind && one.name === name);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found;
}

/** A tutorial on a demo cluster of its own, where nothing is deployed unless a scenario says otherwise. */
export type TutorialCluster = {
  readonly demo: DemoCluster;
  /** The client of the tutorial. */
  readonly api: ClusterApi;
  readonly facts: () => Promise<Facts>;
  readonly tutorial: () => Promise<Tutorial>;
  readonly step: (id: StepId) => Promise<Step>;
  readonly runThrough: (step: (typeof RUN_TO)[number]) => Promise<TutorialEnd>;
  readonly runOffer: (id: Offer['id']) => Promise<TutorialEnd>;
  readonly cleanUp: () => Promise<TutorialEnd>;
  /** Every line of progress so far. */
  readonly told: readonly string[];
  /** Requests so far that changed something, as `PATCH deployments/myapp-v1`. */
  readonly writes: () => readonly string[];
  /** Applies objects as kubectl does: as another manager, in namespace default where they name none. */
  readonly applyAsKubectl: (...objects: readonly KubeObject[]) => Promise<void>;
  readonly get: (object: TutorialObject) => Promise<KubeObject | undefined>;
};

const never = new AbortController().signal;

/** @param whenFinished a concurrent test brings its own. */
export async function startTutorialCluster(
  options: Partial<DemoOptions> = {},
  whenFinished: typeof onTestFinished = onTestFinished,
): Promise<TutorialCluster> {
  const audit: AuditEntry[] = [];
  const demo = await startDemoCluster({
    manifestsFolder,
    scenario: 'empty',
    seed: 7,
    audit: entry => audit.push(entry),
    ...options,
  });
  const client = await connectTo(demo);
  whenFinished(async () => {
    await client.close();
    await demo.stop();
  });
  const api = patientApi(client.api, systemClock);
  const subject = {
    context: client.context,
    kubeconfig: '',
    namespace: 'default',
    istioNamespace: 'istio-system',
    isDemo: true,
    isProtected: false,
  };
  const facts = async (): Promise<Facts> => ({
    machine: undefined,
    cluster: await readTutorial(api, subject, manifests, never),
    manifests,
  });
  const told: string[] = [];
  const state = initialState(0, { columns: 80, rows: 24, isUnicode: true });
  const parts: TutorialParts = {
    clock: systemClock,
    facts,
    reach: () => ({ api, look: tutorialLook({ api, clock: systemClock, manifests, state, signal: never }) }),
    machine: undefined,
    report: event => {
      if (event.kind === 'lines') told.push(...event.lines.map(({ text }) => text));
    },
    rolloutMs: 20_000,
    signal: never,
  };
  const tutorial = async () => tutorialOf(await facts());
  const get = async (object: TutorialObject) => {
    const read = await api.get(collectionFor(object, 'default', 'v1'), object.name, never);
    return read.ok ? read.value : undefined;
  };
  return {
    demo,
    api,
    facts,
    tutorial,
    step: async id => {
      const found = (await tutorial()).steps.find(step => step.id === id);
      if (!found) throw new Error(`no step ${id}`);
      return found;
    },
    runThrough: step => runThrough(step, parts),
    runOffer: id => runOffer(id, parts),
    cleanUp: () => runCleanUp(parts),
    told,
    writes: () => writesIn(audit),
    applyAsKubectl: (...objects) => createAll(demo, objects),
    get,
  };
}

function writesIn(audit: readonly AuditEntry[]): readonly string[] {
  return audit
    .filter(({ method, path }) => method !== 'GET' && !path.startsWith('/apis/authorization.k8s.io/'))
    .map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`);
}

/** By the plain API, as a client of another name: server-side apply with the field manager of kubectl. */
async function createAll(demo: DemoCluster, objects: readonly KubeObject[]): Promise<void> {
  for (const object of objects) await asOther(demo, object);
}

async function asOther(demo: DemoCluster, object: KubeObject): Promise<void> {
  const { request, Agent } = await import('undici');
  const { load } = await import('js-yaml');
  const kubeconfig = load(demo.kubeconfig) as { users: { user: { token: string } }[] };
  const token = kubeconfig.users[0]?.user.token;
  const wanted = { file: '', kind: object.kind, name: object.metadata.name, object } as TutorialObject;
  const namespace = typeof object.metadata.namespace === 'string' ? object.metadata.namespace : 'default';
  const collection = collectionFor(wanted, namespace, 'v1');
  const { group, version, plural } = collection;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const url = `${demo.apiUrl}${root}/namespaces/${namespace}/${plural}/${object.metadata.name}?fieldManager=kubectl&force=true`;
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const { statusCode, body } = await request(url, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify(objectFor(object, collection)),
    dispatcher,
  });
  const text = await body.text();
  await dispatcher.close();
  if (statusCode >= 300) throw new Error(text);
}

/** A copy of an object with another value at a path of members and indexes. */
export function withValue(object: KubeObject, path: readonly (string | number)[], value: Json): KubeObject {
  const copy = structuredClone(object) as Record<string | number, unknown>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>;
  at[path.at(-1) ?? ''] = value;
  if (!isKubeObject(copy as Json)) throw new Error('no object any more');
  return copy as KubeObject;
}

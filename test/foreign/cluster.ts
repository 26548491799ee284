import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump, load } from 'js-yaml';
import { type Api, accepted, connectTo } from '../contract/api.ts';
import { pathsIn } from '../contract/paths.ts';
import { readKubeconfig } from '../contract/server.ts';
import { DemoProcess } from '../terminal/demo-process.ts';
import { PROJECT } from '../terminal/program.ts';
import type { Env } from './processes.ts';

export const MANIFESTS = join(PROJECT, 'manifests');

/** A cluster that foreign clients reach by a kubeconfig file. */
export type Cluster = {
  readonly kubeconfig: string;
  /** Where the clients work: that of the kubeconfig's context. */
  readonly namespace: string;
  /** For scratch files; it goes with the cluster. */
  readonly folder: string;
  /** What every client gets: its home is the folder, so that no setting and no cache of the person counts. */
  readonly env: Env;
  readonly stop: () => Promise<void>;
};

function emptyPlace() {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-foreign-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const env = { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder, KUBECONFIG: kubeconfig };
  return { folder, kubeconfig, env };
}

/** `weighbridge demo --serve`, the built program, as a process of its own. */
export async function startDemo(...flags: readonly string[]): Promise<Cluster> {
  const { folder, kubeconfig, env } = emptyPlace();
  const home = join(folder, 'demo');
  mkdirSync(home);
  const ofDemo = { PATH: env.PATH ?? '', HOME: home, TMPDIR: home };
  const demo = await DemoProcess.start(ofDemo, ['--kubeconfig', kubeconfig, ...flags]);
  // A process that ends early takes its demo with it.
  const endDemo = () => demo.signal('SIGTERM');
  process.once('exit', endDemo);
  const stop = async () => {
    process.off('exit', endDemo);
    await demo.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, kubeconfig, namespace: 'default', env, stop };
}

/** A cluster that runs already, by its kubeconfig. */
function useCluster(original: string): Cluster {
  const { folder, kubeconfig, env } = emptyPlace();
  writeFileSync(kubeconfig, readFileSync(original));
  const stop = async () => rmSync(folder, { recursive: true, force: true });
  return { folder, kubeconfig, namespace: 'default', env, stop };
}

type Manifest = { readonly kind: string; readonly metadata: { readonly name: string } };

const PLURALS = {
  Deployment: 'deployments',
  Service: 'services',
  DestinationRule: 'destinationRules',
  VirtualService: 'virtualServices',
} as const;

/** The tutorial's objects, but for its Gateway: it would be a second one on the same port. */
function readTutorial() {
  return readdirSync(MANIFESTS)
    .filter(file => file.endsWith('.yaml') && !file.includes('gateway'))
    .sort()
    .map(file => load(readFileSync(join(MANIFESTS, file), 'utf8')) as Manifest);
}

async function putTutorial(api: Api, namespace: string): Promise<void> {
  for (const object of readTutorial()) {
    const path = pathsIn(namespace)[PLURALS[object.kind as keyof typeof PLURALS]];
    accepted(await api.post(path, object));
  }
  await untilAvailable(api, namespace, ['myapp-v1', 'myapp-v2']);
}

async function untilAvailable(api: Api, namespace: string, names: readonly string[]): Promise<void> {
  const watch = await api.watch(pathsIn(namespace).deployments);
  const isAvailable = (name: string) =>
    watch.events.findLast(({ object }) => object.metadata.name === name)?.object.status.availableReplicas ===
    1;
  for (let count = 1; !names.every(isAvailable); count++) await watch.first(count);
  watch.close();
}

type Contexts = { readonly contexts: readonly { readonly name: string; readonly context: object }[] };

/** The kubeconfig with every context in the clients' namespace. */
function inNamespace(kubeconfig: string, namespace: string): string {
  const config = load(kubeconfig) as Contexts;
  const contexts = config.contexts.map(({ name, context }) => ({
    name,
    context: { ...context, namespace },
  }));
  return dump({ ...config, contexts });
}

/**
 * A demo, unless `real` names the kubeconfig of another cluster: with the tutorial's application ready in a namespace
 * that the kubeconfig points to and that ends with it.
 */
export async function startWithTutorial(real: string | undefined): Promise<Cluster> {
  const cluster = real ? useCluster(real) : await startDemo();
  const original = readFileSync(cluster.kubeconfig, 'utf8');
  const api = connectTo(readKubeconfig(original, dirname(real ?? cluster.kubeconfig)));
  const created = await api.post('/api/v1/namespaces', {
    metadata: { generateName: 'weighbridge-foreign-' },
  });
  const namespace = accepted(created).metadata.name;
  const stop = async () => {
    await api.delete(`/api/v1/namespaces/${namespace}`);
    await api.close();
    await cluster.stop();
  };
  try {
    await putTutorial(api, namespace);
    writeFileSync(cluster.kubeconfig, inNamespace(original, namespace));
    return { ...cluster, namespace, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { KubeConfig, Watch } from '@kubernetes/client-node';
import { Pool } from 'undici';
import { startDemoCluster } from '../src/demo/demo-cluster.ts';
import { DemoProcess } from '../test/terminal/demo-process.ts';
import { type EmptyPlace, PROJECT } from '../test/terminal/program.ts';
import { costOf } from './process-cost.ts';
import type { Result } from './result.ts';

const RUNS = 10;
const BOOT_BUDGET_MS = 300;

const IDLE_SLICES = 5;
const IDLE_SLICE_MS = 4_000;
const SETTLE_MS = 3_000;
const IDLE_BUDGET_PERCENT = 0.5;

const BATCHES = 10;
const BATCH_REQUESTS = 1_000;
const CONNECTIONS = 32;
/** 5,000 requests a second. */
const BATCH_BUDGET_MS = 200;

const CROWD = 10_000;
const LISTS = 5;
const LIST_BUDGET_MS = 300;

const NETWORKING = '/apis/networking.istio.io/v1/namespaces/default';

/** What the screen watches. */
const WATCHED = [
  '/api/v1/nodes',
  '/api/v1/namespaces/default/pods',
  '/api/v1/namespaces/default/services',
  '/api/v1/namespaces/istio-system/pods',
  '/apis/apps/v1/namespaces/default/deployments',
  '/apis/apps/v1/namespaces/istio-system/deployments',
  `${NETWORKING}/virtualservices`,
  `${NETWORKING}/destinationrules`,
  `${NETWORKING}/gateways`,
];

/** What the demo cluster costs: its boot, its rest, its traffic and its lists. */
export async function measureDemoCluster(place: EmptyPlace): Promise<readonly Result[]> {
  return [
    ...(await measureBoot(place)),
    ...(await withDemo(place, [], measureIdle)),
    ...(await withDemo(place, [], measureGateway)),
    ...(await withDemo(place, ['--scenario', 'crowded', '--pods', String(CROWD)], measureLists)),
  ];
}

async function withDemo(
  { env }: EmptyPlace,
  args: readonly string[],
  measure: (demo: DemoProcess) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const demo = await DemoProcess.start(env, args);
  try {
    return await measure(demo);
  } finally {
    await demo.stop();
  }
}

async function measureBoot({ env }: EmptyPlace): Promise<readonly Result[]> {
  const inProcess: number[] = [];
  while (inProcess.length < RUNS) {
    const startMs = performance.now();
    const cluster = await startDemoCluster({ manifestsFolder: join(PROJECT, 'manifests') });
    inProcess.push(performance.now() - startMs);
    await cluster.stop();
  }
  const values: number[] = [];
  for (let round = 0; round <= RUNS; round += 1) {
    const startMs = performance.now();
    const demo = await DemoProcess.start(env);
    // The first run fills the compile cache.
    if (round > 0) values.push(performance.now() - startMs);
    await demo.stop();
  }
  return [
    {
      what: 'demo cluster: boot to ready',
      unit: 'ms',
      values: inProcess,
      budget: BOOT_BUDGET_MS,
      comparators: [],
    },
    { what: 'demo cluster: process start to ready', unit: 'ms', values, comparators: [] },
  ];
}

async function measureIdle({ pid, served }: DemoProcess): Promise<readonly Result[]> {
  const config = new KubeConfig();
  config.loadFromFile(served.kubeconfig);
  const query = { allowWatchBookmarks: true, timeoutSeconds: 290 };
  const ignore = () => {};
  const watches = await Promise.all(
    WATCHED.map(path => new Watch(config).watch(path, query, ignore, ignore)),
  );
  await setTimeout(SETTLE_MS);
  const values: number[] = [];
  while (values.length < IDLE_SLICES) {
    const { cpuMs } = costOf(pid);
    const startMs = performance.now();
    await setTimeout(IDLE_SLICE_MS);
    values.push(((costOf(pid).cpuMs - cpuMs) / (performance.now() - startMs)) * 100);
  }
  for (const watch of watches) watch.abort();
  return [
    {
      what: `demo cluster: CPU, idle with ${WATCHED.length} watches`,
      unit: '% of a core',
      values,
      budget: IDLE_BUDGET_PERCENT,
      comparators: [],
    },
  ];
}

async function measureGateway({ served }: DemoProcess): Promise<readonly Result[]> {
  const gateway = new Pool(served.gateway, { connections: CONNECTIONS });
  const ask = async () => {
    const { statusCode, body } = await gateway.request({ path: '/', method: 'GET' });
    await body.dump();
    return statusCode;
  };
  // By then both versions answer, and what is asked often is compiled.
  await setTimeout(SETTLE_MS);
  for (let batch = 0; batch < BATCHES; batch += 1) await inBatch(ask);
  const values: number[] = [];
  while (values.length < BATCHES) values.push(await inBatch(ask));
  await gateway.close();
  return [
    {
      what: `demo cluster: ${BATCH_REQUESTS} requests at the gateway, ${CONNECTIONS} at a time`,
      unit: 'ms',
      values,
      budget: BATCH_BUDGET_MS,
      comparators: [],
    },
  ];
}

async function inBatch(ask: () => Promise<number>): Promise<number> {
  const startMs = performance.now();
  const codes = await Promise.all(Array.from({ length: BATCH_REQUESTS }, ask));
  const elapsedMs = performance.now() - startMs;
  if (codes.some(code => code !== 200)) throw new Error('the gateway did not answer every request with 200');
  return elapsedMs;
}

async function measureLists({ served }: DemoProcess): Promise<readonly Result[]> {
  const config = new KubeConfig();
  config.loadFromFile(served.kubeconfig);
  const { server = '' } = config.getCurrentCluster() ?? {};
  const ca = Buffer.from(config.getCurrentCluster()?.caData ?? '', 'base64');
  const headers = { authorization: `Bearer ${config.getCurrentUser()?.token}` };
  const api = new Pool(server, { connect: { ca } });
  await setTimeout(SETTLE_MS);
  const values: number[] = [];
  while (values.length < LISTS) {
    const startMs = performance.now();
    const { body } = await api.request({ path: '/api/v1/namespaces/default/pods', method: 'GET', headers });
    await body.dump({ limit: Number.MAX_SAFE_INTEGER });
    values.push(performance.now() - startMs);
  }
  await api.close();
  return [
    {
      what: `demo cluster: list of ${CROWD} pods, to its last byte`,
      unit: 'ms',
      values,
      budget: LIST_BUDGET_MS,
      comparators: [],
    },
  ];
}

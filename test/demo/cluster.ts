import { fileURLToPath } from 'node:url';
import {
  ApiException,
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import { Agent, fetch } from 'undici';
import { it as base } from 'vitest';
import { type DemoCluster, type DemoOptions, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { eventually } from '../support/eventually.ts';

export const MANIFESTS = fileURLToPath(new URL('../../manifests', import.meta.url));

type Clusters = {
  /** Starts one more cluster, which ends with the test. */
  readonly startCluster: (options?: Partial<DemoOptions>) => Promise<DemoCluster>;
  /** A cluster that has just booted. */
  readonly demo: DemoCluster;
  /** A cluster in which both versions of the tutorial's application answer. */
  readonly readyDemo: DemoCluster;
};

/** A test that gets its clusters ready-made. Each has its own, so tests can run side by side. */
export const it = base.extend<Clusters>({
  startCluster: async ({ task: _task }, use) => {
    const started: DemoCluster[] = [];
    await use(async options => {
      const demo = await startDemoCluster({ manifestsFolder: MANIFESTS, ...options });
      started.push(demo);
      return demo;
    });
    await Promise.all(started.map(demo => demo.stop()));
  },
  demo: async ({ startCluster }, use) => {
    await use(await startCluster());
  },
  readyDemo: async ({ demo }, use) => {
    await untilReady(demo);
    await use(demo);
  },
});

export function kubeConfigOf(demo: DemoCluster): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(demo.kubeconfig);
  return config;
}

/** client-node's own clients for the cluster. */
export function clientsOf(demo: DemoCluster) {
  const config = kubeConfigOf(demo);
  return {
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    custom: config.makeApiClient(CustomObjectsApi),
    authorization: config.makeApiClient(AuthorizationV1Api),
    watch: new Watch(config),
  };
}

const NETWORKING = { group: 'networking.istio.io', version: 'v1', namespace: 'default' };

/** The path of an Istio object, as client-node wants it. */
export function istioObject(plural: string, name: string) {
  return { ...NETWORKING, plural, name };
}

export const VIRTUAL_SERVICE = istioObject('virtualservices', 'myapp');

/** Sets the two weights of the tutorial's route, as `manager`. */
export function patchWeights(demo: DemoCluster, weights: readonly [unknown, unknown], manager = 'test') {
  const body = weights.map((value, index) => ({
    op: 'add',
    path: `/spec/http/0/route/${index}/weight`,
    value,
  }));
  return clientsOf(demo).custom.patchNamespacedCustomObject({
    ...VIRTUAL_SERVICE,
    body,
    fieldManager: manager,
  });
}

export const MERGE_PATCH = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

type ApiAnswer = { readonly code: number; readonly headers: Headers; readonly body: unknown };

/** One raw request to the API, for what client-node would hide. */
export async function requestApi(
  demo: DemoCluster,
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string; token?: string } = {},
): Promise<ApiAnswer> {
  const cluster = kubeConfigOf(demo).getCurrentCluster();
  const user = kubeConfigOf(demo).getCurrentUser();
  const ca = Buffer.from(cluster?.caData ?? '', 'base64');
  const dispatcher = new Agent({ connect: { ca } });
  try {
    const response = await fetch(demo.apiUrl + path, {
      method: init.method ?? 'GET',
      headers: { authorization: `Bearer ${init.token ?? user?.token ?? ''}`, ...init.headers },
      ...(init.body === undefined ? {} : { body: init.body }),
      dispatcher,
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return {
      code: response.status,
      headers: new Headers(response.headers),
      body: isJson ? JSON.parse(text) : text,
    };
  } finally {
    await dispatcher.close();
  }
}

export type Answer = {
  readonly code: number;
  readonly headers: Record<string, string>;
  readonly body: string;
};

/** One request through the gateway. */
export async function ask(
  demo: DemoCluster,
  path = '/',
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const response = await fetch(demo.gatewayUrl + path, { redirect: 'manual', ...init });
  return {
    code: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

/** Which version a page is of. */
export function versionIn(body: string): string {
  return /Application version (v\d)/.exec(body)?.[1] ?? `no version: ${body}`;
}

/** The versions that `count` requests one after the other were answered by. */
export async function versionsOf(demo: DemoCluster, count: number): Promise<readonly string[]> {
  const versions: string[] = [];
  for (let index = 0; index < count; index++) versions.push(versionIn((await ask(demo)).body));
  return versions;
}

/**
 * Waits until the call fails, and yields its error. vitest's own `rejects` cannot be tried again: where tests run side by
 * side, a try that failed is held against whichever of them ends next.
 */
export function eventualFailure(call: () => Promise<unknown>): Promise<unknown> {
  return eventually(async () => {
    const [outcome] = await Promise.allSettled([call()]);
    if (outcome?.status !== 'rejected') throw new Error('the call still succeeds');
    return outcome.reason;
  });
}

/** Waits until both versions of the tutorial's application answer. */
export async function untilReady(demo: DemoCluster): Promise<void> {
  await eventually(async () => {
    const versions = new Set(await versionsOf(demo, 8));
    if (!versions.has('v1') || !versions.has('v2'))
      throw new Error(`only ${[...versions].join(', ')} answered`);
  });
}

type WatchEvent = {
  readonly type: string;
  readonly object: {
    readonly metadata: {
      readonly name?: string;
      readonly resourceVersion?: string;
      readonly labels?: Record<string, string>;
    };
    readonly code?: number;
    readonly reason?: string;
  };
};

/** A watch of client-node's, whose events are kept. It ends with the cluster. */
export async function recordWatch(
  demo: DemoCluster,
  path: string,
  query: Record<string, string | number | boolean> = {},
) {
  const events: WatchEvent[] = [];
  const ended = Promise.withResolvers<unknown>();
  await clientsOf(demo).watch.watch(
    path,
    query,
    (type, object) => events.push({ type, object }),
    error => ended.resolve(error),
  );
  return { events, ended: ended.promise };
}

/** The Status with which the API refused; a test that gets none fails. */
export async function refusalOf(request: Promise<unknown>): Promise<unknown> {
  const error = await request.then(
    () => new Error('not refused'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiException)) throw error;
  return JSON.parse(String(error.body));
}

/** A Status as the API writes it. */
export function failure(code: number, reason: string, message: string, details?: object) {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  return details ? { ...status, details } : status;
}

/** The details that name the tutorial's VirtualService. */
export const NAMED = { name: 'myapp', group: 'networking.istio.io', kind: 'virtualservices' };

/** The weights of the tutorial's route, as the API has them. */
export async function weightsIn(demo: DemoCluster): Promise<unknown> {
  const object = await clientsOf(demo).custom.getNamespacedCustomObject(VIRTUAL_SERVICE);
  return object.spec.http[0].route.map((destination: { weight?: number }) => destination.weight);
}

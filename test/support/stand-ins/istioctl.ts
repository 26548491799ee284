// Behaves as istioctl 1.30.3 does: installs what a demo cluster needs to be one with Istio, by the plain API. Run as a program.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { load } from 'js-yaml';
import { hang } from './hang.ts';
import { CUSTOM_RESOURCE_PATHS, gateways, ISTIOD, type Posted, STAND_IN_RELEASE } from './istio-objects.ts';

/** How it departs from success; in `istioctl.json` of its folder, and empty where that is absent. */
export type IstioctlBehaviour = {
  /** Goes no further than that, with a child of its own, deaf to SIGTERM. */
  readonly hangsAfter?: 'istiod';
  /** A tag that nobody can pull, in the place of its own; it gives up as soon as a pod says so, where the real one waits for minutes. */
  readonly imageTag?: string;
  /** What istiod asks for, more than the node has; it gives up as soon as a pod says so. */
  readonly memory?: string;
  readonly gatewayType?: 'LoadBalancer';
};

type Kubeconfig = {
  readonly 'current-context': string;
  readonly clusters: readonly {
    name: string;
    cluster: { server: string; 'certificate-authority-data': string };
  }[];
  readonly users: readonly { name: string; user: { token: string } }[];
};

const folder = process.env.STAND_IN_FOLDER ?? '';
const settings = join(folder, 'istioctl.json');
const behaviour: IstioctlBehaviour = existsSync(settings) ? JSON.parse(readFileSync(settings, 'utf8')) : {};
const args = process.argv.slice(2);
appendFileSync(join(folder, 'calls'), `istioctl ${args.join(' ')}\n`);
await install();

function flag(name: string): string | undefined {
  return args.find(arg => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

async function install(): Promise<void> {
  const file = flag('kubeconfig') ?? process.env.KUBECONFIG ?? '';
  const config = load(readFileSync(file, 'utf8')) as Kubeconfig;
  const context = flag('context') ?? config['current-context'];
  const cluster = config.clusters.find(({ name }) => name === context)?.cluster;
  const token = config.users.find(({ name }) => name === context)?.user.token ?? '';
  if (!cluster) return fail(`Error: context "${context}" does not exist`);
  const ask = (method: string, path: string, body?: object) => send(cluster, token, method, path, body);
  console.log('This will install the Istio 1.30.3 profile "demo" into the cluster...');
  for (const posted of ISTIOD) await post(ask, posted);
  while (!(await allServed(ask))) await wait(20);
  await ready(ask, 'istiod', 'Istiod');
  if (behaviour.hangsAfter === 'istiod') await hang(folder);
  for (const posted of gateways(behaviour.gatewayType ?? 'NodePort', await freeNodePort()))
    await post(ask, posted);
  await ready(ask, 'istio-egressgateway', 'Egress gateways');
  await ready(ask, 'istio-ingressgateway', 'Ingress gateways');
  console.log('✔ Installation complete');
}

type Ask = (
  method: string,
  path: string,
  body?: object,
) => Promise<{ readonly code: number; readonly text: string }>;

async function post(ask: Ask, { path, object }: Posted): Promise<void> {
  const { code, text } = await ask('POST', path, changed(object));
  if (code >= 300 && code !== 409) fail(`Error: failed to install manifests: ${JSON.parse(text).message}`);
}

function changed(object: object): object {
  const { imageTag, memory } = behaviour;
  let text = JSON.stringify(object);
  if (imageTag !== undefined) {
    text = text.replaceAll(`:${STAND_IN_RELEASE}`, `:${imageTag}`).replaceAll('/istio/', '/nobody/');
  }
  if (memory !== undefined) {
    text = text.replace('"name":"discovery"', `$&,"resources":{"requests":{"memory":"${memory}"}}`);
  }
  return JSON.parse(text);
}

async function allServed(ask: Ask): Promise<boolean> {
  const answers = await Promise.all(CUSTOM_RESOURCE_PATHS.map(path => ask('GET', path)));
  return answers.every(({ code }) => code === 200);
}

async function ready(ask: Ask, name: string, words: string): Promise<void> {
  console.log(`- Processing resources for ${words}.`);
  for (;;) {
    const { text } = await ask('GET', `/apis/apps/v1/namespaces/istio-system/deployments/${name}`);
    if ((JSON.parse(text).status?.availableReplicas ?? 0) > 0) break;
    if (await isHopeless(ask)) {
      return fail(
        `Error: failed to install manifests: errors occurred during operation: resource not ready after 5m0s: context deadline exceeded\nDeployment/istio-system/${name} (containers with unready status: [discovery])`,
      );
    }
    await wait(50);
  }
  console.log(`✔ ${words} installed`);
}

async function isHopeless(ask: Ask): Promise<boolean> {
  const { text } = await ask('GET', '/api/v1/namespaces/istio-system/pods');
  return /"reason":"(ErrImagePull|ImagePullBackOff|Unschedulable)"/.test(text);
}

function fail(words: string): never {
  console.error(words);
  process.exit(1);
}

/** Of the range that Kubernetes gives, and free on this computer, where every demo cluster has its ports. */
async function freeNodePort(): Promise<number> {
  for (;;) {
    const port = 30_000 + Math.floor(Math.random() * 2_768);
    const server = createServer();
    const isFree = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise<void>(resolve => (isFree ? server.close(() => resolve()) : resolve()));
    if (isFree) return port;
  }
}

function send(
  {
    server,
    'certificate-authority-data': ca,
  }: { readonly server: string; readonly 'certificate-authority-data': string },
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'user-agent': 'istioctl/1.30.3',
    };
    const sent = request(`${server}${path}`, { method, headers, ca: Buffer.from(ca, 'base64') }, answer => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve({ code: answer.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { type DeniedAccess, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { type Api, type Credentials, connectTo } from './api.ts';

const MANIFESTS = fileURLToPath(new URL('../../manifests', import.meta.url));

/** The API server that the contract is held against, and the few things that cannot be asked of every one by HTTP. */
export type Server = {
  readonly api: Api;
  /** The same API, with a token that it never gave out. */
  readonly withWrongToken: Api;
  /** The same API, with no credentials at all. */
  readonly withoutCredentials: Api;
  /** Somebody who may not do that, and the name by which the API calls them. */
  readonly forbid: (access: DeniedAccess) => { readonly api: Api; readonly user: string };
  /** Sees to it that revision 1 is forgotten. */
  readonly forgetPast: () => void;
  readonly stop: () => Promise<void>;
};

type Kubeconfig = {
  readonly 'current-context': string;
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[];
  readonly clusters: readonly { name: string; cluster: Record<string, string> }[];
  readonly users: readonly { name: string; user: Record<string, string> }[];
};

/** Credentials of the current context. Certificates may stand in it or in files beside it; plugins are not run. */
export function readKubeconfig(text: string, folder: string): Credentials {
  const config = load(text) as Kubeconfig;
  const context = config.contexts.find(({ name }) => name === config['current-context'])?.context;
  const cluster = config.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = config.users.find(({ name }) => name === context?.user)?.user;
  const url = cluster?.server;
  if (!cluster || !user || !url)
    throw new Error('the kubeconfig has no current context with a server and a user');
  const pem = (from: Record<string, string>, key: string) => {
    const data = from[`${key}-data`];
    if (data !== undefined) return Buffer.from(data, 'base64').toString();
    const file = from[key];
    return file === undefined ? undefined : readFileSync(resolve(folder, file), 'utf8');
  };
  return {
    url,
    ca: pem(cluster, 'certificate-authority'),
    cert: pem(user, 'client-certificate'),
    key: pem(user, 'client-key'),
    token: user.token,
  };
}

function withoutUser({ url, ca }: Credentials): Credentials {
  return { url, ca };
}

async function startDemo(): Promise<Server> {
  const demo = await startDemoCluster({ manifestsFolder: MANIFESTS });
  const credentials = readKubeconfig(demo.kubeconfig, '.');
  const apis = apisOf(credentials);
  return {
    ...apis,
    forbid: access => {
      demo.deny(access);
      return { api: apis.api, user: demo.context };
    },
    forgetPast: demo.compact,
    stop: async () => {
      await closeAll(apis);
      await demo.stop();
    },
  };
}

/** Nobody has given this user a right, and the credentials of the kubeconfig must be allowed to act in its name. */
const STRANGER = 'weighbridge-contract';

/** Any API server that has run for a while. */
async function useReal(kubeconfig: string): Promise<Server> {
  const credentials = readKubeconfig(readFileSync(kubeconfig, 'utf8'), dirname(kubeconfig));
  const apis = apisOf(credentials);
  const stranger = connectTo({
    ...credentials,
    headers: { 'impersonate-user': STRANGER, 'impersonate-group': 'system:authenticated' },
  });
  return {
    ...apis,
    forbid: () => ({ api: stranger, user: STRANGER }),
    forgetPast: () => {},
    stop: () => closeAll({ ...apis, stranger }),
  };
}

function apisOf(credentials: Credentials) {
  return {
    api: connectTo(credentials),
    withWrongToken: connectTo({ ...withoutUser(credentials), token: 'wrong' }),
    withoutCredentials: connectTo(withoutUser(credentials)),
  };
}

async function closeAll(apis: Record<string, Api>): Promise<void> {
  await Promise.all(Object.values(apis).map(api => api.close()));
}

/** The demo cluster, unless `WEIGHBRIDGE_CONTRACT_KUBECONFIG` names the kubeconfig of another. */
export function startServer(): Promise<Server> {
  const kubeconfig = process.env.WEIGHBRIDGE_CONTRACT_KUBECONFIG;
  return kubeconfig ? useReal(kubeconfig) : startDemo();
}

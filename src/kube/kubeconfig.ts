import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Cluster, KubeConfig } from '@kubernetes/client-node';
import { load } from 'js-yaml';
import { plainText } from '../plain-text.ts';
import { ClusterConnections } from './cluster-connections.ts';
import { type ClusterError, failure, type Outcome } from './cluster-error.ts';
import { Credentials } from './credentials.ts';
import { type Json, listIn, objectIn, textIn } from './json.ts';
import { completeCluster, completeUser, type KubeconfigUser } from './kubeconfig-users.ts';
import { chooseProxy } from './proxy-choice.ts';

/** kubectl's flags that choose a cluster. */
export type ClusterFlags = {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
  /** Names of protected contexts, in which `*` stands for anything; absent for the usual ones. */
  readonly protectedContexts?: readonly string[] | undefined;
};

/**
 * The kubeconfig files that kubectl would read, first come first served: `--kubeconfig`, else the existing ones of
 * `KUBECONFIG`, else `~/.kube/config` where it exists. An empty list means that there is no kubeconfig at all.
 */
export function kubeconfigFiles(flags: ClusterFlags, env: NodeJS.ProcessEnv): readonly string[] {
  if (flags.kubeconfig) return [flags.kubeconfig];
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(file => file !== '');
  const files = listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
  return files.filter(file => existsSync(file) && !isEmptyFile(file));
}

/** Whether there is nothing in the file; what cannot be read at all is for `loadKubeconfig` to explain. */
function isEmptyFile(file: string): boolean {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .every(line => /^\s*(#.*|---\s*)?$/.test(line));
  } catch {
    return false;
  }
}

/** Where Kubernetes puts the credentials of a pod's service account. */
const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether this process runs in a pod with a service account. */
export function isInCluster(
  env: NodeJS.ProcessEnv,
  serviceAccountFolder: string = SERVICE_ACCOUNT_FOLDER,
): boolean {
  const hasServer = Boolean(env.KUBERNETES_SERVICE_HOST && env.KUBERNETES_SERVICE_PORT);
  return hasServer && existsSync(join(serviceAccountFolder, 'token'));
}

/** The cluster that this pod runs in, as its service account, in the namespace of the pod. */
function loadFromServiceAccount(config: KubeConfig, env: NodeJS.ProcessEnv, folder: string): void {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const server = `https://${isIP(host) === 6 ? `[${host}]` : host}:${env.KUBERNETES_SERVICE_PORT}`;
  const name = 'in-cluster';
  const user: KubeconfigUser = { name, tokenFile: join(folder, 'token') };
  const namespace = readIfThere(join(folder, 'namespace'));
  config.loadFromOptions({
    clusters: [{ name, server, caFile: join(folder, 'ca.crt'), skipTLSVerify: false }],
    users: [user],
    contexts: [{ name, cluster: name, user: name, ...(namespace ? { namespace } : {}) }],
    currentContext: name,
  });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/**
 * A KubeConfig whose requests to the current context's cluster share their connections: the client library makes new ones for
 * each call, and knows neither deadlines of plugins nor the proxies of the environment.
 */
export class SharedConnectionsConfig extends KubeConfig {
  readonly #env: NodeJS.ProcessEnv;
  #connections: ClusterConnections | undefined;

  constructor(env: NodeJS.ProcessEnv = {}) {
    super();
    this.#env = env;
  }

  /** The connections of the current context, which must have a cluster. */
  get connections(): ClusterConnections {
    this.#connections ??= this.#open();
    return this.#connections;
  }

  /** For the WebSockets of the client library. */
  override async applyToHTTPSOptions(
    options: Parameters<KubeConfig['applyToHTTPSOptions']>[0],
  ): Promise<void> {
    Object.assign(options, await this.connections.webSocketOptions());
  }

  /** Ends every connection at once; requests under way fail. */
  async closeConnections(): Promise<void> {
    await this.#connections?.close();
  }

  #open(): ClusterConnections {
    const cluster = this.getCurrentCluster();
    if (!cluster) throw new Error('the current context has no cluster');
    const user = this.getCurrentUser() ?? { name: '' };
    const proxy = chooseProxy(new URL(cluster.server), cluster.proxyUrl, this.#env);
    return new ClusterConnections(cluster, new Credentials(user, cluster, this.#env), proxy);
  }
}

/** Loads and merges kubeconfig files as kubectl does: of equal names the first wins, and so does the first current-context. */
export function loadKubeconfig(
  files: readonly string[],
  flags: ClusterFlags,
  env: NodeJS.ProcessEnv,
  serviceAccountFolder: string = SERVICE_ACCOUNT_FOLDER,
): Outcome<SharedConnectionsConfig> {
  const merged = new SharedConnectionsConfig(env);
  for (const file of files) {
    try {
      addMissing(merged, readKubeconfig(file));
    } catch (error) {
      return failure(unreadable(file, error));
    }
  }
  if (files.length === 0 && isInCluster(env, serviceAccountFolder)) {
    loadFromServiceAccount(merged, env, serviceAccountFolder);
  }
  const context = flags.context ?? merged.currentContext;
  if (context) merged.setCurrentContext(context);
  const problem = contextProblem(merged, context, env);
  return problem ? failure({ kind: 'configuration', ...problem }) : { ok: true, value: merged };
}

/** The current context, as the files say it now; empty where none says one, or cannot be read. */
export function currentContext(flags: ClusterFlags, env: NodeJS.ProcessEnv): string {
  for (const file of kubeconfigFiles(flags, env)) {
    const name = currentContextIn(file);
    if (name) return name;
  }
  return '';
}

function currentContextIn(file: string): string | undefined {
  try {
    return textIn(objectIn(load(readFileSync(file, 'utf8')) as Json)['current-context']);
  } catch {
    return undefined;
  }
}

/** One file, its relative paths made absolute. */
function readKubeconfig(file: string): KubeConfig {
  const text = readFileSync(file, 'utf8');
  const raw = objectIn(load(text) as Json);
  const config = new KubeConfig();
  config.loadFromString(text);
  const part = (list: Json | undefined, name: string, kind: string) =>
    objectIn(
      listIn(list)
        .map(objectIn)
        .find(entry => entry.name === name)?.[kind],
    );
  config.users = config.users.map(user => completeUser(user, part(raw.users, user.name, 'user'), file));
  config.clusters = config.clusters.map(cluster =>
    completeCluster(cluster, part(raw.clusters, cluster.name, 'cluster'), file),
  );
  return config;
}

type Problem = { readonly headline: string; readonly nextStep: string };

/** Why the context cannot be used; undefined where it can. */
function contextProblem(
  config: KubeConfig,
  context: string | undefined,
  env: NodeJS.ProcessEnv,
): Problem | undefined {
  const found = context ? config.getContextObject(context) : null;
  if (!found) return noSuchContext(config, context);
  const name = plainText(found.name, 80);
  const cluster = config.getCluster(found.cluster);
  if (!cluster || (found.user && !config.getUser(found.user))) {
    const missing = cluster ? `user ${plainText(found.user, 80)}` : `cluster ${plainText(found.cluster, 80)}`;
    return {
      headline: `Context ${name} names ${missing}, which is in no kubeconfig.`,
      nextStep: 'Choose another with --context, or add it with kubectl config.',
    };
  }
  const provider = config.getCurrentUser()?.authProvider?.name;
  if (typeof provider === 'string' && provider !== 'oidc') {
    return {
      headline: `Context ${name} logs in with auth-provider ${plainText(provider, 80)}, which has given way to credential plugins.`,
      nextStep:
        'Replace it by an exec plugin in the kubeconfig, such as gke-gcloud-auth-plugin or kubelogin.',
    };
  }
  return addressProblem(name, cluster, env);
}

function noSuchContext(config: KubeConfig, context: string | undefined): Problem {
  const known = config.getContexts().map(({ name }) => plainText(name, 80));
  return {
    headline: context
      ? `There is no context ${plainText(context, 80)} in the kubeconfig.`
      : 'The kubeconfig has no current context.',
    nextStep:
      known.length > 0
        ? `Choose one with --context: ${known.join(', ')}.`
        : 'Name a kubeconfig with --kubeconfig, or try weighbridge demo.',
  };
}

/** Addresses are not repeated: they may hold a password. */
function addressProblem(name: string, cluster: Cluster, env: NodeJS.ProcessEnv): Problem | undefined {
  if (!/^https?:$/.test(URL.canParse(cluster.server) ? new URL(cluster.server).protocol : '')) {
    return {
      headline: `The server of context ${name} is no https:// or http:// address.`,
      nextStep: 'Correct server of its cluster in the kubeconfig.',
    };
  }
  try {
    const proxy = chooseProxy(new URL(cluster.server), cluster.proxyUrl, env);
    if (!proxy || /^(https?|socks5h?):$/.test(proxy.protocol)) return undefined;
  } catch {
    // Explained below.
  }
  const source = cluster.proxyUrl ? 'proxy-url of its cluster' : 'HTTPS_PROXY or HTTP_PROXY';
  return {
    headline: `The proxy of context ${name} is no http://, https:// or socks5:// address.`,
    nextStep: `Correct ${source}.`,
  };
}

/** A context that can be switched to. */
export type ContextChoice = {
  readonly name: string;
  readonly cluster: string;
  /** Host and port of its API server, without credentials; empty where the kubeconfig names none. */
  readonly serverHost: string;
  /** `default` where the kubeconfig names none. */
  readonly namespace: string;
  readonly isProtected: boolean;
};

/** The contexts of the kubeconfig that `flags` and `env` lead to, in its order; read anew each time. */
export function listContexts(flags: ClusterFlags, env: NodeJS.ProcessEnv): Outcome<readonly ContextChoice[]> {
  // Which of them is current does not matter: any that is there will do.
  const merged = new KubeConfig();
  for (const file of kubeconfigFiles(flags, env)) {
    try {
      addMissing(merged, readKubeconfig(file));
    } catch (error) {
      return failure(unreadable(file, error));
    }
  }
  const value = merged.getContexts().map(({ name, cluster, namespace }) => ({
    name,
    cluster,
    serverHost: hostOf(merged.getCluster(cluster)?.server ?? ''),
    namespace: namespace ?? 'default',
    isProtected: isProtectedContext(name, flags.protectedContexts),
  }));
  return { ok: true, value };
}

function hostOf(server: string): string {
  return URL.canParse(server) ? new URL(server).host : '';
}

function unreadable(file: string, error: unknown): ClusterError {
  return {
    kind: 'configuration',
    headline: `Can't read kubeconfig ${plainText(file, 200)}: ${reasonOf(error)}.`,
    nextStep: 'Check the file with kubectl config view, or name another with --kubeconfig.',
  };
}

/** The reason without the lines that a YAML parser quotes: they may hold credentials. */
function reasonOf(error: unknown): string {
  const { reason, mark, message } = error as { reason?: string; mark?: { line?: number }; message?: string };
  const where = mark?.line === undefined ? '' : ` in line ${mark.line + 1}`;
  return plainText(reason === undefined ? String(message) : `${reason}${where}`, 300);
}

function addMissing(merged: KubeConfig, one: KubeConfig): void {
  const names = (list: readonly { readonly name: string }[]) => new Set(list.map(({ name }) => name));
  const clusters = names(merged.clusters);
  const users = names(merged.users);
  const contexts = names(merged.contexts);
  for (const cluster of one.clusters) if (!clusters.has(cluster.name)) merged.addCluster(cluster);
  for (const user of one.users) if (!users.has(user.name)) merged.addUser(user);
  for (const context of one.contexts) if (!contexts.has(context.name)) merged.addContext(context);
  if (!merged.currentContext && one.currentContext) merged.setCurrentContext(one.currentContext);
}

const PROTECTED = /(^|[^a-z])(prod|production|live)([^a-z]|$)/i;

/**
 * Whether a context's name says that people depend on it. `patterns` are whole names, in which `*` stands for anything; where
 * there are none it is `prod`, `production` or `live` as a word: `eu-live-2`, but not `reproduction`.
 */
export function isProtectedContext(name: string, patterns?: readonly string[]): boolean {
  if (patterns === undefined) return PROTECTED.test(name);
  return patterns.some(pattern => asExpression(pattern).test(name));
}

function asExpression(pattern: string): RegExp {
  const parts = pattern.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'is');
}

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { KubeConfig, type RequestContext } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import { plainText } from '../plain-text.ts';
import { failure, type Outcome } from './cluster-error.ts';

/** kubectl's flags that choose a cluster. */
export type ClusterFlags = {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly namespace?: string | undefined;
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
    return readFileSync(file, 'utf8').trim() === '';
  } catch {
    return false;
  }
}

/** Whether this process runs in a pod with a service account. */
export function isInCluster(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.KUBERNETES_SERVICE_HOST && env.KUBERNETES_SERVICE_PORT);
}

/**
 * A KubeConfig whose API requests share one dispatcher, and so its connections: the client library makes one for each call.
 * A new one takes its place when the credentials that it was made of change, as rotating certificates do.
 */
export class SharedConnectionsConfig extends KubeConfig {
  #madeOf = '';
  #shared: Dispatcher | undefined;
  #wanted = '';

  override createDispatcherOptions(
    ...args: Parameters<KubeConfig['createDispatcherOptions']>
  ): ReturnType<KubeConfig['createDispatcherOptions']> {
    const options = super.createDispatcherOptions(...args);
    this.#wanted = JSON.stringify([args[0]?.server, options]);
    return options;
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    if (this.#shared === undefined || this.#madeOf !== this.#wanted) {
      const old = this.#shared;
      this.#shared = context.getDispatcher() as Dispatcher | undefined;
      this.#madeOf = this.#wanted;
      // Requests under way on the old credentials end by themselves.
      old?.close().catch(() => undefined);
    }
    if (this.#shared) context.setDispatcher(this.#shared);
  }

  /** Ends every connection at once; requests under way fail. */
  async closeConnections(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    await shared?.destroy().catch(() => undefined);
  }
}

/** Loads and merges kubeconfig files as kubectl does: of equal names the first wins, and so does the first current-context. */
export function loadKubeconfig(
  files: readonly string[],
  flags: ClusterFlags,
  env: NodeJS.ProcessEnv,
): Outcome<SharedConnectionsConfig> {
  const merged = new SharedConnectionsConfig();
  for (const file of files) {
    const one = new KubeConfig();
    try {
      one.loadFromString(readFileSync(file, 'utf8'));
      one.makePathsAbsolute(dirname(file));
    } catch (error) {
      return failure({
        kind: 'configuration',
        headline: `Can't read kubeconfig ${file}: ${reasonOf(error)}.`,
        nextStep: 'Check the file with kubectl config view, or name another with --kubeconfig.',
      });
    }
    addMissing(merged, one);
  }
  if (files.length === 0 && isInCluster(env)) merged.loadFromCluster();
  const context = flags.context ?? merged.currentContext;
  if (context) merged.setCurrentContext(context);
  if (merged.getCurrentCluster()) return { ok: true, value: merged };
  const known = merged.getContexts().map(({ name }) => plainText(name, 80));
  return failure({
    kind: 'configuration',
    headline: context
      ? `There is no context ${plainText(context, 80)} in the kubeconfig.`
      : 'The kubeconfig has no current context.',
    nextStep:
      known.length > 0
        ? `Choose one with --context: ${known.join(', ')}.`
        : 'Name a kubeconfig with --kubeconfig, or try weighbridge demo.',
  });
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

/** Whether a context's name says that people depend on it: `prod`, `eu-live-2`, but not `reproduction`. */
export function isProtectedContext(name: string): boolean {
  return PROTECTED.test(name);
}

import type { ClusterApi } from './cluster-api.ts';
import type { Outcome } from './cluster-error.ts';
import { openClusterApi } from './http-cluster-api.ts';
import { type ClusterFlags, isProtectedContext, kubeconfigFiles, loadKubeconfig } from './kubeconfig.ts';

export type ConnectedCluster = {
  readonly api: ClusterApi;
  readonly context: string;
  readonly namespace: string;
  readonly server: string;
  readonly isProtected: boolean;
  /** Whether nobody checks that the server is the one that was meant: `insecure-skip-tls-verify`. */
  readonly isUnverified: boolean;
};

/**
 * Chooses the cluster as kubectl does. Nothing is sent yet: whether it answers shows with the first request. Fails where the
 * kubeconfig cannot be read or names no cluster. Each call reads the kubeconfig again and has connections of its own, which
 * end with `api.close()`.
 */
export function connect(
  flags: ClusterFlags,
  env: NodeJS.ProcessEnv,
  refuseWrite: () => string | undefined,
): Outcome<ConnectedCluster> {
  const loaded = loadKubeconfig(kubeconfigFiles(flags, env), flags, env);
  if (!loaded.ok) return loaded;
  const config = loaded.value;
  const context = config.getCurrentContext();
  const api = openClusterApi(config, refuseWrite);
  const namespace = flags.namespace || config.getContextObject(context)?.namespace || 'default';
  return {
    ok: true,
    value: {
      api,
      context,
      namespace,
      server: api.server,
      isProtected: isProtectedContext(context, flags.protectedContexts),
      isUnverified: config.getCurrentCluster()?.skipTLSVerify ?? false,
    },
  };
}

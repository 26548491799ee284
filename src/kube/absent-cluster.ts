import type { ClusterApi } from './cluster-api.ts';
import { type ClusterError, failure } from './cluster-error.ts';

const THERE_IS_NONE: ClusterError = {
  kind: 'configuration',
  headline: 'There is no cluster yet: no kubeconfig names one.',
  reason: 'There is no cluster yet: no kubeconfig names one.',
  nextStep: 'The tutorial makes one (t), and c goes to the demo cluster.',
};

/** What there is in the place of a cluster where no kubeconfig names one: every question fails, and nothing is ever sent. */
export function absentCluster(): ClusterApi {
  const fail = async () => failure(THERE_IS_NONE);
  return {
    server: '',
    get: fail,
    list: fail,
    watch: fail,
    patch: fail,
    tryPatch: fail,
    apply: fail,
    delete: fail,
    podLog: fail,
    canI: fail,
    raw: fail,
    onWarning: () => undefined,
    portForward: async () => {
      throw new Error(THERE_IS_NONE.headline);
    },
    renewConnections: () => undefined,
    close: async () => undefined,
  };
}

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterApi } from '../../src/kube/cluster-api.ts';
import { openClusterApi } from '../../src/kube/http-cluster-api.ts';
import { SharedConnectionsConfig } from '../../src/kube/kubeconfig.ts';

export type AnsweringServer = { readonly api: ClusterApi; readonly close: () => Promise<void> };

/** The real client in front of a server that answers as a test likes. */
export async function clientBefore(answer: RequestListener): Promise<AnsweringServer> {
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = new SharedConnectionsConfig();
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
    users: [{ name: 'u' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  const api = openClusterApi(config, () => undefined);
  return {
    api,
    close: async () => {
      await api.close();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

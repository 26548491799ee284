import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';
import { dump, load } from 'js-yaml';
import { createCertificate } from '../src/demo/certificate.ts';

type Kubeconfig = {
  readonly clusters: readonly [
    { readonly cluster: { server: string; 'certificate-authority-data': string } },
  ];
};

/** Sees each connection to an API server and each PATCH that goes over it, with its time. */
export interface ApiWitness {
  /** How many connections were opened so far. */
  readonly opened: number;
  /** How many are open now. */
  readonly open: number;
  /** Resolves with the time, by `performance.now()`, at which the next PATCH arrives. */
  nextPatch(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Stands in front of the API server of a kubeconfig: ends TLS with a certificate of its own and passes every byte on.
 * Clients that use `witnessedKubeconfig`, which is written here, talk to it and cannot tell.
 */
export async function witnessApi(kubeconfig: string, witnessedKubeconfig: string): Promise<ApiWitness> {
  const config = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }] = config.clusters;
  const { hostname, port } = new URL(cluster.server);
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  const { key, cert } = await createCertificate('bench', Date.now());
  const sockets = new Set<TLSSocket>();
  let waiting: ((atMs: number) => void)[] = [];
  let opened = 0;
  let open = 0;

  const server = createServer({ key, cert }, downstream => {
    opened += 1;
    open += 1;
    downstream.once('close', () => {
      open -= 1;
    });
    const upstream = connectTls({ host: hostname, port: Number(port), ca });
    downstream.on('data', (chunk: Buffer) => {
      // A request starts a chunk: clients send the next one on a connection only after the last was answered.
      if (chunk.subarray(0, 6).toString('latin1') !== 'PATCH ') return;
      const atMs = performance.now();
      for (const resolve of waiting) resolve(atMs);
      waiting = [];
    });
    downstream.pipe(upstream).pipe(downstream);
    for (const [socket, other] of [
      [downstream, upstream],
      [upstream, downstream],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  cluster.server = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cluster['certificate-authority-data'] = Buffer.from(cert).toString('base64');
  writeFileSync(witnessedKubeconfig, dump(config), { mode: 0o600 });

  return {
    get opened() {
      return opened;
    },
    get open() {
      return open;
    },
    nextPatch: () => new Promise(resolve => waiting.push(resolve)),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Where a pod's port really listens: a port of this machine's loopback. */
export interface PodNetwork {
  /** An address that no pod of this cluster has. */
  allocate(): string;
  /** Gives an address back. */
  release(podIP: string): void;
  /** Leads `podIP:port` to a loopback port. */
  bind(podIP: string, port: number, loopbackPort: number): void;
  /** The loopback port behind `podIP:port`; `undefined` when nothing listens there. */
  resolve(podIP: string, port: number): number | undefined;
  /** A connection from a loopback port is a pod's own from now on; returns how to end that. */
  connectFrom(podIP: string, loopbackPort: number): () => void;
  /** The pod behind a connection from that loopback port; `undefined` for one from outside of any pod. */
  sourceOf(loopbackPort: number): string | undefined;
}

/** The first addresses of a node's range belong to its bridge and to the pods of kube-system. */
const FIRST = 5;
const SIZE = 65_536;

export function createPodNetwork(): PodNetwork {
  const taken = new Set<string>();
  const ports = new Map<string, Map<number, number>>();
  const sources = new Map<number, string>();
  let next = FIRST;
  const addressAt = (index: number) => `10.244.${index >> 8}.${index & 255}`;
  const isUsable = (index: number) =>
    (index & 255) !== 0 && (index & 255) !== 255 && !taken.has(addressAt(index));
  return {
    allocate: () => {
      // Addresses go round, so that a new pod does not look like the one that has just gone.
      while (!isUsable(next)) next = next + 1 < SIZE ? next + 1 : FIRST;
      const address = addressAt(next);
      next += 1;
      taken.add(address);
      return address;
    },
    release: podIP => {
      taken.delete(podIP);
      ports.delete(podIP);
    },
    bind: (podIP, port, loopbackPort) => {
      const known = ports.get(podIP) ?? new Map<number, number>();
      known.set(port, loopbackPort);
      ports.set(podIP, known);
    },
    resolve: (podIP, port) => ports.get(podIP)?.get(port),
    connectFrom: (podIP, loopbackPort) => {
      sources.set(loopbackPort, podIP);
      return () => sources.delete(loopbackPort);
    },
    sourceOf: loopbackPort => sources.get(loopbackPort),
  };
}

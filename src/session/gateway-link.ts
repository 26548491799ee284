import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { Reach, WayKind } from '../kube/gateway-ways.ts';
import { jsonEquals } from '../kube/json.ts';
import { selectorText } from '../kube/metadata.ts';
import { startMinikubeService } from '../kube/minikube-service.ts';
import { type Pod, readPod } from '../kube/pod.ts';
import type { Connect } from '../traffic/gateway-connector.ts';

/** A way to the gateway that connections can be made on. */
export type GatewayLink = {
  readonly kind: WayKind;
  readonly words: string;
  readonly reach: Reach;
  /** Scheme, host and port of the requests. */
  readonly url: string;
  /** Absent where the URL's address leads to the gateway. */
  readonly connect: Connect | undefined;
  /** Where connections lead now, to be shown: a URL, or a pod and its port. */
  readonly place: () => string;
  readonly isAlive: () => boolean;
  /** Ends what the link holds open. Connections that were made on it are not its own. */
  readonly close: () => Promise<void>;
};

export type LinkParts = { readonly api: ClusterApi; readonly clock: Clock; readonly signal: AbortSignal };

const MINIKUBE_DEADLINE_MS = 15_000;

/** Makes a link of a way, or says why there is none. What it holds open ends with `close`. */
export async function openLink(
  kind: WayKind,
  words: string,
  reach: Reach,
  parts: LinkParts,
): Promise<GatewayLink | string> {
  const link = { kind, words, reach, isAlive: () => true, close: async () => undefined };
  switch (reach.kind) {
    case 'url':
      return { ...link, url: reach.url, connect: undefined, place: () => reach.url };
    case 'port-forward':
      return { ...link, ...gatewayPodDialer(parts, reach) };
    case 'minikube-service': {
      const child = await startMinikubeService(reach, MINIKUBE_DEADLINE_MS, parts.clock, parts.signal);
      if (!child.ok) return child.reason;
      const { url, isAlive, stop } = child;
      return { ...link, url, connect: undefined, place: () => url, isAlive, close: stop };
    }
  }
}

/** Whether two links are the same way, so that one can go on in the place of the other. */
export function isSameWay(link: GatewayLink, kind: WayKind, reach: Reach): boolean {
  return link.kind === kind && jsonEquals(link.reach, reach);
}

/** For so long a pod that a connection was just made to counts as ready: a connection for each sample is no list for each. */
const TRUSTED_MS = 1_000;

/**
 * Connections to a pod of the gateway through port-forwards of their own. They stay with one pod, so one replica is measured;
 * before each the API is asked whether that pod is still ready, and another ready one is taken where it is not.
 */
function gatewayPodDialer(
  { api, clock }: LinkParts,
  { namespace, selector, port, scheme }: Extract<Reach, { kind: 'port-forward' }>,
): Pick<GatewayLink, 'url' | 'connect' | 'place'> {
  const pods = { group: '', version: 'v1', plural: 'pods', namespace, labelSelector: selectorText(selector) };
  let pinned: Pod | undefined;
  let trustedUntilMs = 0;
  const choosePod = async (signal: AbortSignal): Promise<Pod> => {
    if (pinned && clock.now() < trustedUntilMs) return pinned;
    const list = await api.list(pods, signal);
    if (!list.ok) throw new Error(list.error.headline);
    const ready = list.value.items.map(readPod).filter(({ isReady }) => isReady);
    const pod = ready.find(({ uid }) => uid === pinned?.uid) ?? ready[0];
    if (!pod) throw new Error('no pod of the gateway is ready');
    return pod;
  };
  const connect: Connect = async signal => {
    const pod = await choosePod(signal);
    const number = typeof port === 'number' ? port : pod.namedPorts[port];
    if (number === undefined) throw new Error(`pod ${pod.name} has no port ${port}`);
    pinned = pod;
    trustedUntilMs = 0;
    const stream = await api.portForward(namespace, pod.name, number, signal);
    trustedUntilMs = clock.now() + TRUSTED_MS;
    return stream;
  };
  return {
    // The name that whoever uses kubectl port-forward would ask for.
    url: `${scheme}://localhost`,
    connect,
    place: () =>
      pinned ? `pod ${namespace}/${pinned.name} port ${port}` : `a pod in ${namespace} port ${port}`,
  };
}

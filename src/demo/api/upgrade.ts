import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { PODS, type Pod } from '../kinds/core.ts';
import type { PodNetwork } from '../pods/pod-network.ts';
import { checkAccess, isAuthenticated } from './access.ts';
import type { ApiParts } from './api-parts.ts';
import { type ForwardedPod, forwardPorts } from './port-forward.ts';
import { forwardPortsBySpdy } from './port-forward-spdy.ts';
import { readGroupVersion, readResourcePath } from './resource-path.ts';
import {
  badRequest,
  isRefusal,
  noSuchResource,
  notFound,
  type Refusal,
  unauthorized,
} from './status-error.ts';

/** SPDY within a WebSocket, as kubectl speaks it. */
const TUNNELLED_SPDY = 'SPDY/3.1+portforward.k8s.io';

/** The version of the channel protocol that kubelets speak. */
const CHANNELS = 'v4.channel.k8s.io';

const NOT_SPOKEN = `unable to upgrade: only WebSockets are served, with one of the protocols ${[TUNNELLED_SPDY, CHANNELS].join(', ')}`;

/** Takes over connections that ask to become something else. */
export interface Upgrades {
  take(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** Cuts what was taken over. */
  stop(): void;
}

/** What a client hears that gets no upgrade: a Status, or a kubelet's plain words. */
type Refused = Refusal | { readonly said: string };

function refuseUpgrade(connection: Duplex, refused: Refused): void {
  const [code, reason, type, body] =
    'refusal' in refused
      ? [
          refused.refusal.code,
          refused.refusal.reason ?? '',
          'application/json',
          JSON.stringify(refused.refusal),
        ]
      : [400, 'Bad Request', 'text/plain; charset=utf-8', refused.said];
  const head = `HTTP/1.1 ${code} ${reason}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`;
  connection.end(head + body);
}

/** The ports that a query names. What is no number the API server refuses, what is no port the kubelet. */
function readPorts(query: URLSearchParams): readonly number[] | Refused {
  const texts = query.getAll('ports').flatMap(text => text.split(','));
  const unread = texts.find(text => !/^\d+$/.test(text));
  if (unread !== undefined)
    return badRequest(`cannot convert to []int32: strconv.ParseUint: parsing "${unread}": invalid syntax`);
  const ports = texts.map(Number);
  const wrong = ports.find(port => port < 1 || port > 65_535);
  if (wrong !== undefined) return { said: `invalid port ${wrong}` };
  return ports.length > 0 ? ports : { said: 'query parameter "port" is required' };
}

function isPorts(ports: readonly number[] | Refused): ports is readonly number[] {
  return Array.isArray(ports);
}

/** The pod that a port-forward leads to, or why it leads nowhere. */
function findPod(parts: ApiParts, network: PodNetwork, request: IncomingMessage): ForwardedPod | Refusal {
  if (!isAuthenticated(parts, request)) return unauthorized();
  const url = new URL(request.url ?? '/', 'https://127.0.0.1');
  const groupVersion = readGroupVersion(url.pathname);
  const path = groupVersion && readResourcePath(groupVersion);
  if (path?.kind !== PODS || path.subresource !== 'portforward') return noSuchResource();
  const denied = checkAccess(parts, path, 'create');
  if (denied) return denied;
  const { namespace, name = '' } = path;
  const pod = parts.storage.get(PODS, namespace, name);
  if (!pod) return notFound(PODS, name);
  const podIP = pod.status?.podIP;
  if (podIP === undefined || pod.status?.phase !== 'Running') {
    return badRequest(
      `unable to forward port because pod is not running. Current status=${pod.status?.phase ?? 'Pending'}`,
    );
  }
  const uid = pod.metadata.uid ?? '';
  return { uid, resolve: port => network.resolve(podIP, port), onEnd: onEndOf(uid, parts.storage) };
}

/** A pod's connections end with its processes: when it is removed, or its container is not running any more. */
function onEndOf(uid: string, storage: ApiParts['storage']): ForwardedPod['onEnd'] {
  return ended => {
    const unsubscribe = storage.subscribe(({ kind, type, object }) => {
      if (kind !== PODS || object.metadata.uid !== uid) return;
      const [container] = (object as Pod).status?.containerStatuses ?? [];
      if (type !== 'DELETED' && container?.state?.running !== undefined) return;
      unsubscribe();
      ended();
    });
    return unsubscribe;
  };
}

/**
 * Upgrades to tunnelled SPDY. The slash in the protocol's name is against RFC 6455, and `ws` refuses it: requests come
 * here without it, and it is named in the answer all the same.
 */
function createTunnelServer(): WebSocketServer {
  const server = new WebSocketServer({ noServer: true });
  server.on('headers', headers => headers.push(`Sec-WebSocket-Protocol: ${TUNNELLED_SPDY}`));
  return server;
}

/** Port-forward over WebSockets. Any other upgrade is refused with a Status. */
export function createUpgrades(parts: ApiParts, network: PodNetwork): Upgrades {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: () => CHANNELS,
  });
  const tunnels = createTunnelServer();
  return {
    take: (request, connection, head) => {
      connection.on('error', () => connection.destroy());
      const offered = (request.headers['sec-websocket-protocol'] ?? '')
        .split(',')
        .map(protocol => protocol.trim());
      const pod = findPod(parts, network, request);
      const ports = readPorts(new URL(request.url ?? '/', 'https://127.0.0.1').searchParams);
      if (isRefusal(pod)) refuseUpgrade(connection, pod);
      else if (offered.includes(TUNNELLED_SPDY)) {
        delete request.headers['sec-websocket-protocol'];
        tunnels.handleUpgrade(request, connection, head, socket => forwardPortsBySpdy(socket, pod));
      } else if (!offered.includes(CHANNELS)) refuseUpgrade(connection, badRequest(NOT_SPOKEN));
      else if (!isPorts(ports)) refuseUpgrade(connection, ports);
      else sockets.handleUpgrade(request, connection, head, socket => forwardPorts(socket, pod, ports));
    },
    stop: () => {
      for (const socket of [...sockets.clients, ...tunnels.clients]) socket.terminate();
    },
  };
}

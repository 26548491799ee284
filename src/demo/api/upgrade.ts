import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { PODS } from '../kinds/core.ts';
import type { PodNetwork } from '../pods/pod-network.ts';
import { type ApiParts, checkAccess, isAuthenticated } from './api-handler.ts';
import { type ForwardTarget, forwardPorts } from './port-forward.ts';
import { readGroupVersion, readResourcePath } from './resource-path.ts';
import {
  badRequest,
  isRefusal,
  noSuchResource,
  notFound,
  type Refusal,
  unauthorized,
} from './status-error.ts';

/** The versions of the channel protocol that are spoken, best first. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'portforward.k8s.io'];

const NOT_SPOKEN = `unable to upgrade: only WebSockets are served, with one of the protocols ${PROTOCOLS.join(', ')}`;

/** Takes over connections that ask to become something else. */
export interface Upgrades {
  take(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** Cuts what was taken over. */
  stop(): void;
}

function refuseUpgrade(connection: Duplex, { refusal }: Refusal): void {
  const body = JSON.stringify(refusal);
  const head = `HTTP/1.1 ${refusal.code} ${refusal.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n`;
  connection.end(head + body);
}

function readPorts(query: URLSearchParams): readonly number[] | undefined {
  const texts = [...query.getAll('ports'), ...query.getAll('port')].flatMap(text => text.split(','));
  const ports = texts.map(Number);
  return ports.length > 0 && ports.every(port => Number.isInteger(port) && port > 0 && port < 65_536)
    ? ports
    : undefined;
}

/** What a port-forward leads to, or why there is none. */
function findTargets(
  parts: ApiParts,
  network: PodNetwork,
  request: IncomingMessage,
): readonly ForwardTarget[] | Refusal {
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
  const ports = readPorts(url.searchParams);
  if (!ports) return badRequest('query parameter "ports" is required');
  const podIP = pod.status?.podIP;
  if (podIP === undefined || pod.status?.phase !== 'Running') {
    return badRequest(
      `unable to forward port because pod is not running. Current status=${pod.status?.phase ?? 'Pending'}`,
    );
  }
  const { uid: podUid = '' } = pod.metadata;
  return ports.map(port => ({ port, loopbackPort: network.resolve(podIP, port), podUid }));
}

/** Port-forward over WebSockets. Any other upgrade is refused with a Status. */
export function createUpgrades(parts: ApiParts, network: PodNetwork): Upgrades {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: offered => PROTOCOLS.find(protocol => offered.has(protocol)) ?? false,
  });
  return {
    take: (request, connection, head) => {
      connection.on('error', () => connection.destroy());
      const offered = (request.headers['sec-websocket-protocol'] ?? '')
        .split(',')
        .map(protocol => protocol.trim());
      const isSpoken = offered.some(protocol => PROTOCOLS.includes(protocol));
      const targets = isSpoken ? findTargets(parts, network, request) : badRequest(NOT_SPOKEN);
      if (isRefusal(targets)) refuseUpgrade(connection, targets);
      else sockets.handleUpgrade(request, connection, head, socket => forwardPorts(socket, targets));
    },
    stop: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

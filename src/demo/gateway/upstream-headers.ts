import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { HeaderChanges } from '../kinds/istio.ts';
import type { Route, WeightedCluster } from './routes.ts';

function changeHeaders(headers: OutgoingHttpHeaders, changes: readonly HeaderChanges[]): void {
  for (const { set = {}, add = {}, remove = [] } of changes) {
    for (const name of remove) delete headers[name.toLowerCase()];
    for (const [name, value] of Object.entries(set)) headers[name.toLowerCase()] = value;
    for (const [name, value] of Object.entries(add)) {
      const before = headers[name.toLowerCase()];
      headers[name.toLowerCase()] = before === undefined ? value : `${String(before)},${value}`;
    }
  }
}

/** Headers that belong to one connection and are not passed on. */
function dropConnectionHeaders(headers: OutgoingHttpHeaders): void {
  delete headers.connection;
  delete headers['keep-alive'];
  delete headers['transfer-encoding'];
  delete headers.upgrade;
  delete headers['proxy-connection'];
}

/** The headers that an application gets. `bodyLength` is the length of the body that goes with them, in bytes. */
export function requestHeaders(
  request: IncomingMessage,
  route: Route,
  chosen: WeightedCluster,
  bodyLength: number,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...request.headers };
  const address = request.socket.remoteAddress ?? '';
  const { host, 'x-forwarded-for': before, 'x-request-id': id } = request.headers;
  dropConnectionHeaders(headers);
  if (bodyLength > 0) headers['content-length'] = bodyLength;
  headers.host = route.rewriteAuthority ?? host;
  headers['x-forwarded-for'] = before === undefined ? address : `${String(before)},${address}`;
  headers['x-forwarded-proto'] = 'http';
  headers['x-request-id'] = id ?? randomUUID();
  changeHeaders(headers, chosen.requestHeaders);
  return headers;
}

/** The headers that a client gets with an application's answer. */
export function responseHeaders(
  answer: IncomingHttpHeaders,
  chosen: WeightedCluster,
  serviceTimeMs: number,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...answer };
  dropConnectionHeaders(headers);
  headers['x-envoy-upstream-service-time'] = Math.round(serviceTimeMs);
  headers.server = 'istio-envoy';
  changeHeaders(headers, chosen.responseHeaders);
  return headers;
}

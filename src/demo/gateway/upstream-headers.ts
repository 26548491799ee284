import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { HeaderChanges } from '../kinds/http-route.ts';
import type { RequestRecord } from './request-record.ts';
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
  record: RequestRecord,
  route: Route,
  chosen: WeightedCluster,
  bodyLength: number,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...request.headers };
  dropConnectionHeaders(headers);
  if (bodyLength > 0) headers['content-length'] = bodyLength;
  headers.host = route.rewriteAuthority ?? request.headers.host;
  headers['x-forwarded-for'] = record.forwardedFor;
  headers['x-forwarded-proto'] = 'http';
  headers['x-request-id'] = record.requestId;
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
  headers['x-envoy-upstream-service-time'] = serviceTimeMs;
  headers.server = 'istio-envoy';
  changeHeaders(headers, chosen.responseHeaders);
  return headers;
}

import { plainText } from '../plain-text.ts';
import type { Gateway } from './traffic-objects.ts';
import type { HttpMatch, Route, StringCondition, VirtualService } from './virtual-service.ts';

/** What a request must look like to be answered by a route: only what its match asks for. */
export type SampleRequest = {
  readonly method: string;
  /** Absent where any host will do. */
  readonly host: string | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** What only a person can tell, where no example follows from the route. The reason is safe to draw. */
export type SampleRequestProblem = {
  readonly asks: 'method' | 'host' | 'path' | 'header';
  readonly reason: string;
};

/** What the person told, by flag or prompt. Names of headers are in lower case. */
export type GivenRequest = {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly path: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
};

/** Methods that change nothing in an application (RFC 9110, 9.2.1), so that sending them many times a second needs no consent. */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'] as const;

/**
 * The request that reaches `route`, by the first of its matches that can be met with what is known. A route without matches
 * takes any path; a prefix is its own shortest example. A pattern has no one example, so the person is asked, and so for a
 * method that may change something.
 *
 * @param gateways those that the VirtualService is bound to: their hosts narrow a VirtualService for any host.
 */
export function sampleRequest(
  virtualService: VirtualService,
  route: Route,
  gateways: readonly Gateway[],
  given: GivenRequest,
): { readonly request: SampleRequest } | { readonly problem: SampleRequestProblem } {
  const match = route.matches.find(candidate => !obstacle(candidate, given)) ?? route.matches[0];
  const problem = match && obstacle(match, given);
  if (problem) return { problem: { ...problem, reason: plainText(problem.reason, 200) } };
  const host = given.host ?? exact(match?.authority) ?? hostOf(virtualService, gateways);
  if (host === 'ask') {
    const hosts = virtualService.hosts.join(', ');
    const reason = plainText(`VirtualService ${virtualService.name} takes only hosts like ${hosts}`, 200);
    return { problem: { asks: 'host', reason } };
  }
  const headers = Object.fromEntries(
    (match?.headers ?? []).map(({ name, condition }): [string, string] => [
      name.toLowerCase(),
      exampleOf(condition),
    ]),
  );
  const method = given.method ?? safeMethod(match?.method) ?? 'GET';
  const path = given.path ?? examplePath(match);
  return { request: { method, host, path, headers: { ...headers, ...given.headers } } };
}

/** Whether a text is a path that a request line can carry. Anything else may turn the URL into another one. */
export function isRequestPath(text: string): boolean {
  return /^\/[\x21-\x7e]*$/.test(text);
}

/** What keeps a request from meeting a match; undefined where nothing does. */
function obstacle(match: HttpMatch, given: GivenRequest): SampleRequestProblem | undefined {
  const { method } = match;
  if (method && given.method === undefined && safeMethod(method) === undefined)
    return { asks: 'method', reason: `the route takes ${method.value}, which may change something` };
  const header = match.headers.find(
    ({ name, condition }) => condition.kind === 'regex' && given.headers[name.toLowerCase()] === undefined,
  );
  if (header) {
    const { name, condition } = header;
    return {
      asks: 'header',
      reason: `the route matches the header ${name} by the pattern ${condition.value}`,
    };
  }
  return given.path === undefined ? pathObstacle(match) : undefined;
}

function pathObstacle(match: HttpMatch): SampleRequestProblem | undefined {
  const query = match.queryParams.find(({ condition }) => condition.kind === 'regex');
  if (query) return { asks: 'path', reason: `the route matches the query ${query.name} by a pattern` };
  if (match.uri?.kind === 'regex')
    return { asks: 'path', reason: `the route matches paths by the pattern ${match.uri.value}` };
  if (isRequestPath(examplePath(match))) return undefined;
  return {
    asks: 'path',
    reason: `the route matches the path ${match.uri?.value}, which no request can carry`,
  };
}

/** The first method without effects that a condition takes. */
function safeMethod(condition: HttpMatch['method']): string | undefined {
  return SAFE_METHODS.find(method => condition === undefined || meets(method, condition));
}

function meets(text: string, { kind, value }: StringCondition): boolean {
  switch (kind) {
    case 'exact':
      return text === value;
    case 'prefix':
      return text.startsWith(value);
    case 'presence':
      return true;
    case 'regex':
      return matchesWhole(text, value);
  }
}

/** Istio matches a pattern against the whole text. A pattern that only RE2 can read matches nothing here. */
function matchesWhole(text: string, pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}

function examplePath(match: HttpMatch | undefined): string {
  const query = new URLSearchParams(
    (match?.queryParams ?? []).map(({ name, condition }): [string, string] => [name, exampleOf(condition)]),
  );
  return `${match?.uri?.value ?? '/'}${query.size > 0 ? `?${query}` : ''}`;
}

/** A value that meets a condition other than a pattern; a condition that only asks for presence takes any. */
function exampleOf({ kind, value }: StringCondition): string {
  return kind === 'presence' ? 'weighbridge' : value;
}

function exact(condition: HttpMatch['authority']): string | undefined {
  return condition?.kind === 'exact' ? condition.value : undefined;
}

function hostOf(virtualService: VirtualService, gateways: readonly Gateway[]): string | undefined | 'ask' {
  const takesAny = virtualService.hosts.length === 0 || virtualService.hosts.includes('*');
  const hosts = takesAny ? gateways.flatMap(gatewayHosts) : virtualService.hosts;
  if (takesAny && (hosts.length === 0 || hosts.includes('*'))) return undefined;
  return hosts.find(host => !host.includes('*')) ?? 'ask';
}

/** The hosts of a Gateway's servers, without the namespaces that they may be limited to. */
function gatewayHosts({ servers }: Gateway): readonly string[] {
  return servers.flatMap(({ hosts }) => hosts.map(host => host.slice(host.indexOf('/') + 1)));
}

/** The path that an application sees for `path` at the gateway, after the route's rewrite. */
export function rewrittenPath(route: Route, path: string): string {
  const { rewriteUri } = route;
  if (rewriteUri === undefined) return path;
  const prefix = route.matches.find(
    match => match.uri?.kind === 'prefix' && path.startsWith(match.uri.value),
  );
  return prefix?.uri ? `${rewriteUri}${path.slice(prefix.uri.value.length)}` : rewriteUri;
}

import { plainText } from '../plain-text.ts';
import type { Gateway } from './traffic-objects.ts';
import type { HttpMatch, Route, VirtualService } from './virtual-service.ts';

/** What a request must look like to be answered by a route: only the Host header, path and headers that its match asks for. */
export type SampleRequest = {
  /** Absent where any host will do. */
  readonly host: string | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** What only a person can tell, where no example follows from the route. The reason is safe to draw. */
export type SampleRequestProblem = { readonly asks: 'host' | 'path'; readonly reason: string };

/** What the person told, by flag or prompt. */
export type GivenRequest = { readonly host: string | undefined; readonly path: string | undefined };

/**
 * The request that reaches `route`, by the first of its matches that one GET can meet. A route without matches takes any path;
 * a prefix is its own shortest example. A pattern has no one example, so the person is asked, and so for what a GET cannot meet.
 *
 * @param gateways those that the VirtualService is bound to: their hosts narrow a VirtualService for any host.
 */
export function sampleRequest(
  virtualService: VirtualService,
  route: Route,
  gateways: readonly Gateway[],
  given: GivenRequest,
): { readonly request: SampleRequest } | { readonly problem: SampleRequestProblem } {
  const match = route.matches.find(candidate => obstacle(candidate, given) === '') ?? route.matches[0];
  const reason = match ? obstacle(match, given) : '';
  if (reason !== '') return { problem: { asks: 'path', reason: plainText(reason, 200) } };
  const host = given.host ?? exact(match?.authority) ?? hostOf(virtualService, gateways);
  if (host === 'ask') {
    const hosts = virtualService.hosts.join(', ');
    const reason = plainText(`VirtualService ${virtualService.name} takes only hosts like ${hosts}`, 200);
    return { problem: { asks: 'host', reason } };
  }
  const headers = Object.fromEntries(
    (match?.headers ?? []).map(({ name, condition }): [string, string] => [name, exampleOf(condition)]),
  );
  return { request: { host, path: given.path ?? examplePath(match), headers } };
}

/** Whether a text is a path that a request line can carry. Anything else may turn the URL into another one. */
export function isRequestPath(text: string): boolean {
  return /^\/[\x21-\x7e]*$/.test(text);
}

/** Why one GET cannot meet a match; empty where it can. */
function obstacle(match: HttpMatch, given: GivenRequest): string {
  if (match.method && exampleOf(match.method) !== 'GET')
    return 'the route takes another method than GET, which is what is sampled';
  if (match.headers.some(({ condition }) => condition.kind === 'regex'))
    return 'the route matches a header by a pattern';
  if (match.queryParams.some(({ condition }) => condition.kind === 'regex'))
    return 'the route matches a query parameter by a pattern';
  if (given.path !== undefined) return '';
  if (match.uri?.kind === 'regex') return `the route matches paths by the pattern ${match.uri.value}`;
  return isRequestPath(examplePath(match))
    ? ''
    : `the route matches the path ${match.uri?.value ?? ''}, which no request can carry`;
}

function examplePath(match: HttpMatch | undefined): string {
  const query = new URLSearchParams(
    (match?.queryParams ?? []).map(({ name, condition }): [string, string] => [name, exampleOf(condition)]),
  );
  return `${match?.uri?.value ?? '/'}${query.size > 0 ? `?${query}` : ''}`;
}

/** A value that meets a condition other than a pattern; a condition that only asks for presence takes any. */
function exampleOf({ kind, value }: HttpMatch['headers'][number]['condition']): string {
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

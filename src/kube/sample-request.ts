import type { HttpRoute, VirtualService } from './virtual-service.ts';

/** What a request must look like to be answered by a route: only the Host header, path and headers that its match asks for. */
export type SampleRequest = {
  /** Absent where the VirtualService takes any host. */
  readonly host: string | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** What only a person can tell, where a pattern cannot be turned into an example. */
export type SampleRequestProblem = { readonly asks: 'host' | 'path'; readonly reason: string };

/**
 * The request that reaches `route`, by the first of its matches that can be met. A route without matches takes any path; a
 * prefix is its own shortest example. A pattern for the path and a wildcard host have no one example: the person is asked.
 */
export function sampleRequest(
  virtualService: VirtualService,
  route: HttpRoute,
  given: { readonly host: string | undefined; readonly path: string | undefined },
): { readonly request: SampleRequest } | { readonly problem: SampleRequestProblem } {
  const host = given.host ?? hostOf(virtualService);
  if (host === 'ask') {
    return {
      problem: {
        asks: 'host',
        reason: `VirtualService ${virtualService.name} takes only hosts like ${virtualService.hosts.join(', ')}`,
      },
    };
  }
  const match = route.matches.find(isConcrete) ?? route.matches[0];
  if (match?.uri?.kind === 'regex' && given.path === undefined) {
    return { problem: { asks: 'path', reason: `the route matches paths by the pattern ${match.uri.value}` } };
  }
  const headers = Object.fromEntries(
    (match?.headers ?? []).map(header => [
      header.name,
      header.kind === 'presence' ? 'weighbridge' : header.value,
    ]),
  );
  return { request: { host, path: given.path ?? match?.uri?.value ?? '/', headers } };
}

function isConcrete(match: HttpRoute['matches'][number]): boolean {
  return match.uri?.kind !== 'regex' && match.headers.every(header => header.kind !== 'regex');
}

function hostOf(virtualService: VirtualService): string | undefined | 'ask' {
  if (virtualService.hosts.length === 0 || virtualService.hosts.includes('*')) return undefined;
  return virtualService.hosts.find(host => !host.includes('*')) ?? 'ask';
}

/** The path that an application sees for `path` at the gateway, after the route's rewrite. */
export function rewrittenPath(route: HttpRoute, path: string): string {
  const { rewriteUri } = route;
  if (rewriteUri === undefined) return path;
  const prefix = route.matches.find(
    match => match.uri?.kind === 'prefix' && path.startsWith(match.uri.value),
  );
  return prefix?.uri ? `${rewriteUri}${path.slice(prefix.uri.value.length)}` : rewriteUri;
}

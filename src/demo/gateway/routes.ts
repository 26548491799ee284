import type {
  Destination,
  HeaderChanges,
  HttpMatch,
  HttpRoute,
  RouteDestination,
} from '../kinds/http-route.ts';
import type { Random } from '../random.ts';
import { compileHttpMatch, type GatewayRequest } from './string-match.ts';

/** A cluster that may get a request, with the upper end of its part of the weights. */
export type WeightedCluster = {
  readonly cluster: string;
  readonly upTo: number;
  readonly requestHeaders: readonly HeaderChanges[];
  readonly responseHeaders: readonly HeaderChanges[];
};

export type RouteAction =
  | { readonly type: 'forward'; readonly clusters: readonly WeightedCluster[]; readonly totalWeight: number }
  | {
      readonly type: 'redirect';
      readonly code: number;
      readonly uri: string | undefined;
      readonly authority: string | undefined;
    }
  | { readonly type: 'respond'; readonly code: number; readonly body: string };

/** How often a request is tried again, and after which failures. */
export type RetryPolicy = {
  readonly attempts: number;
  readonly conditions: ReadonlySet<string>;
  readonly perTryTimeoutMs: number | undefined;
};

export type Fault = {
  readonly abort: { readonly code: number; readonly percent: number } | undefined;
  readonly delay: { readonly delayMs: number; readonly percent: number } | undefined;
};

/** One route, with everything worked out that does not depend on the request. */
export type Route = {
  readonly name: string | undefined;
  /** Takes every request of its virtual host. */
  readonly isCatchAll: boolean;
  readonly matches: (request: GatewayRequest) => boolean;
  readonly action: RouteAction;
  /** The path and query to ask the application for. */
  readonly rewritePath: (request: GatewayRequest) => string;
  readonly rewriteAuthority: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly retries: RetryPolicy;
  readonly fault: Fault | undefined;
};

/** Why Envoy refuses routes that the API accepted. */
export class RefusedRoutes extends Error {}

/** Which cluster a destination means, by Istio's name for it. */
export type ResolveCluster = (destination: Destination) => string;

const DURATION_UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration such as `1.5s` or `1m30s`; `undefined` when there is none or it cannot be read. */
export function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  return [...parts].reduce(
    (total, [, value, unit = '']) => total + Number(value) * (DURATION_UNITS_MS[unit] ?? 0),
    0,
  );
}

function headersOf(
  part: 'request' | 'response',
  route: HttpRoute,
  destination: RouteDestination,
): readonly HeaderChanges[] {
  return [destination.headers?.[part], route.headers?.[part]].filter(changes => changes !== undefined);
}

/**
 * The clusters of a route with their weights. Weights are relative, an absent one is 0, and a single destination gets
 * everything whatever its weight. Envoy wants a sum above 0 that fits 32 bits without sign, so 0/0 and -5 are refused.
 */
function forwardAction(
  route: HttpRoute,
  destinations: readonly RouteDestination[],
  resolve: ResolveCluster,
): RouteAction {
  const isSingle = destinations.length === 1;
  const clusters: WeightedCluster[] = [];
  let totalWeight = 0;
  for (const destination of destinations) {
    const weight = isSingle ? 1 : (destination.weight ?? 0);
    if (weight < 0) throw new RefusedRoutes('the sum of weights in the weighted_cluster exceeds 4294967295');
    if (weight === 0) continue;
    totalWeight += weight;
    clusters.push({
      cluster: resolve(destination.destination),
      upTo: totalWeight,
      requestHeaders: headersOf('request', route, destination),
      responseHeaders: headersOf('response', route, destination),
    });
  }
  if (totalWeight === 0)
    throw new RefusedRoutes('Sum of weights in the weighted_cluster must be greater than 0.');
  if (totalWeight > 0xffff_ffff)
    throw new RefusedRoutes('the sum of weights in the weighted_cluster exceeds 4294967295');
  return { type: 'forward', clusters, totalWeight };
}

function actionOf(route: HttpRoute, resolve: ResolveCluster): RouteAction {
  const { redirect, directResponse } = route;
  if (redirect) {
    return {
      type: 'redirect',
      code: redirect.redirectCode ?? 301,
      uri: redirect.uri,
      authority: redirect.authority,
    };
  }
  if (directResponse)
    return { type: 'respond', code: directResponse.status, body: directResponse.body?.string ?? '' };
  return forwardAction(route, route.route ?? [], resolve);
}

const DEFAULT_ATTEMPTS = 2;
const DEFAULT_CONDITIONS = 'connect-failure,refused-stream,unavailable,cancelled';

/** Istio has Envoy try a failed connection twice more unless the route says otherwise. */
function retriesOf({ retries }: HttpRoute): RetryPolicy {
  return {
    attempts: retries?.attempts ?? DEFAULT_ATTEMPTS,
    conditions: new Set(
      (retries?.retryOn || DEFAULT_CONDITIONS).split(',').map(condition => condition.trim()),
    ),
    perTryTimeoutMs: durationMs(retries?.perTryTimeout),
  };
}

function faultOf({ fault }: HttpRoute): Fault | undefined {
  if (!fault) return undefined;
  const { abort, delay } = fault;
  const delayMs = durationMs(delay?.fixedDelay);
  return {
    abort: abort && { code: abort.httpStatus ?? 503, percent: abort.percentage?.value ?? 100 },
    delay: delayMs === undefined ? undefined : { delayMs, percent: delay?.percentage?.value ?? 100 },
  };
}

/** Envoy puts the new prefix in the place of what matched: a prefix, or the slash that every path begins with. */
function rewriterOf(route: HttpRoute, match: HttpMatch): (request: GatewayRequest) => string {
  const uri = route.rewrite?.uri;
  if (uri === undefined) return request => request.path + request.query;
  if (match.uri?.exact !== undefined || match.uri?.regex !== undefined) return request => uri + request.query;
  const matched = match.uri?.prefix ?? '/';
  return request => uri + request.path.slice(matched.length) + request.query;
}

function isCatchAll({ uri, method, authority, headers, withoutHeaders, queryParams }: HttpMatch): boolean {
  const isAnyPath = uri === undefined || uri.prefix === '/';
  return isAnyPath && !method && !authority && !headers && !withoutHeaders && !queryParams;
}

/** The routes of one entry of `spec.http`: one for each of its matches. Throws `RefusedRoutes` for what Envoy would refuse. */
export function compileHttpRoute(route: HttpRoute, resolve: ResolveCluster): readonly Route[] {
  const shared = {
    name: route.name,
    action: actionOf(route, resolve),
    rewriteAuthority: route.rewrite?.authority,
    timeoutMs: durationMs(route.timeout),
    retries: retriesOf(route),
    fault: faultOf(route),
  };
  const matches = route.match && route.match.length > 0 ? route.match : [{}];
  return matches.map(match => ({
    ...shared,
    isCatchAll: isCatchAll(match),
    matches: compileHttpMatch(match),
    rewritePath: rewriterOf(route, match),
  }));
}

/** One of the clusters, by their weights. Where there is no choice, no chance is taken. */
export function chooseCluster(
  { clusters, totalWeight }: Extract<RouteAction, { type: 'forward' }>,
  random: Random,
): WeightedCluster | undefined {
  if (clusters.length === 1) return clusters[0];
  const point = random() * totalWeight;
  return clusters.find(candidate => point < candidate.upTo);
}

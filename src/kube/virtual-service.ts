import { plainText } from '../plain-text.ts';
import { type Json, type JsonObject, jsonEquals, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, type Metadata, readMetadata } from './metadata.ts';
import { type Owner, ownersOf, type Writer, writersOf } from './owners.ts';
import type { RawWeights } from './split.ts';

/** One weighted target of an HTTP route. */
export type RouteDestination = {
  readonly host: string;
  readonly subset: string | undefined;
  readonly port: number | undefined;
  readonly weight: number | undefined;
  /** The subset, else the host's short name: what the panes call this version. Unique within the route. */
  readonly label: string;
};

export type HttpMatch = {
  readonly uri: { readonly kind: 'exact' | 'prefix' | 'regex'; readonly value: string } | undefined;
  readonly headers: readonly { readonly name: string; readonly kind: string; readonly value: string }[];
  readonly method: string | undefined;
};

/** One entry of `spec.http`, with the JSON it was read from: a patch tests that it is still the same. */
export type HttpRoute = {
  readonly index: number;
  readonly name: string;
  readonly matches: readonly HttpMatch[];
  readonly destinations: readonly RouteDestination[];
  readonly rewriteUri: string | undefined;
  readonly json: JsonObject;
};

export type VirtualService = Metadata & {
  readonly apiVersion: string;
  readonly hosts: readonly string[];
  /** As written: `name` or `namespace/name`; `mesh` stands for the sidecars. Empty means mesh only. */
  readonly gateways: readonly string[];
  readonly http: readonly HttpRoute[];
  /** Who wrote it, the newest first. */
  readonly writers: readonly Writer[];
  readonly owners: readonly Owner[];
};

export function readVirtualService(object: KubeObject): VirtualService {
  const spec = objectIn(object.spec);
  return {
    ...readMetadata(object),
    apiVersion: textIn(object.apiVersion) ?? '',
    hosts: listIn(spec.hosts).map(host => textIn(host) ?? ''),
    gateways: listIn(spec.gateways).map(gateway => textIn(gateway) ?? ''),
    http: listIn(spec.http).map(readRoute),
    writers: writersOf(object),
    owners: ownersOf(object),
  };
}

function readRoute(item: Json, index: number): HttpRoute {
  const json = objectIn(item);
  return {
    index,
    name: plainText(textIn(json.name) ?? '', 80),
    matches: listIn(json.match).map(readMatch),
    destinations: labelled(listIn(json.route).map(objectIn)),
    rewriteUri: textIn(objectIn(json.rewrite).uri),
    json,
  };
}

function labelled(entries: readonly JsonObject[]): readonly RouteDestination[] {
  const bare = entries.map(entry => {
    const destination = objectIn(entry.destination);
    const host = plainText(textIn(destination.host) ?? '', 253);
    const subset = textIn(destination.subset);
    const short = subset ? plainText(subset, 63) : (host.split('.')[0] ?? host);
    return {
      host,
      subset: subset || undefined,
      port: numberIn(objectIn(destination.port).number),
      weight: numberIn(entry.weight),
      label: short,
    };
  });
  return bare.map(destination => ({ ...destination, label: uniqueLabel(destination, bare) }));
}

/** Two destinations of one short name are told apart by host and port as well. */
function uniqueLabel(destination: RouteDestination, all: readonly RouteDestination[]): string {
  if (all.filter(other => other.label === destination.label).length === 1) return destination.label;
  const port = destination.port === undefined ? '' : `:${destination.port}`;
  const full = `${destination.host}${port}${destination.subset ? `/${destination.subset}` : ''}`;
  const twins = all.filter(
    other =>
      other.host === destination.host &&
      other.port === destination.port &&
      other.subset === destination.subset,
  );
  return twins.length === 1 ? full : `${full}#${all.indexOf(destination) + 1}`;
}

function readMatch(item: Json): HttpMatch {
  const match = objectIn(item);
  const uri = stringMatch(match.uri);
  return {
    uri: uri && uri.kind !== 'presence' ? { kind: uri.kind, value: uri.value } : undefined,
    headers: Object.entries(objectIn(match.headers)).map(([name, value]) => ({
      name,
      ...(stringMatch(value) ?? { kind: 'presence', value: '' }),
    })),
    method: stringMatch(match.method)?.value,
  };
}

function stringMatch(
  value: Json | undefined,
): { readonly kind: 'exact' | 'prefix' | 'regex' | 'presence'; readonly value: string } | undefined {
  if (value === undefined) return undefined;
  const match = objectIn(value);
  for (const kind of ['exact', 'prefix', 'regex'] as const) {
    const text = textIn(match[kind]);
    if (text !== undefined) return { kind, value: text };
  }
  return { kind: 'presence', value: '' };
}

/** The weights of a route's destinations as the object states them. */
export function rawWeights(route: HttpRoute): RawWeights {
  return route.destinations.map(({ weight }) => weight);
}

/** Whether weighbridge can shift this route: it has at least two destinations. */
export function canBeShifted(route: HttpRoute): boolean {
  return route.destinations.length > 1;
}

/** The routes worth choosing from: of each VirtualService the HTTP routes that can be shifted. */
export function shiftableRoutes(
  virtualServices: readonly VirtualService[],
): readonly { readonly virtualService: VirtualService; readonly route: HttpRoute }[] {
  return virtualServices.flatMap(virtualService =>
    virtualService.http.filter(canBeShifted).map(route => ({ virtualService, route })),
  );
}

/** Whether two readings of a route differ in nothing, whatever happened to the rest of the object. */
export function sameRoute(left: HttpRoute, right: HttpRoute): boolean {
  return jsonEquals(left.json, right.json);
}

import { plainText } from '../plain-text.ts';
import type { Collection } from './cluster-api.ts';
import { type Json, type JsonObject, jsonEquals, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, type Metadata, readMetadata } from './metadata.ts';
import { type Owner, ownersOf, type Writer, writersOf } from './owners.ts';
import type { RawWeights } from './split.ts';

export const ISTIO_GROUP = 'networking.istio.io';

/** One weighted target of a route. */
export type RouteDestination = {
  readonly host: string;
  readonly subset: string | undefined;
  readonly port: number | undefined;
  readonly weight: number | undefined;
  /** The subset, else the host's short name: what the panes call this version. Unique within the route. */
  readonly label: string;
};

/** One of Istio's ways to match a string; `presence` takes any. */
export type StringCondition = {
  readonly kind: 'exact' | 'prefix' | 'regex' | 'presence';
  readonly value: string;
};

export type HttpMatch = {
  readonly uri: StringCondition | undefined;
  readonly method: StringCondition | undefined;
  readonly authority: StringCondition | undefined;
  readonly headers: readonly { readonly name: string; readonly condition: StringCondition }[];
  readonly queryParams: readonly { readonly name: string; readonly condition: StringCondition }[];
};

/** The lists of routes in a VirtualService, in the order in which they are shown. */
export const ROUTE_PROTOCOLS = ['http', 'tls', 'tcp'] as const;

export type RouteProtocol = (typeof ROUTE_PROTOCOLS)[number];

/** One route, such as an entry of `spec.http`, with the JSON it was read from: a patch tests that it is still the same. */
export type Route = {
  readonly protocol: RouteProtocol;
  /** Its place among the routes of its protocol. */
  readonly index: number;
  /** Empty where it has none, as routes of connections never have. */
  readonly name: string;
  /** What an http route matches; empty where that is everything, and for routes of connections. */
  readonly matches: readonly HttpMatch[];
  readonly destinations: readonly RouteDestination[];
  readonly rewriteUri: string | undefined;
  /** The VirtualService whose routes stand in the place of this one. */
  readonly delegate: { readonly namespace: string; readonly name: string } | undefined;
  readonly json: JsonObject;
};

export type VirtualService = Metadata & {
  readonly apiVersion: string;
  readonly hosts: readonly string[];
  /** As written: `name` or `namespace/name`; `mesh` stands for the sidecars. Empty means mesh only. */
  readonly gateways: readonly string[];
  readonly routes: readonly Route[];
  /** Who wrote it, the newest first. */
  readonly writers: readonly Writer[];
  readonly owners: readonly Owner[];
};

export function readVirtualService(object: KubeObject): VirtualService {
  const spec = objectIn(object.spec);
  const metadata = readMetadata(object);
  return {
    ...metadata,
    apiVersion: textIn(object.apiVersion) ?? '',
    hosts: listIn(spec.hosts).map(host => plainText(textIn(host) ?? '', 253)),
    gateways: listIn(spec.gateways).map(gateway => plainText(textIn(gateway) ?? '', 320)),
    routes: ROUTE_PROTOCOLS.flatMap(protocol =>
      listIn(spec[protocol]).map((item, index) => readRoute(protocol, item, index, metadata.namespace)),
    ),
    writers: writersOf(object),
    owners: ownersOf(object),
  };
}

function readRoute(protocol: RouteProtocol, item: Json, index: number, namespace: string): Route {
  const json = objectIn(item);
  const isHttp = protocol === 'http';
  return {
    protocol,
    index,
    name: isHttp ? plainText(textIn(json.name) ?? '', 80) : '',
    matches: isHttp ? listIn(json.match).map(readMatch) : [],
    destinations: labelled(listIn(json.route).map(objectIn)),
    rewriteUri: isHttp ? textIn(objectIn(json.rewrite).uri) : undefined,
    delegate: isHttp ? readDelegate(objectIn(json.delegate), namespace) : undefined,
    json,
  };
}

/** A delegate without a namespace is in that of the VirtualService which names it. */
function readDelegate(delegate: JsonObject, namespace: string): Route['delegate'] {
  const name = textIn(delegate.name);
  if (!name) return undefined;
  return { namespace: plainText(textIn(delegate.namespace) || namespace, 63), name: plainText(name, 253) };
}

function labelled(entries: readonly JsonObject[]): readonly RouteDestination[] {
  const bare = entries.map(entry => {
    const destination = objectIn(entry.destination);
    const subset = textIn(destination.subset);
    return {
      host: plainText(textIn(destination.host) ?? '', 253),
      subset: subset || undefined,
      port: numberIn(objectIn(destination.port).number),
      weight: numberIn(entry.weight),
    };
  });
  const labels = uniqueLabels(bare);
  return bare.map((destination, at) => ({ ...destination, label: labels[at] ?? '' }));
}

type Unlabelled = Omit<RouteDestination, 'label'>;

function shortLabel({ host, subset }: Unlabelled): string {
  return subset === undefined ? hostName(host) : plainText(subset, 63);
}

function hostName(host: string): string {
  return host.split('.')[0] ?? host;
}

/** Ways to tell destinations of one short label apart, the shortest first. */
const LONGER_LABELS: readonly ((destination: Unlabelled) => string)[] = [
  ({ host }) => hostName(host),
  ({ host }) => host.split('.').slice(0, 2).join('.'),
  ({ host, port }) => `${hostName(host)}:${port}`,
  fullLabel,
];

function fullLabel({ host, subset, port }: Unlabelled): string {
  return `${host}${port === undefined ? '' : `:${port}`}${subset ? `/${plainText(subset, 63)}` : ''}`;
}

/** Short labels, longer ones where two would be the same; what is listed twice is numbered. */
function uniqueLabels(destinations: readonly Unlabelled[]): readonly string[] {
  const short = destinations.map(shortLabel);
  const isUnique = (labels: readonly string[]) => new Set(labels).size === labels.length;
  if (isUnique(short)) return short;
  const clashes = (at: number) => short.some((label, other) => other !== at && label === short[at]);
  for (const longer of LONGER_LABELS) {
    const labels = destinations.map((destination, at) =>
      clashes(at) ? longer(destination) : (short[at] ?? ''),
    );
    if (isUnique(labels)) return labels;
  }
  const full = destinations.map((destination, at) =>
    clashes(at) ? fullLabel(destination) : (short[at] ?? ''),
  );
  return full.map((label, at) =>
    full.indexOf(label) === full.lastIndexOf(label) ? label : `${label}#${at + 1}`,
  );
}

function readMatch(item: Json): HttpMatch {
  const match = objectIn(item);
  const conditions = (value: Json | undefined) =>
    Object.entries(objectIn(value)).map(([name, condition]) => ({
      name,
      condition: readCondition(condition),
    }));
  const optional = (value: Json | undefined) => (value === undefined ? undefined : readCondition(value));
  const uri = optional(match.uri);
  return {
    uri: uri?.kind === 'presence' ? undefined : uri,
    method: optional(match.method),
    authority: optional(match.authority),
    headers: conditions(match.headers),
    queryParams: conditions(match.queryParams),
  };
}

function readCondition(value: Json): StringCondition {
  const condition = objectIn(value);
  for (const kind of ['exact', 'prefix', 'regex'] as const) {
    const text = textIn(condition[kind]);
    if (text !== undefined) return { kind, value: text };
  }
  return { kind: 'presence', value: '' };
}

/** Where a route is in its object, as a JSON pointer. */
export function routePath({ protocol, index }: Route): string {
  return `/spec/${protocol}/${index}`;
}

/** `http route 2 of 3: shop`, or without the name where it has none. */
export function routeWords(route: Route, { routes }: VirtualService): string {
  const { length } = routes.filter(({ protocol }) => protocol === route.protocol);
  const place = `${route.protocol} route ${route.index + 1} of ${length}`;
  return route.name === '' ? place : `${place}: ${route.name}`;
}

/** The weights of a route's destinations as the object states them. */
export function rawWeights(route: Route): RawWeights {
  return route.destinations.map(({ weight }) => weight);
}

/** Whether weighbridge can shift this route: it has at least two destinations. */
export function canBeShifted(route: Route): boolean {
  return route.destinations.length > 1;
}

/** The routes worth choosing from: of each VirtualService the routes that can be shifted. */
export function shiftableRoutes(
  virtualServices: readonly VirtualService[],
): readonly { readonly virtualService: VirtualService; readonly route: Route }[] {
  return virtualServices.flatMap(virtualService =>
    virtualService.routes.filter(canBeShifted).map(route => ({ virtualService, route })),
  );
}

/**
 * The route of another reading that is the same one: of the same name or, where it has none, with the same match; and with the
 * same destinations, because weights go by their position. Its place may have changed. Where several answer to that, the one
 * at the old place; undefined where there is none.
 */
export function findRoute({ routes }: VirtualService, like: Route): Route | undefined {
  const labels = ({ destinations }: Route) => destinations.map(({ label }) => label);
  const isSame = (route: Route) =>
    route.protocol === like.protocol &&
    route.name === like.name &&
    (like.name !== '' || jsonEquals(route.json.match, like.json.match)) &&
    jsonEquals(labels(route), labels(like));
  const found = routes.filter(isSame);
  return found.find(({ index }) => index === like.index) ?? found[0];
}

/** Whether two readings of a route differ in nothing, whatever happened to the rest of the object. */
export function sameRoute(left: Route, right: Route): boolean {
  return jsonEquals(left.json, right.json);
}

/** The collection that a VirtualService was read from, in the version it was read in. */
export function collectionOf({ apiVersion, namespace }: VirtualService): Collection {
  const [group = '', version = ''] = apiVersion.split('/');
  return { group, version, plural: 'virtualservices', namespace };
}

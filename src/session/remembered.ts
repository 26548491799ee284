import type { Route, VirtualService } from '../kube/virtual-service.ts';

/** A namespace that was chosen in a context, and the route that was chosen there last; absent where none was. */
export type RememberedPlace = {
  readonly namespace: string;
  readonly route: RememberedRoute | undefined;
  readonly atMs: number;
};

export type RememberedRoute = { readonly virtualService: string; readonly route: string };

/** What is remembered of every context, by its name. Holds names and times, nothing else. */
export type Remembered = ReadonlyMap<string, readonly RememberedPlace[]>;

const MAX_CONTEXTS = 100;
const MAX_NAMESPACES = 30;

/** What people call a route: its name, else its place. */
export function routeLabel(route: Route): string {
  return route.name || `${route.protocol} ${route.index + 1}`;
}

/** The places of a context with one more choice; the oldest beyond the thirtieth are forgotten. */
export function withChoice(
  places: readonly RememberedPlace[],
  choice: RememberedPlace,
): readonly RememberedPlace[] {
  const before = places.find(({ namespace }) => namespace === choice.namespace);
  const others = places.filter(({ namespace }) => namespace !== choice.namespace);
  return [{ ...choice, route: choice.route ?? before?.route }, ...others].slice(0, MAX_NAMESPACES);
}

/** What is remembered, with the places of one context replaced; the contexts that were used longest ago are forgotten. */
export function withContext(
  remembered: Remembered,
  context: string,
  places: readonly RememberedPlace[],
): Remembered {
  const others = [...remembered].filter(([name]) => name !== context);
  const newest = others.toSorted(([, left], [, right]) => lastUsedMs(right) - lastUsedMs(left));
  return new Map([[context, places], ...newest.slice(0, MAX_CONTEXTS - 1)]);
}

function lastUsedMs(places: readonly RememberedPlace[]): number {
  return Math.max(0, ...places.map(({ atMs }) => atMs));
}

/** The remembered one of these routes; undefined where none is remembered, or what is remembered is not there. */
export function rememberedChoice<
  Choice extends { readonly virtualService: VirtualService; readonly route: Route },
>(places: readonly RememberedPlace[], namespace: string, choices: readonly Choice[]): Choice | undefined {
  const remembered = places.find(place => place.namespace === namespace)?.route;
  return choices.find(
    ({ virtualService, route }) =>
      virtualService.name === remembered?.virtualService && routeLabel(route) === remembered.route,
  );
}

const VERSION = 1;

export function rememberedAsText(remembered: Remembered): string {
  return `${JSON.stringify({ version: VERSION, contexts: Object.fromEntries(remembered) }, null, 1)}\n`;
}

/** Reads what `rememberedAsText` wrote; undefined for anything else. */
export function readRemembered(text: string): Remembered | undefined {
  const file = parsed(text);
  if (!isRecord(file) || file.version !== VERSION || !isRecord(file.contexts)) return undefined;
  const contexts = Object.entries(file.contexts);
  if (!contexts.every((entry): entry is [string, RememberedPlace[]] => arePlaces(entry[1]))) return undefined;
  return new Map(contexts.map(([name, places]) => [name, places.map(asPlace)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function arePlaces(value: unknown): value is RememberedPlace[] {
  return Array.isArray(value) && value.every(isPlace);
}

function isPlace(value: unknown): boolean {
  if (!isRecord(value) || !isName(value.namespace) || !Number.isFinite(value.atMs)) return false;
  const { route } = value;
  return route === undefined || (isRecord(route) && isName(route.virtualService) && isName(route.route));
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 253;
}

/** Without members that are none of ours, which would be written again. */
function asPlace({ namespace, route, atMs }: RememberedPlace): RememberedPlace {
  const kept = route && { virtualService: route.virtualService, route: route.route };
  return { namespace, route: kept, atMs };
}

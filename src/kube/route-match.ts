import { type Json, type JsonObject, jsonEquals, listIn, objectIn, textIn } from './json.ts';
import type { Route } from './virtual-service.ts';

/** Members of a match that say nothing about what it takes. */
const LABELS = new Set(['name', 'statPrefix', 'ignoreUriCase']);
const STRINGS = new Set(['uri', 'scheme', 'method', 'authority']);
const MAPS = new Set(['headers', 'queryParams']);

/** What a route takes, as the object has it: any of its matches. A route without matches takes everything, by one empty match. */
export function matchesOf({ json }: Route): readonly JsonObject[] {
  const matches = listIn(json.match).map(objectIn);
  return matches.length === 0 ? [{}] : matches;
}

/** Whether one of its matches takes everything, so that Istio puts no route after it. */
export function takesEverything(route: Route): boolean {
  return route.delegate === undefined && matchesOf(route).some(match => covers(match, {}));
}

/**
 * Whether whatever `inner` takes is taken by `outer` as well. Judged by their words: a pattern covers only itself, so that
 * true is certain and false may be wrong.
 */
export function covers(outer: JsonObject, inner: JsonObject): boolean {
  return Object.entries(outer).every(([member, value]) => {
    if (LABELS.has(member) || jsonEquals(value, inner[member])) return isSameCase(outer, inner, member);
    if (STRINGS.has(member)) {
      return isAnyPath(member, value) || (isSameCase(outer, inner, member) && includes(value, inner[member]));
    }
    if (MAPS.has(member)) return everyIncluded(objectIn(value), objectIn(inner[member]));
    if (member === 'sniHosts') return sniCovers(listIn(value), listIn(inner[member]));
    return isEmpty(value);
  });
}

/** Paths that are compared in another way cannot be compared with each other. */
function isSameCase(outer: JsonObject, inner: JsonObject, member: string): boolean {
  return member !== 'uri' || (outer.ignoreUriCase === true) === (inner.ignoreUriCase === true);
}

function isAnyPath(member: string, value: Json): boolean {
  const { prefix, regex } = objectIn(value);
  return member === 'uri' && (prefix === '/' || regex === '.*');
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function everyIncluded(outer: JsonObject, inner: JsonObject): boolean {
  return Object.entries(outer).every(([name, value]) => {
    if (!(name in inner)) return false;
    // A condition that is empty asks only that there be one.
    return Object.keys(objectIn(value)).length === 0 || includes(value, inner[name]);
  });
}

function includes(outer: Json, inner: Json | undefined): boolean {
  if (jsonEquals(outer, inner)) return true;
  const prefix = textIn(objectIn(outer).prefix);
  const within = textIn(objectIn(inner).prefix) ?? textIn(objectIn(inner).exact);
  return prefix !== undefined && within?.startsWith(prefix) === true;
}

function sniCovers(outer: readonly Json[], inner: readonly Json[]): boolean {
  if (outer.includes('*')) return true;
  return inner.length > 0 && inner.every(name => outer.some(host => hostCovers(textIn(host), textIn(name))));
}

function hostCovers(pattern = '', host = ''): boolean {
  return pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
}

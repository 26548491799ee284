import { apportion, asSplit, type RawWeights, type Split, TOTAL } from '../kube/split.ts';
import type { RouteDestination } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import type { Failure } from './route-known.ts';

/** A weight as somebody names it: `v2=20`. */
export type NamedWeight = { readonly name: string; readonly weight: number };

const EXAMPLE = 'Name them as v2=20, or v1=80 v2=20.';

/** Words such as `v2=20` and `v1=80%`, read; what is wrong with the first that cannot be used. Knows nothing of the route yet. */
export function readNamedWeights(words: readonly string[]): readonly NamedWeight[] | Failure {
  const read = words.map(readWord);
  const bad = read.find((one): one is Failure => 'headline' in one);
  if (bad) return bad;
  const named = read.filter((one): one is NamedWeight => 'weight' in one);
  const sum = named.reduce((total, { weight }) => total + weight, 0);
  if (sum > TOTAL)
    return {
      headline: `Can't set ${words.join(' ')}: together that is ${sum}.`,
      nextStep: 'Weights sum to 100.',
    };
  const twice = named.find(({ name }, at) => named.findIndex(other => other.name === name) !== at);
  return twice ? namedTwice(twice.name) : named;
}

function readWord(word: string): NamedWeight | Failure {
  const [, name = '', weight = ''] = /^([^=]+)=(\d{1,3})%?$/.exec(word) ?? [];
  if (name === '' || Number(weight) > TOTAL) {
    const shown = plainText(word, 80);
    return { headline: `Can't set ${shown}: a weight is a whole number from 0 to 100.`, nextStep: EXAMPLE };
  }
  return { name, weight: Number(weight) };
}

function namedTwice(name: string): Failure {
  return { headline: `Can't set ${plainText(name, 80)} twice.`, nextStep: 'Name each version once.' };
}

/**
 * The split in which each named destination has exactly its weight, and the others share what is left in the proportions that they
 * have, by largest remainder; equal parts where they have nothing. Fails where a name is none of the route's or means several, and
 * where every destination is named and the weights do not sum to 100.
 */
export function splitOfNamed(
  named: readonly NamedWeight[],
  destinations: readonly RouteDestination[],
  applied: RawWeights,
): Split | Failure {
  const found = named.map(({ name, weight }) => ({ name, weight, at: destinationNamed(name, destinations) }));
  const weights = new Map<number, number>();
  for (const { name, weight, at } of found) {
    if (typeof at !== 'number') return at;
    if (weights.has(at)) return namedTwice(name);
    weights.set(at, weight);
  }
  const left = TOTAL - [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const others = destinations.map((_, at) => at).filter(at => !weights.has(at));
  if (others.length === 0 && left > 0) {
    const headline = `Can't set ${TOTAL - left} of 100: every version is named, and nothing is left to take the rest.`;
    return { headline, nextStep: 'Give weights that sum to 100, or leave one version out.' };
  }
  const before = asSplit(applied);
  const shared = apportion(
    left,
    others.map(at => before[at] ?? 0),
  );
  return destinations.map((_, at) => weights.get(at) ?? shared[others.indexOf(at)] ?? 0);
}

/** The destination that is meant by a subset, a host, `host/subset` or the label that weighbridge shows. */
function destinationNamed(name: string, destinations: readonly RouteDestination[]): number | Failure {
  const meant = meantBy(name, destinations);
  const [only, ...others] = meant;
  const shown = plainText(name, 80);
  if (only === undefined) {
    const labels = destinations.map(({ label }) => label).join(', ');
    return { headline: `There is no version ${shown} in this route.`, nextStep: `Name one of ${labels}.` };
  }
  if (others.length === 0) return only;
  const names = meant.map(at => clearName(at, destinations)).join(' or ');
  return { headline: `Can't tell which version ${shown} is.`, nextStep: `Name ${names}.` };
}

function meantBy(name: string, destinations: readonly RouteDestination[]): readonly number[] {
  const meant = destinations.flatMap((destination, at) => (namesOf(destination).includes(name) ? [at] : []));
  const labelled = destinations.findIndex(({ label }) => label === name);
  return meant.length === 0 && labelled >= 0 ? [labelled] : meant;
}

/** A host is called by its first part as well, as the Service that it mostly is. */
function namesOf({ host, subset }: RouteDestination): readonly string[] {
  const hosts = [...new Set([host.split('.')[0] ?? host, host])];
  return subset === undefined ? hosts : [...hosts.map(each => `${each}/${subset}`), subset, ...hosts];
}

/** A name that means this destination and no other. */
function clearName(at: number, destinations: readonly RouteDestination[]): string {
  const destination = destinations[at];
  if (!destination) return '';
  const names = [...namesOf(destination), destination.label];
  return plainText(names.find(name => meantBy(name, destinations).length === 1) ?? destination.label, 80);
}

/** Words of a command line, apart: those that name a weight, and the others. */
export function wordsApart(words: readonly string[]): {
  readonly weights: readonly string[];
  readonly others: readonly string[];
} {
  return {
    weights: words.filter(word => word.includes('=')),
    others: words.filter(word => !word.includes('=')),
  };
}

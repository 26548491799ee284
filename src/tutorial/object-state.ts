import { type Json, type JsonObject, jsonEquals, labelsIn, listIn, objectIn, textIn } from '../kube/json.ts';
import type { KubeObject } from '../kube/metadata.ts';
import { writersOf } from '../kube/owners.ts';
import { readService } from '../kube/service.ts';
import { readDestinationRule, readGateway } from '../kube/traffic-objects.ts';
import { readVirtualService, type VirtualService } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import { productName } from '../version.ts';
import type { TutorialObject } from './manifests.ts';

/** What the cluster has under the name of one of the tutorial's objects. */
export type ObjectState =
  | { readonly kind: 'absent' }
  /** It does what the tutorial needs, whoever made it. `differences` are told, and left alone. */
  | { readonly kind: 'made'; readonly isOurs: boolean; readonly differences: readonly string[] }
  /** We made it, and it no longer does what the tutorial needs. */
  | { readonly kind: 'broken'; readonly reason: string; readonly by: string }
  /** Somebody else's, of the same name by chance. */
  | { readonly kind: 'foreign'; readonly reason: string };

/**
 * Judges the object that the cluster has in the place of one of the tutorial's.
 *
 * @param variants the object as the files say it, in each form that the tutorial applies.
 */
export function objectState(variants: readonly TutorialObject[], found: KubeObject | undefined): ObjectState {
  if (!found) return { kind: 'absent' };
  const reasons = variants.map(variant => whyNotTutorials(variant, found));
  const isOurs = isMadeByUs(found);
  const [reason] = reasons;
  if (reason !== undefined && !reasons.includes(undefined)) {
    const [writer] = writersOf(found);
    return isOurs ? { kind: 'broken', reason, by: writer?.manager ?? '' } : { kind: 'foreign', reason };
  }
  const fitting = variants.filter((_, index) => reasons[index] === undefined);
  const differences = fitting.map(({ object }) => differencesFrom(object, found));
  const fewest = differences.toSorted((left, right) => left.length - right.length)[0] ?? [];
  return { kind: 'made', isOurs, differences: fewest };
}

/** Whether weighbridge applied the object. Changing the weights of somebody's object is an update and makes it nobody's. */
export function isMadeByUs(object: KubeObject): boolean {
  return listIn(object.metadata.managedFields)
    .map(objectIn)
    .some(({ manager, operation }) => manager === productName && operation === 'Apply');
}

/** Why an object does not do what the tutorial needs of it, to follow its name; undefined where it does. */
function whyNotTutorials({ kind, object }: TutorialObject, found: KubeObject): string | undefined {
  switch (kind) {
    case 'Deployment':
      return whyNotDeployment(object, found);
    case 'Service':
      return whyNotService(object, found);
    case 'DestinationRule':
      return whyNotDestinationRule(object, found);
    case 'Gateway':
      return whyNotGateway(object, found);
    case 'VirtualService':
      return whyNotVirtualService(object, found);
    case 'ConfigMap':
      return jsonEquals(object.data, found.data) ? undefined : 'holds another page';
  }
}

function whyNotDeployment(wanted: KubeObject, found: KubeObject): string | undefined {
  const part = (object: KubeObject) => {
    const spec = objectIn(object.spec);
    const template = objectIn(spec.template);
    return {
      selector: labelsIn(objectIn(spec.selector).matchLabels),
      podLabels: labelsIn(objectIn(template.metadata).labels),
      images: listIn(objectIn(template.spec).containers).map(item => textIn(objectIn(item).image) ?? ''),
    };
  };
  const [should, is] = [part(wanted), part(found)];
  if (!jsonEquals(should.selector, is.selector)) return `selects ${labelWords(is.selector)}`;
  const hasLabels = Object.entries(should.podLabels).every(([key, value]) => is.podLabels[key] === value);
  if (!hasLabels) return `labels its pods ${labelWords(is.podLabels)}`;
  const isSameProgram = is.images.some(image => should.images.some(other => isSameImage(other, image)));
  return isSameProgram ? undefined : `runs ${plainText(is.images.join(', '), 120)}`;
}

/** An image that bears the application's name may be another build of it; one that is general purpose must be the very same. */
function isSameImage(wanted: string, found: string): boolean {
  if (!wanted.includes('/')) return wanted === found.replace(/^docker\.io\/library\//, '');
  const [should, is] = [wanted, found].map(image => image.replace(/:[^:/]*$/, ''));
  // A mirror puts its name in front.
  return is === should || is?.endsWith(`/${should}`) === true;
}

function whyNotService(wanted: KubeObject, found: KubeObject): string | undefined {
  const [should, is] = [readService(wanted), readService(found)];
  if (!jsonEquals(should.selector, is.selector)) return `selects ${labelWords(is.selector)}`;
  const missing = should.ports.find(({ port }) => !is.ports.some(other => other.port === port));
  return missing ? `has no port ${missing.port}` : undefined;
}

function whyNotDestinationRule(wanted: KubeObject, found: KubeObject): string | undefined {
  const [should, is] = [readDestinationRule(wanted), readDestinationRule(found)];
  if (!isHost(is.host, should.host)) return `is for host ${plainText(is.host, 120)}`;
  const missing = should.subsets.find(
    ({ name, labels }) => !is.subsets.some(one => one.name === name && jsonEquals(one.labels, labels)),
  );
  return missing && `has no subset ${missing.name} of ${labelWords(missing.labels)}`;
}

function whyNotGateway(wanted: KubeObject, found: KubeObject): string | undefined {
  const [should, is] = [readGateway(wanted), readGateway(found)];
  if (!jsonEquals(should.selector, is.selector)) return `selects ${labelWords(is.selector)}`;
  const missing = should.servers.find(
    ({ port, protocol }) => !is.servers.some(one => one.port === port && one.protocol === protocol),
  );
  return missing && `does not open port ${missing.port} for ${missing.protocol}`;
}

/** Weights play no part: a route that was shifted is the tutorial's still. */
function whyNotVirtualService(wanted: KubeObject, found: KubeObject): string | undefined {
  const [should, is] = [readVirtualService(wanted), readVirtualService(found)];
  const stranger = should.gateways.find(name => !is.gateways.some(one => one.split('/').at(-1) === name));
  if (stranger !== undefined) return `is not bound to Gateway ${stranger}`;
  const wantedSubsets = subsetsOf(should);
  const hasBoth = is.routes.some(({ destinations }) =>
    wantedSubsets.every(({ host, subset }) =>
      destinations.some(one => isHost(one.host, host) && one.subset === subset),
    ),
  );
  return hasBoth ? undefined : 'has no route with both versions';
}

function subsetsOf({ routes }: VirtualService) {
  return routes.flatMap(({ destinations }) => destinations.map(({ host, subset }) => ({ host, subset })));
}

/** Whether a host names the Service of that short name. */
export function isHost(host: string, shortName: string): boolean {
  return host === shortName || host.startsWith(`${shortName}.`);
}

function labelWords(labels: Readonly<Record<string, string>>): string {
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return words.length === 0 ? 'nothing' : plainText(words.join(','), 120);
}

/** What every object differs in without anybody having changed it, and the routes, which are there to be changed. */
const NOT_COMPARED = new Set(['apiVersion', 'metadata', 'spec.http']);

/** Where an object is not as its file says, each as a sentence part: `spec.replicas is 3, the tutorial's is 1`. */
function differencesFrom(wanted: KubeObject, found: KubeObject): readonly string[] {
  return differences(wanted, found, '');
}

function differences(wanted: Json, found: Json | undefined, path: string): readonly string[] {
  if (NOT_COMPARED.has(path)) return [];
  if (Array.isArray(wanted)) return listDifferences(wanted as readonly Json[], listIn(found), path);
  if (typeof wanted === 'object' && wanted !== null) {
    const members = objectIn(found);
    return Object.entries(wanted as JsonObject).flatMap(([key, value]) =>
      differences(value, members[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (wanted === found) return [];
  return [`${path} is ${valueWords(found)}, the tutorial's is ${valueWords(wanted)}`];
}

/** Lists of things with names go by their names, others by their places. */
function listDifferences(wanted: readonly Json[], found: readonly Json[], path: string): readonly string[] {
  return wanted.flatMap((item, index) => {
    const { name } = objectIn(item);
    if (name === undefined) return differences(item, found[index], `${path}[${index}]`);
    const same = found.find(other => objectIn(other).name === name);
    return same === undefined
      ? [`${path} has no ${valueWords(name)}`]
      : differences(item, same, `${path}[${valueWords(name)}]`);
  });
}

function valueWords(value: Json | undefined): string {
  if (value === undefined) return 'absent';
  return plainText(typeof value === 'string' ? value : JSON.stringify(value), 80);
}

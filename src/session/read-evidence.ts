import { boundGateways, gatewaysOf } from '../kube/bound-gateways.ts';
import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import type { ClusterError, Outcome } from '../kube/cluster-error.ts';
import { readDeployment } from '../kube/deployment.ts';
import { resolveHost } from '../kube/destination-target.ts';
import { readWarningEvent } from '../kube/event.ts';
import type { Evidence } from '../kube/evidence.ts';
import { listIn, objectIn, textIn } from '../kube/json.ts';
import { type KubeObject, readMetadata, selectorText } from '../kube/metadata.ts';
import { readNode } from '../kube/node.ts';
import { readPod } from '../kube/pod.ts';
import { readService, type Service } from '../kube/service.ts';
import { readDestinationRule, readGateway } from '../kube/traffic-objects.ts';
import { ISTIO_GROUP, readVirtualService, type VirtualService } from '../kube/virtual-service.ts';

/** Where to look, and at what. */
export type Subject = {
  readonly namespace: string;
  readonly istioNamespace: string;
  /** The version of networking.istio.io that the server has; undefined where Istio is not installed. */
  readonly istioVersion: string | undefined;
  /** Whose way is followed; undefined where only the cluster is looked at. */
  readonly virtualService: VirtualService | undefined;
  /** The one that decides for its hosts and gateways: another one where it is a delegate. */
  readonly entry: VirtualService | undefined;
};

export type ReadEvidence = {
  readonly evidence: Evidence;
  /** Why something could not be read, each once. */
  readonly unread: readonly ClusterError[];
};

/**
 * Reads once what it takes to judge the way of requests through a VirtualService: whole collections of the namespaces that it
 * touches, but of their pods only those of the Services and Gateways that it names. One request after the other, so that a
 * screen beside it keeps its connections. What may not be read is undefined in the evidence.
 */
export async function readEvidence(
  api: ClusterApi,
  subject: Subject,
  signal: AbortSignal,
): Promise<ReadEvidence> {
  const reader = new Reader(api, signal);
  const { istioNamespace, virtualService, entry } = subject;
  const namespaces = destinationNamespaces(subject);
  const istio = (plural: string): Collection => ({
    group: ISTIO_GROUP,
    version: subject.istioVersion ?? 'v1',
    plural,
  });
  const hasIstio = subject.istioVersion !== undefined;
  const nodes = await reader.list(core('nodes'), readNode);
  const istioPods = await reader.list(core('pods', istioNamespace), readPod);
  const services = await reader.listIn(core('services'), namespaces, readService);
  const pods = services && (await readVersionPods(reader, subject, services));
  const bound = entry ? boundGateways(entry) : [];
  const gatewayNamespaces = distinct(bound.map(({ namespace }) => namespace));
  const gateways = hasIstio
    ? await reader.listIn(istio('gateways'), gatewayNamespaces, readGateway)
    : undefined;
  const gatewayPods = gateways && entry && (await readGatewayPods(reader, entry, gateways, istioNamespace));
  const beside = distinct((gatewayPods ?? []).map(({ namespace }) => namespace));
  const evidence: Evidence = {
    istioNamespace,
    nodes,
    istioPods,
    services,
    pods,
    gateways,
    gatewayPods,
    gatewayServices: await reader.listIn(core('services'), beside, readService),
    deployments: await reader.listIn(
      { group: 'apps', version: 'v1', plural: 'deployments' },
      namespaces,
      readDeployment,
    ),
    destinationRules: hasIstio
      ? await reader.listIn(
          istio('destinationrules'),
          distinct([...namespaces, ...(virtualService ? [istioNamespace] : [])]),
          readDestinationRule,
        )
      : undefined,
    serviceEntryHosts: hasIstio
      ? await readServiceEntryHosts(reader, istio('serviceentries'), namespaces)
      : undefined,
    virtualServices: hasIstio
      ? await reader.everywhereOr(istio('virtualservices'), subject.namespace, readVirtualService)
      : undefined,
    namespaces: await readNamespaces(reader, namespaces),
    warningEvents: await readEvents(reader, distinct([...namespaces, istioNamespace])),
  };
  return { evidence, unread: reader.unread };
}

/** The namespaces that the VirtualService's destinations are in. */
function destinationNamespaces({ virtualService, namespace }: Subject): readonly string[] {
  if (!virtualService) return [namespace];
  const hosts = virtualService.routes.flatMap(({ destinations }) => destinations.map(({ host }) => host));
  const named = hosts.flatMap(host => {
    const resolved = resolveHost(host, virtualService.namespace);
    return resolved.kind === 'service' ? [resolved.namespace] : [];
  });
  return distinct([virtualService.namespace, ...named]);
}

/** Pods of the Services that the VirtualService's destinations name. */
async function readVersionPods(reader: Reader, { virtualService }: Subject, services: readonly Service[]) {
  if (!virtualService) return [];
  const wanted = virtualService.routes.flatMap(({ destinations }) =>
    destinations.map(({ host }) => resolveHost(host, virtualService.namespace)),
  );
  const named = services.filter(({ name, namespace, selector }) => {
    const isWanted = wanted.some(
      host => host.kind === 'service' && host.name === name && host.namespace === namespace,
    );
    return isWanted && Object.keys(selector).length > 0;
  });
  const lists = [];
  for (const { namespace, selector } of named) {
    lists.push(
      await reader.list({ ...core('pods', namespace), labelSelector: selectorText(selector) }, readPod),
    );
  }
  return joined(lists)?.filter(
    (pod, at, all) => all.findIndex(other => other.uid === pod.uid && other.name === pod.name) === at,
  );
}

/** In all namespaces, or in Istio's where that is forbidden. */
async function readGatewayPods(
  reader: Reader,
  entry: VirtualService,
  gateways: Parameters<typeof gatewaysOf>[1],
  istioNamespace: string,
) {
  const selectors = gatewaysOf(entry, gateways).map(({ selector }) => selectorText(selector));
  const lists = [];
  for (const labelSelector of distinct(selectors.filter(text => text !== ''))) {
    lists.push(await reader.everywhereOr({ ...core('pods'), labelSelector }, istioNamespace, readPod));
  }
  return joined(lists);
}

async function readServiceEntryHosts(reader: Reader, collection: Collection, namespaces: readonly string[]) {
  const [namespace = ''] = namespaces;
  const read = (object: KubeObject) => listIn(objectIn(object.spec).hosts).map(host => textIn(host) ?? '');
  // Hosts that are not known are judged only where these are, and few people may read them everywhere: no word about it.
  return (await reader.quietly(() => reader.everywhereOr(collection, namespace, read)))?.flat();
}

/** Namespaces one by one: many people may read their own, and not list them all. */
async function readNamespaces(reader: Reader, names: readonly string[]) {
  const read = [];
  for (const name of names) {
    read.push(await reader.quietly(() => reader.get(core('namespaces'), name, readMetadata)));
  }
  const found = read.filter(namespace => namespace !== undefined);
  return found.length === names.length ? found : undefined;
}

/** They only explain what is found, so that nobody misses them. */
async function readEvents(reader: Reader, namespaces: readonly string[]) {
  const warnings = { ...core('events'), fieldSelector: 'type=Warning' };
  return (await reader.quietly(() => reader.listIn(warnings, namespaces, readWarningEvent))) ?? [];
}

/** Reads, and remembers what could not be read. After a failure of the way to the server it asks for nothing more. */
class Reader {
  readonly unread: ClusterError[] = [];
  readonly #api: ClusterApi;
  readonly #signal: AbortSignal;
  #isQuiet = false;
  #isLost = false;

  constructor(api: ClusterApi, signal: AbortSignal) {
    this.#api = api;
    this.#signal = signal;
  }

  async list<Item>(collection: Collection, read: (object: KubeObject) => Item) {
    const listed = await this.#asked(() => this.#api.list(collection, this.#signal));
    return listed?.items.map(read);
  }

  /** The items of several namespaces together; undefined where one of them cannot be read. */
  async listIn<Item>(
    collection: Collection,
    namespaces: readonly string[],
    read: (object: KubeObject) => Item,
  ) {
    const lists = [];
    for (const namespace of namespaces) lists.push(await this.list({ ...collection, namespace }, read));
    return joined(lists);
  }

  /** The items of all namespaces or, where that is forbidden, of one. */
  async everywhereOr<Item>(collection: Collection, namespace: string, read: (object: KubeObject) => Item) {
    const everywhere = await this.quietly(() => this.list(collection, read));
    return everywhere ?? (await this.list({ ...collection, namespace }, read));
  }

  async get<Item>(collection: Collection, name: string, read: (object: KubeObject) => Item) {
    const object = await this.#asked(() => this.#api.get(collection, name, this.#signal));
    return object && read(object);
  }

  /** Does not remember what cannot be read meanwhile. */
  async quietly<Value>(reading: () => Promise<Value>): Promise<Value> {
    const before = this.#isQuiet;
    this.#isQuiet = true;
    const value = await reading();
    this.#isQuiet = before;
    return value;
  }

  async #asked<Value>(request: () => Promise<Outcome<Value>>): Promise<Value | undefined> {
    if (this.#isLost || this.#signal.aborted) return undefined;
    const answer = await request();
    if (answer.ok) return answer.value;
    const { kind, headline, nextStep } = answer.error;
    this.#isLost = isLoss(kind);
    const isKnown = this.unread.some(error => error.headline === headline && error.nextStep === nextStep);
    if ((!this.#isQuiet || this.#isLost) && !isKnown) this.unread.push(answer.error);
    return undefined;
  }
}

/** Whether a failure is one of the way to the server, or of its patience, so that the next request would fail as well. */
export function isLoss(kind: ClusterError['kind']): boolean {
  return ['unreachable', 'unauthorized', 'busy', 'not-kubernetes', 'aborted', 'configuration'].includes(kind);
}

function joined<Item>(lists: readonly (readonly Item[] | undefined)[]): readonly Item[] | undefined {
  const known = lists.filter(list => list !== undefined);
  return known.length === lists.length ? known.flat() : undefined;
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function core(plural: string, namespace?: string): Collection {
  return { group: '', version: 'v1', plural, ...(namespace === undefined ? {} : { namespace }) };
}

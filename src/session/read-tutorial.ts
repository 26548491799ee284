import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import type { ClusterError } from '../kube/cluster-error.ts';
import { listIn, objectIn, textIn } from '../kube/json.ts';
import { clusterPlace } from '../kube/local-cluster.ts';
import { type KubeObject, selectorText } from '../kube/metadata.ts';
import { readNode } from '../kube/node.ts';
import { type Pod, readPod } from '../kube/pod.ts';
import { preferredIstioVersion } from '../kube/served-version.ts';
import { readService } from '../kube/service.ts';
import { ISTIO_GROUP } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import type { ClusterFacts, TutorialPlace } from '../tutorial/facts.ts';
import { findObject, type Manifests } from '../tutorial/manifests.ts';
import { isLoss } from './read-evidence.ts';

/** Where to look: all of a place but what the nodes say of it. */
export type TutorialSubject = Omit<TutorialPlace, 'isLocal'>;

/**
 * Reads once what the tutorial goes by. What may not be read is said in `unread`; a cluster that does not answer at all is none.
 * Never throws.
 */
export async function readTutorial(
  api: ClusterApi,
  subject: TutorialSubject,
  manifests: Manifests,
  signal: AbortSignal,
): Promise<ClusterFacts> {
  const server = await api.raw('/version', signal);
  if (!server.ok && isLoss(server.error.kind)) return lost(server.error);
  const istio = await api.raw(`/apis/${ISTIO_GROUP}`, signal);
  const istioVersion = istio.ok ? preferredIstioVersion(istio.value) : undefined;
  const unread: ClusterError[] = [];
  const list = async (collection: Collection): Promise<readonly KubeObject[] | undefined> => {
    const listed = await api.list(collection, signal);
    if (listed.ok) return listed.value.items;
    unread.push(listed.error);
    return undefined;
  };
  const { namespace, istioNamespace } = subject;
  const nodes = (await list(core('nodes')))?.map(readNode) ?? [];
  const istioPods = (await list(core('pods', istioNamespace)))?.map(readPod);
  const istioServices = (await list(core('services', istioNamespace)))?.map(readService) ?? [];
  const service = findObject(manifests.objects, 'Service');
  const labelSelector = service ? selectorText(readService(service.object).selector) : '';
  const pods = (await list({ ...core('pods', namespace), labelSelector })) ?? [];
  const objects: KubeObject[] = [];
  const unreadKinds: string[] = [];
  for (const { kind, ...collection } of collectionsOf(namespace, istioVersion)) {
    const items = await list(collection);
    if (items) objects.push(...items.map(object => ({ ...object, kind })));
    else unreadKinds.push(kind);
  }
  objects.push(...(await readConfigMaps(api, namespace, manifests, signal)));
  const loss = unread.find(({ kind }) => isLoss(kind));
  if (loss) return lost(loss);
  const isLocal = subject.isDemo || clusterPlace(subject.context, nodes).kind !== 'elsewhere';
  return {
    kind: 'answers',
    place: { ...subject, isLocal },
    kubernetes: server.ok ? plainText(textIn(objectIn(server.value).gitVersion) ?? '', 40) : '',
    nodes,
    istioVersion,
    istioPods,
    istioServices,
    objects,
    unreadKinds,
    elsewhere: await readElsewhere(api, namespace, istioVersion, signal),
    pods: pods.map(readPod),
    logs: await readLogs(api, pods, signal),
    unread: [...new Set(unread.map(({ headline, nextStep }) => `${headline} ${nextStep}`))],
  };
}

function lost({ headline, nextStep }: ClusterError): ClusterFacts {
  return { kind: 'none', reason: headline, nextStep };
}

function core(plural: string, namespace?: string): Collection {
  return { group: '', version: 'v1', plural, ...(namespace === undefined ? {} : { namespace }) };
}

/** Whole collections: an object of another name may take the tutorial's traffic. Items of a list do not say their kind. */
function collectionsOf(
  namespace: string,
  istioVersion: string | undefined,
): readonly (Collection & { readonly kind: string })[] {
  const istio = (plural: string, kind: string) =>
    istioVersion === undefined
      ? []
      : [{ group: ISTIO_GROUP, version: istioVersion, plural, namespace, kind }];
  return [
    { group: 'apps', version: 'v1', plural: 'deployments', namespace, kind: 'Deployment' },
    { ...core('services', namespace), kind: 'Service' },
    ...istio('destinationrules', 'DestinationRule'),
    ...istio('gateways', 'Gateway'),
    ...istio('virtualservices', 'VirtualService'),
  ];
}

/** What other namespaces have at the gateways. Not to be allowed to see it is usual, and no reason to stop. */
async function readElsewhere(
  api: ClusterApi,
  own: string,
  version: string | undefined,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  if (version === undefined) return [];
  const kinds = { gateways: 'Gateway', virtualservices: 'VirtualService' };
  const lists = await Promise.all(
    Object.entries(kinds).map(async ([plural, kind]) => {
      const listed = await api.list({ group: ISTIO_GROUP, version, plural }, signal);
      return listed.ok ? listed.value.items.map(object => ({ ...object, kind })) : [];
    }),
  );
  return lists.flat().filter(({ metadata }) => metadata.namespace !== own);
}

/** By name alone: a ConfigMap of somebody else is nobody's business. */
async function readConfigMaps(
  api: ClusterApi,
  namespace: string,
  { anyArch }: Manifests,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const names = anyArch.filter(({ kind }) => kind === 'ConfigMap').map(({ name }) => name);
  const reads = await Promise.all(names.map(name => api.get(core('configmaps', namespace), name, signal)));
  return reads.flatMap(read => (read.ok ? [{ ...read.value, kind: 'ConfigMap' }] : []));
}

/** What containers wrote that have started and do not run: their status alone may not say why. */
async function readLogs(
  api: ClusterApi,
  pods: readonly KubeObject[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const failing = pods.filter(pod => hasEnded(readPod(pod)));
  const logs = await Promise.all(
    failing.map(async pod => {
      const { namespace, name } = readPod(pod);
      const container = textIn(objectIn(listIn(objectIn(pod.spec).containers)[0]).name) ?? '';
      const log = await api.podLog(namespace, name, { container, previous: false }, signal);
      return [name, log.ok ? log.value : ''] as const;
    }),
  );
  return Object.fromEntries(logs);
}

function hasEnded({ isReady, status, restarts }: Pod): boolean {
  return !isReady && (restarts > 0 || ['Error', 'CrashLoopBackOff', 'StartError'].includes(status));
}

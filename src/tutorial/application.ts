import { readDeployment } from '../kube/deployment.ts';
import { textIn } from '../kube/json.ts';
import { type KubeObject, matchesSelector } from '../kube/metadata.ts';
import { readService } from '../kube/service.ts';
import { readDestinationRule } from '../kube/traffic-objects.ts';
import { readVirtualService } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import { productName } from '../version.ts';
import type { AnsweringCluster, TutorialPlace } from './facts.ts';
import { kubectlIn } from './kubectl.ts';
import { findObject, type Manifests, objectWords, type TutorialObject } from './manifests.ts';
import { isHost, isMadeByUs, type ObjectState, objectState } from './object-state.ts';
import { commandLine, type Judgement, type Trouble } from './step.ts';

/** One of the tutorial's objects, and what the cluster has in its place. */
export type Looked = {
  readonly wanted: TutorialObject;
  readonly found: KubeObject | undefined;
  readonly state: ObjectState;
};

/** The tutorial's objects in a namespace. */
export type Application = {
  /** In the order in which they are applied; ConfigMaps are those of the any-arch variant. */
  readonly objects: readonly Looked[];
  /** What of somebody else's keeps the tutorial from writing here; nothing is touched where there is any. */
  readonly strangers: readonly Trouble[];
};

/** Looks up what the cluster has under the names that the tutorial uses. */
export function lookAt(cluster: AnsweringCluster, manifests: Manifests): Application {
  const configMaps = manifests.anyArch.filter(({ kind }) => kind === 'ConfigMap');
  const objects = [...configMaps, ...manifests.objects].map(wanted => {
    const found = cluster.objects.find(object => isNamed(object, wanted));
    const variants = manifests.anyArch.filter(one => one.kind === wanted.kind && one.name === wanted.name);
    const state = objectState([wanted, ...variants.filter(one => one !== wanted)], found);
    return { wanted, found, state };
  });
  const { namespace } = cluster.place;
  const foreign = objects.flatMap(({ wanted, state }) =>
    state.kind === 'foreign' ? [foreignTrouble(wanted, state.reason, namespace)] : [],
  );
  return { objects, strangers: [...foreign, ...intruders(cluster, manifests)] };
}

function isNamed(object: KubeObject, { kind, name }: TutorialObject): boolean {
  return object.kind === kind && object.metadata.name === name;
}

const ELSEWHERE = 'Use another namespace: kubectl create namespace NAME, then weighbridge tutorial -n NAME.';

function foreignTrouble(wanted: TutorialObject, reason: string, namespace: string): Trouble {
  return {
    id: 'not-the-tutorials',
    sentence: `${objectWords(wanted)} in namespace ${namespace} is somebody else's: it ${reason}. Nothing is touched.`,
    fix: ELSEWHERE,
  };
}

/** Objects of other names that would get the tutorial's traffic, or decide over it. */
function intruders({ objects, place }: AnsweringCluster, manifests: Manifests): readonly Trouble[] {
  const service = findObject(manifests.objects, 'Service');
  if (!service) return [];
  const { selector } = readService(service.object);
  const names = new Set(manifests.objects.map(objectWords));
  return objects
    .filter(object => !names.has(`${textIn(object.kind)} ${textIn(object.metadata.name)}`))
    .filter(object => !isMadeByUs(object))
    .flatMap(object => {
      const reason = intrusion(object, service.name, selector);
      if (reason === undefined) return [];
      const words = `${textIn(object.kind)} ${plainText(textIn(object.metadata.name) ?? '', 253)}`;
      return [
        {
          id: 'not-the-tutorials',
          sentence: `${words} in namespace ${place.namespace} is somebody else's: it ${reason}. Nothing is touched.`,
          fix: ELSEWHERE,
        },
      ];
    });
}

function intrusion(
  object: KubeObject,
  host: string,
  selector: Readonly<Record<string, string>>,
): string | undefined {
  switch (object.kind) {
    case 'Deployment':
      return matchesSelector(selector, readDeployment(object).podLabels)
        ? `has pods that Service ${host} would send traffic to`
        : undefined;
    case 'DestinationRule':
      return isHost(readDestinationRule(object).host, host)
        ? `names the versions of host ${host}`
        : undefined;
    case 'VirtualService':
      return readVirtualService(object).routes.some(({ destinations }) =>
        destinations.some(one => isHost(one.host, host)),
      )
        ? `routes traffic to host ${host}`
        : undefined;
    default:
      return undefined;
  }
}

/** Where kinds may not be read, what is there cannot be told from what is not. */
export function notReadable({ unread, unreadKinds }: AnsweringCluster): Judgement {
  const reason = unread[0] ?? `${unreadKinds.join(', ')} cannot be read`;
  return { progress: { kind: 'unknown', reason }, troubles: [], notes: unread };
}

/** One thing that a step needs, in words that say whether it is there. */
export type Part = { readonly isDone: boolean; readonly words: string };

/** What the parts of a step amount to: strangers keep it from being done, and are only told of once it is. */
export function judgeParts(
  parts: readonly Part[],
  { strangers, troubles, notes }: Pick<Application, 'strangers'> & Pick<Judgement, 'troubles' | 'notes'>,
): Judgement {
  const missing = parts.flatMap(({ isDone, words }) => (isDone ? [] : [words]));
  const evidence = parts.flatMap(({ isDone, words }) => (isDone ? [words] : []));
  if (missing.length === 0) {
    const told = strangers.map(({ sentence }) => sentence);
    return { progress: { kind: 'done', evidence }, troubles: [], notes: [...notes, ...told] };
  }
  if (strangers.length > 0) return { progress: { kind: 'blocked' }, troubles: strangers, notes };
  return { progress: { kind: 'to-do', missing, evidence }, troubles, notes };
}

/** What is told of objects that are there: who changed them by hand, and in what. */
export function differenceNotes(objects: readonly Looked[]): readonly string[] {
  return objects.flatMap(({ wanted, state }) => {
    if (state.kind !== 'made' || state.differences.length === 0) return [];
    const [first = '', ...more] = state.differences;
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    return [`${objectWords(wanted)} is not quite the tutorial's: ${first}${others}`];
  });
}

/** Objects that we made and that no longer do what they should. */
export function brokenTroubles(objects: readonly Looked[], place: TutorialPlace): readonly Trouble[] {
  return objects.flatMap(({ wanted, state }) => {
    if (state.kind !== 'broken') return [];
    const by = state.by === '' ? '' : `, changed by ${state.by}`;
    return [
      {
        id: 'changed-by-hand',
        sentence: `${objectWords(wanted)} is not as weighbridge made it${by}: it ${state.reason}.`,
        fix: `Put it back: ${commandLine(kubectlIn(place, 'apply', '--server-side', '--force-conflicts', `--field-manager=${productName}`, '-f', wanted.file))}`,
      },
    ];
  });
}

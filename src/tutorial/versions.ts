import { type Deployment, readDeployment } from '../kube/deployment.ts';
import { matchesSelector } from '../kube/metadata.ts';
import type { Pod } from '../kube/pod.ts';
import {
  type Application,
  brokenTroubles,
  differenceNotes,
  judgeParts,
  type Looked,
  lookAt,
  notReadable,
  type Part,
} from './application.ts';
import type { AnsweringCluster, Facts, TutorialPlace } from './facts.ts';
import { type ImageTrouble, imageTrouble } from './image-trouble.ts';
import { judgeIstio } from './istio.ts';
import { kubectlIn } from './kubectl.ts';
import {
  type Manifests,
  objectWords,
  type TutorialObject,
  VERSIONS,
  type VersionName,
  versionOf,
} from './manifests.ts';
import { commandLine, isPassed, type Judgement, type StepText, type Trouble } from './step.ts';

export const VERSIONS_TEXT: StepText = {
  id: 'versions',
  title: 'Two versions',
  why: [
    'Blue (v1) and green (v2) are the same application in two versions, each a Deployment of its own.',
    'One Service stands before both: which of them answers is decided later, by the route.',
    "The images are the tutorial's of 2018; where the node cannot run or pull them, the official nginx with the same two pages takes their place.",
  ],
  seenBy:
    'Deployments myapp-v1 and myapp-v2 are rolled out, each with a ready pod, and Service myapp selects both.',
  mayGoWrong: [
    {
      id: 'image-cannot-run',
      sentence: 'exec format error: the image is built for another processor than the node has.',
      fix: 'manifests/any-arch/ has the same pages for every architecture; this step applies it by itself.',
    },
    {
      id: 'image-cannot-be-pulled',
      sentence: 'ImagePullBackOff: the image cannot be pulled.',
      fix: 'manifests/any-arch/ has another image; this step applies it by itself. Behind a proxy, minikube needs it too.',
    },
    {
      id: 'not-the-tutorials',
      sentence: 'The namespace has a myapp of somebody else.',
      fix: 'Use another namespace: kubectl create namespace NAME, then weighbridge tutorial -n NAME.',
    },
  ],
};

/** The kinds that this step makes; the rest is the route. */
const KINDS = new Set(['ConfigMap', 'Deployment', 'Service']);

/** How one version is. */
export type VersionView = {
  readonly name: VersionName;
  readonly deployment: Deployment | undefined;
  readonly pods: readonly Pod[];
  readonly trouble: ImageTrouble | undefined;
  /** Whether it runs on the image for every architecture. */
  readonly isAnyArch: boolean;
};

/** The versions as the cluster has them, where they are the tutorial's. */
export function versionViews(
  cluster: AnsweringCluster,
  { objects }: Application,
  manifests: Manifests,
): readonly VersionView[] {
  return VERSIONS.map(name => {
    const found = objects.find(
      ({ wanted }) => wanted.kind === 'Deployment' && versionOf(wanted) === name,
    )?.found;
    const deployment = found && readDeployment(found);
    const image = deployment?.images[0];
    const pods = deployment
      ? cluster.pods.filter(pod => matchesSelector(deployment.podLabels, pod.labels) && !pod.isFinished)
      : [];
    // Pods of an image that was replaced may be in trouble for as long as they are there.
    const current = pods.filter(({ images }) => image !== undefined && images.includes(image));
    const trouble = current
      .map(pod => imageTrouble(pod, cluster.logs[pod.name] ?? ''))
      .find(one => one !== undefined);
    const isAnyArch = manifests.anyArch.some(
      one => one.kind === 'Deployment' && readDeployment(one.object).images[0] === image,
    );
    return { name, deployment, pods, trouble, isAnyArch };
  });
}

/** Judges whether both versions run. */
export function judgeVersions(facts: Facts): Judgement {
  const { cluster, manifests } = facts;
  if (cluster.kind === 'none' || !isPassed(judgeIstio(facts))) {
    return {
      progress: { kind: 'unknown', reason: 'there is no cluster with Istio' },
      troubles: [],
      notes: [],
    };
  }
  if (cluster.unreadKinds.length > 0) return notReadable(cluster);
  const application = lookAt(cluster, manifests);
  const own = ownObjects(application);
  const views = versionViews(cluster, application, manifests);
  const parts = [...views.map(versionPart), servicePart(own)];
  const troubles = [
    ...brokenTroubles(own, cluster.place),
    ...views.flatMap(view => versionTroubles(view, cluster.place, own, manifests)),
  ];
  return judgeParts(parts, { strangers: application.strangers, troubles, notes: differenceNotes(own) });
}

function ownObjects({ objects }: Application): readonly Looked[] {
  return objects.filter(({ wanted }) => KINDS.has(wanted.kind));
}

function versionPart({ name, deployment }: VersionView): Part {
  if (!deployment) return { isDone: false, words: `there is no Deployment of ${name}` };
  const { rollout, readyReplicas, replicas } = deployment;
  if (replicas === 0) return { isDone: false, words: `${name} is scaled to 0` };
  if (rollout.kind !== 'complete')
    return { isDone: false, words: `${name} is not rolled out: ${rollout.words}` };
  if (readyReplicas === 0) return { isDone: false, words: `${name} has no ready pod` };
  const image = deployment.images.join(', ');
  return { isDone: true, words: `${name} runs, ${readyReplicas} of ${replicas} pods ready, ${image}` };
}

function servicePart(own: readonly Looked[]): Part {
  const service = own.find(({ wanted }) => wanted.kind === 'Service');
  if (!service) return { isDone: true, words: '' };
  const words = objectWords(service.wanted);
  switch (service.state.kind) {
    case 'absent':
      return { isDone: false, words: `there is no ${words}` };
    case 'made':
      return { isDone: true, words: `${words} selects both` };
    case 'broken':
    case 'foreign':
      return { isDone: false, words: `${words} ${service.state.reason}` };
  }
}

function versionTroubles(
  view: VersionView,
  place: TutorialPlace,
  own: readonly Looked[],
  manifests: Manifests,
): readonly Trouble[] {
  const { name, deployment, pods, trouble } = view;
  if (!deployment) return [];
  if (deployment.replicas === 0) {
    const fix = commandLine(kubectlIn(place, 'scale', 'deployment', deployment.name, '--replicas=1'));
    return [{ id: 'scaled-to-0', sentence: `${name} is scaled to 0: nobody answers for it.`, fix }];
  }
  if (trouble) return [imageTroubleWords(view, trouble, own, place, manifests)];
  const failing = pods.find(pod => !pod.isReady && pod.why !== '');
  if (!failing) return [];
  return [
    {
      id: 'version-not-ready',
      sentence: `${name} is not ready: ${failing.why.replace(/\.$/, '')}.`,
      fix: `${commandLine(kubectlIn(place, 'describe', 'pod', failing.name))} tells more.`,
    },
  ];
}

function imageTroubleWords(
  { name, deployment, isAnyArch }: VersionView,
  trouble: ImageTrouble,
  own: readonly Looked[],
  place: TutorialPlace,
  manifests: Manifests,
): Trouble {
  const image = deployment?.images.join(', ') ?? '';
  const deployments = own.filter(({ wanted }) => wanted.kind === 'Deployment' && versionOf(wanted) === name);
  const isOurs = deployments.some(({ wanted, state }) => isOurDeployment(wanted, state));
  const files = deployments.flatMap(({ wanted }) => variantOf(wanted, manifests)).map(({ file }) => file);
  const byHand = commandLine(kubectlIn(place, 'apply', ...files.flatMap(file => ['-f', file])));
  const byItself = isOurs
    ? 'This step replaces it by the one for every architecture.'
    : `${byHand} replaces it by one for every architecture.`;
  const fix = isAnyArch ? 'See that the node reaches a registry of images.' : byItself;
  return trouble === 'cannot-pull'
    ? { id: 'image-cannot-be-pulled', sentence: `The image of ${name} cannot be pulled: ${image}.`, fix }
    : {
        id: 'image-cannot-run',
        sentence: `The node cannot run the image of ${name}, which is built for another processor: ${image}.`,
        fix,
      };
}

function isOurDeployment({ kind }: TutorialObject, state: Looked['state']): boolean {
  return kind === 'Deployment' && state.kind === 'made' && state.isOurs;
}

/**
 * What this step applies now, in order: what is absent, what we made and somebody spoilt, and the variant for every architecture
 * where the image of the other is in trouble. Nothing where anything is somebody else's.
 */
export function versionsToApply(facts: Facts): readonly TutorialObject[] {
  const { cluster, manifests } = facts;
  if (cluster.kind === 'none' || judgeVersions(facts).progress.kind !== 'to-do') return [];
  const application = lookAt(cluster, manifests);
  const own = ownObjects(application);
  const views = versionViews(cluster, application, manifests);
  const replaced = new Set(views.filter(view => isToBeReplaced(view, own)).map(({ name }) => name));
  // What one version's image suffers from, the other's would too.
  const needsOther = replaced.size > 0 || views.some(({ isAnyArch }) => isAnyArch);
  const deployments = own.flatMap(looked => {
    const { wanted, state } = looked;
    const version = versionOf(wanted);
    if (wanted.kind !== 'Deployment' || version === undefined) return [];
    if (replaced.has(version)) return variantOf(wanted, manifests);
    if (!isToBeApplied(state)) return [];
    return needsOther ? variantOf(wanted, manifests) : [wanted];
  });
  const isUsed = (version: VersionName | undefined) =>
    views.some(({ name, isAnyArch }) => name === version && isAnyArch) ||
    deployments.some(one => versionOf(one) === version && manifests.anyArch.includes(one));
  const pages = own.filter(
    ({ wanted, state }) => wanted.kind === 'ConfigMap' && isUsed(versionOf(wanted)) && isToBeApplied(state),
  );
  const services = own.filter(({ wanted, state }) => wanted.kind === 'Service' && isToBeApplied(state));
  return [...pages.map(({ wanted }) => wanted), ...deployments, ...services.map(({ wanted }) => wanted)];
}

function isToBeApplied({ kind }: Looked['state']): boolean {
  return kind === 'absent' || kind === 'broken';
}

/** Only what we made is replaced: fields that kubectl applied are another manager's. */
function isToBeReplaced({ name, trouble, isAnyArch }: VersionView, own: readonly Looked[]): boolean {
  if (trouble === undefined || isAnyArch) return false;
  return own.some(({ wanted, state }) => versionOf(wanted) === name && isOurDeployment(wanted, state));
}

function variantOf(wanted: TutorialObject, { anyArch }: Manifests): readonly TutorialObject[] {
  return anyArch.filter(({ kind, name }) => kind === wanted.kind && name === wanted.name);
}

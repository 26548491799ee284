import { clusterPlace } from '../kube/local-cluster.ts';
import type { AnsweringCluster, DriverFact, Facts, Machine, MinikubeProfile } from './facts.ts';
import { kubectl } from './kubectl.ts';
import { MEMORY_FIX } from './minikube-failure.ts';
import { type Action, commandLine, type Judgement, type Offer, type StepText, type Trouble } from './step.ts';

/** The tutorial's size of a cluster, and the least that Istio and the application fit into. */
const MEMORY_MB = 8192;
const LEAST_MEMORY_MB = 4096;
const CPUS = 4;

export const CLUSTER_TEXT: StepText = {
  id: 'cluster',
  title: 'A cluster',
  why: [
    'Everything else runs in it. Any cluster will do that the kubeconfig leads to; on this computer minikube makes one.',
    `Istio's demo profile wants ${MEMORY_MB} MB of memory and ${CPUS} CPUs; with less than ${LEAST_MEMORY_MB} MB istiod stays Pending.`,
    "minikube makes its own context the kubeconfig's current one.",
  ],
  seenBy: 'The API server of the context answers, and a node is Ready.',
  mayGoWrong: [
    {
      id: 'too-little-memory',
      sentence: `The driver has less than ${LEAST_MEMORY_MB} MB of memory to give.`,
      fix: 'Docker Desktop: Settings, Resources, Memory: 8 GB or more, then Apply & restart.',
    },
    {
      id: 'minikube-fails',
      sentence: 'minikube start ends with an error.',
      fix: 'Do what it suggests; minikube logs --problems says more.',
    },
    {
      id: 'node-not-ready',
      sentence: 'The node is not Ready for minutes.',
      fix: 'kubectl describe nodes tells why; minikube stop, and start it again.',
    },
  ],
};

/** Judges whether there is a cluster to work with. */
export function judgeCluster(facts: Facts): Judgement {
  const { cluster, machine } = facts;
  if (cluster.kind === 'none') {
    const troubles = machine ? noClusterTroubles(facts, machine) : [];
    return {
      progress: { kind: 'to-do', missing: [cluster.reason], evidence: [] },
      troubles,
      notes: troubles.length > 0 ? [] : [cluster.nextStep].filter(step => step !== ''),
    };
  }
  const { nodes, place, unread } = cluster;
  const evidence = [answersWords(cluster)];
  if (nodes.length === 0) {
    const notes = unread.length > 0 ? unread : ['it has no nodes yet'];
    if (unread.length > 0) return { progress: { kind: 'done', evidence }, troubles: [], notes };
    return { progress: { kind: 'to-do', missing: notes, evidence }, troubles: [], notes: [] };
  }
  const notReady = nodes.filter(({ isReady }) => !isReady);
  const troubles = notReady.map(({ name, status, why }) => ({
    id: 'node-not-ready',
    sentence: `Node ${name} is ${status}${why === '' ? '' : `: ${why}`}.`,
    fix: `${commandLine(kubectl(place, 'describe', 'node', name))} tells more.`,
  }));
  if (notReady.length === nodes.length) {
    return { progress: { kind: 'to-do', missing: ['no node is Ready'], evidence }, troubles, notes: [] };
  }
  return { progress: { kind: 'done', evidence }, troubles, notes: smallNotes(facts) };
}

/** What stands in the way of a cluster, or of the one that is there. */
function noClusterTroubles(facts: Facts, machine: Machine): readonly Trouble[] {
  if (isNamedElsewhere(facts)) return [namedElsewhere(facts)];
  const profile = profileToStart(facts);
  if (!profile) return sizeTroubles(machine);
  return isTooSmall(profile) ? [tooSmall(profile, machine)] : stopped(profile);
}

function answersWords({ place, kubernetes, nodes }: AnsweringCluster): string {
  const release = kubernetes === '' ? '' : `, Kubernetes ${kubernetes}`;
  if (place.isDemo) return `the demo cluster answers${release}`;
  const runsOn = clusterPlace(place.context, nodes);
  const product = runsOn.kind === 'localhost' ? runsOn.product : runsOn.kind;
  const where = runsOn.kind === 'elsewhere' ? '' : ` on this computer (${product})`;
  return `the cluster of context ${place.context} answers${where}${release}`;
}

function stopped({ name, status }: MinikubeProfile): readonly Trouble[] {
  if (isRunning(status)) return [];
  return [
    {
      id: 'minikube-stopped',
      sentence: `minikube's cluster ${name} is there, and its status is ${status}.`,
      fix: `minikube start -p ${name} starts it as it was.`,
    },
  ];
}

/** Which of its clusters a command of minikube's is about: its context bears the same name. */
export function profileOf(command: readonly string[]): string {
  const at = command.indexOf('-p');
  return (at < 0 ? undefined : command[at + 1]) ?? DEFAULT_PROFILE;
}

/** minikube's own name for the cluster of somebody who names none. */
const DEFAULT_PROFILE = 'minikube';

/** Whether the person named a context that minikube did not make and would not: nothing else is started in its place. */
function isNamedElsewhere({ namedContext = '', machine }: Facts): boolean {
  if (namedContext === '' || namedContext === DEFAULT_PROFILE) return false;
  return !machine?.profiles.some(({ name }) => name === namedContext);
}

function namedElsewhere({ namedContext = '' }: Facts): Trouble {
  return {
    id: 'context-does-not-answer',
    sentence: `The cluster of context ${namedContext} does not answer, and is none of minikube's.`,
    fix: 'See that it runs; where no context is named, weighbridge tutorial --through cluster --yes has minikube make a cluster.',
  };
}

/** The cluster of minikube's that is started where there is one: that of the context that was named, or the usual one. */
function profileToStart({ namedContext = '', machine }: Facts): MinikubeProfile | undefined {
  const profiles = machine?.profiles ?? [];
  const wanted = namedContext === '' ? DEFAULT_PROFILE : namedContext;
  const named = profiles.find(({ name }) => name === wanted);
  return named ?? (namedContext === '' ? profiles[0] : undefined);
}

function isTooSmall({ memoryMb }: MinikubeProfile): boolean {
  return memoryMb !== undefined && memoryMb > 0 && memoryMb < LEAST_MEMORY_MB;
}

/** minikube changes the memory of no cluster that there is. */
function tooSmall({ name, memoryMb = 0 }: MinikubeProfile, machine: Machine): Trouble {
  const again = makeCluster(machine, name).flatMap(action => ('command' in action ? [action.command] : []));
  const commands = [deleteCommand(name), ...again].map(commandLine).join(' && ');
  return {
    id: 'cluster-too-small',
    sentence: `minikube's cluster ${name} has ${memoryMb} MB of memory: less than the ${LEAST_MEMORY_MB} MB that Istio needs, and no cluster gets more later.`,
    fix: `Delete it, with everything in it, and start again: ${commands}`,
  };
}

/** A cluster that runs is taken as it is. */
function smallNotes({ cluster, machine }: Facts): readonly string[] {
  const name = cluster.kind === 'answers' ? ownProfile(cluster) : undefined;
  const profile = machine?.profiles.find(one => one.name === name);
  if (!profile || !isTooSmall(profile)) return [];
  return [
    `minikube's cluster ${profile.name} has ${profile.memoryMb} MB of memory, less than the ${LEAST_MEMORY_MB} MB that Istio needs: istiod may stay Pending.`,
  ];
}

function isRunning(status: string): boolean {
  return status === 'OK' || status === 'Running';
}

/** What a cluster gets of a driver: the tutorial's size, or what there is; undefined where that is too little. */
export function clusterSize({
  memoryMb,
  cpus,
}: {
  readonly memoryMb: number;
  readonly cpus: number;
}): { readonly memoryMb: number; readonly cpus: number } | undefined {
  if (memoryMb < LEAST_MEMORY_MB) return undefined;
  return { memoryMb: Math.min(MEMORY_MB, Math.floor(memoryMb)), cpus: Math.min(CPUS, cpus) };
}

type WorkingDriver = Extract<DriverFact, { kind: 'works' }>;

function workingDrivers({ drivers }: Machine): readonly WorkingDriver[] {
  return drivers.filter(driver => driver.kind === 'works');
}

function sizeTroubles(machine: Machine): readonly Trouble[] {
  const working = workingDrivers(machine);
  const [first] = working;
  if (!first || working.some(driver => clusterSize(driver))) return [];
  return [
    {
      id: 'too-little-memory',
      sentence: `Driver ${first.name} has ${Math.floor(first.memoryMb)} MB of memory: less than the ${LEAST_MEMORY_MB} MB that Istio needs.`,
      fix: MEMORY_FIX[machine.platform],
    },
  ];
}

/** How minikube makes the cluster, or starts the one that it has; empty where there is one, or no driver for it. */
export function startCluster(facts: Facts): readonly Action[] {
  const { cluster, machine } = facts;
  if (cluster.kind === 'answers' || !machine || isNamedElsewhere(facts)) return [];
  const profile = profileToStart(facts);
  if (!profile) return makeCluster(machine, DEFAULT_PROFILE);
  if (isTooSmall(profile)) return [];
  const command = ['minikube', 'start', '-p', profile.name, ...AS_EVENTS];
  return [{ kind: 'command', words: `start minikube's cluster ${profile.name} again`, command }];
}

/** One JSON object a line, of what it does and how far it is. */
const AS_EVENTS = ['-o', 'json'];

function makeCluster(machine: Machine, profile: string): readonly Action[] {
  const driver = workingDrivers(machine).find(one => clusterSize(one));
  const size = driver && clusterSize(driver);
  if (!driver || !size) return [];
  const command = [
    'minikube',
    'start',
    ...(profile === DEFAULT_PROFILE ? [] : ['-p', profile]),
    `--driver=${driver.name}`,
    `--memory=${size.memoryMb}`,
    `--cpus=${size.cpus}`,
    ...AS_EVENTS,
  ];
  return [{ kind: 'command', words: 'make a cluster', command }];
}

function deleteCommand(profile: string): readonly string[] {
  return ['minikube', 'delete', '-p', profile];
}

/** How minikube's own cluster is deleted. Never offered for any other. */
export function deleteCluster({ cluster }: Facts): readonly Action[] {
  const profile = cluster.kind === 'answers' ? ownProfile(cluster) : undefined;
  if (profile === undefined) return [];
  const words = 'delete the whole cluster, with everything in it';
  return [{ kind: 'command', words, command: deleteCommand(profile) }];
}

/** The profile of a cluster that minikube's command line means as well. */
function ownProfile({ place, nodes }: AnsweringCluster): string | undefined {
  if (place.isDemo) return undefined;
  const runsOn = clusterPlace(place.context, nodes);
  return runsOn.kind === 'minikube' && runsOn.isOwnContext ? runsOn.profile : undefined;
}

/** The whole cluster can go as well, where minikube made it. */
export function offerDeleteCluster(facts: Facts): readonly Offer[] {
  const runs = facts.machine?.tools.minikube.kind === 'found' ? deleteCluster(facts) : [];
  if (runs.length === 0) return [];
  return [{ id: 'delete-cluster', words: "Delete minikube's cluster, with everything in it", runs }];
}

/** minikube's cluster can be deleted and made anew, which nobody does without being asked. */
export function offerNewCluster(facts: Facts): readonly Offer[] {
  const { cluster, machine } = facts;
  if (!machine || (cluster.kind === 'none' && isNamedElsewhere(facts))) return [];
  const profile = cluster.kind === 'answers' ? ownProfile(cluster) : profileToStart(facts)?.name;
  if (profile === undefined) return [];
  const made = makeCluster(machine, profile);
  if (made.length === 0) return [];
  const words = `Delete minikube's cluster ${profile}, with everything in it, and start again`;
  const command = deleteCommand(profile);
  const deletion: Action = { kind: 'command', words: `delete minikube's cluster ${profile}`, command };
  return [{ id: 'new-cluster', words, runs: [deletion, ...made] }];
}

import { clusterPlace } from '../kube/local-cluster.ts';
import type { AnsweringCluster, DriverFact, Facts, Machine, MinikubeProfile } from './facts.ts';
import { kubectl } from './kubectl.ts';
import { type Action, commandLine, type Judgement, type StepText, type Trouble } from './step.ts';

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
export function judgeCluster({ cluster, machine }: Facts): Judgement {
  if (cluster.kind === 'none') {
    const troubles = [
      ...(machine ? sizeTroubles(machine) : []),
      ...(machine?.profiles.length ? [stopped(machine.profiles)].filter(one => one !== undefined) : []),
    ];
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
  return { progress: { kind: 'done', evidence }, troubles, notes: [] };
}

function answersWords({ place, kubernetes, nodes }: AnsweringCluster): string {
  const release = kubernetes === '' ? '' : `, Kubernetes ${kubernetes}`;
  if (place.isDemo) return `the demo cluster answers${release}`;
  const runsOn = clusterPlace(place.context, nodes);
  const product = runsOn.kind === 'localhost' ? runsOn.product : runsOn.kind;
  const where = runsOn.kind === 'elsewhere' ? '' : ` on this computer (${product})`;
  return `the cluster of context ${place.context} answers${where}${release}`;
}

function stopped(profiles: readonly MinikubeProfile[]): Trouble | undefined {
  const profile = profiles.find(({ status }) => !isRunning(status));
  if (!profile) return undefined;
  return {
    id: 'minikube-stopped',
    sentence: `minikube's cluster ${profile.name} is there, and its status is ${profile.status}.`,
    fix: `minikube start -p ${profile.name} starts it as it was.`,
  };
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

const MEMORY_FIX = {
  macos: 'Docker Desktop: Settings, Resources, Memory: 8 GB or more, then Apply & restart.',
  windows:
    'Docker Desktop on WSL: memory=8GB below [wsl2] in %UserProfile%\\.wslconfig, then wsl --shutdown.',
  linux: 'Stop what else takes memory on this computer, or use a cluster elsewhere: --context NAME.',
} as const;

/** How minikube makes the cluster, or starts the one that it has; empty where there is one, or no driver for it. */
export function startCluster({ cluster, machine }: Facts): readonly Action[] {
  if (cluster.kind === 'answers' || !machine) return [];
  const [existing] = machine.profiles;
  if (existing) {
    const command = ['minikube', 'start', '-p', existing.name];
    return [{ kind: 'command', words: `start minikube's cluster ${existing.name} again`, command }];
  }
  const driver = workingDrivers(machine).find(one => clusterSize(one));
  const size = driver && clusterSize(driver);
  if (!driver || !size) return [];
  const command = [
    'minikube',
    'start',
    `--driver=${driver.name}`,
    `--memory=${size.memoryMb}`,
    `--cpus=${size.cpus}`,
  ];
  return [{ kind: 'command', words: 'make a cluster', command }];
}

/** How minikube's own cluster is deleted. Never offered for any other. */
export function deleteCluster({ cluster }: Facts): readonly Action[] {
  if (cluster.kind === 'none' || cluster.place.isDemo) return [];
  const runsOn = clusterPlace(cluster.place.context, cluster.nodes);
  if (runsOn.kind !== 'minikube' || !runsOn.isOwnContext) return [];
  const command = ['minikube', 'delete', '-p', runsOn.profile];
  return [{ kind: 'command', words: 'delete the whole cluster, with everything in it', command }];
}

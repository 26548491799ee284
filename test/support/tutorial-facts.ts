import type {
  AnsweringCluster,
  DriverFact,
  Facts,
  Machine,
  TutorialPlace,
} from '../../src/tutorial/facts.ts';
import { commandLine, type Step, type StepId } from '../../src/tutorial/step.ts';
import { tutorialOf } from '../../src/tutorial/tutorial.ts';
import { manifests } from './tutorial-cluster.ts';

export const place: TutorialPlace = {
  context: 'minikube',
  kubeconfig: '',
  namespace: 'default',
  istioNamespace: 'istio-system',
  isDemo: false,
  isProtected: false,
  isLocal: true,
};

export const found = (version: string) => ({ kind: 'found', version }) as const;

export const driver = (memoryMb: number, cpus: number): DriverFact => ({
  kind: 'works',
  name: 'docker',
  memoryMb,
  cpus,
});

/** A computer with every tool and a driver, and no cluster of minikube's. */
export const machine = (change: Partial<Machine> = {}): Machine => ({
  platform: 'linux',
  architecture: 'amd64',
  tools: { minikube: found('1.38.1'), kubectl: found('1.36.3'), istioctl: found('1.30.3') },
  drivers: [driver(16_000, 8)],
  profiles: [],
  ...change,
});

export const NONE = { kind: 'none', reason: 'There is no kubeconfig.', nextStep: '' } as const;

/** A cluster whose nodes may not be read, with nothing in it. */
export const bare: AnsweringCluster = {
  kind: 'answers',
  place,
  kubernetes: 'v1.36.3',
  nodes: [],
  istioVersion: undefined,
  istioPods: [],
  istioServices: [],
  objects: [],
  unreadKinds: [],
  elsewhere: [],
  pods: [],
  logs: {},
  unread: ["Can't list nodes: forbidden. Ask for `list` on nodes in the cluster."],
};

export function stepOf(id: StepId, facts: Partial<Facts>): Step {
  const { steps } = tutorialOf({ machine: machine(), cluster: NONE, manifests, ...facts });
  const step = steps.find(one => one.id === id);
  if (!step) throw new Error(`no step ${id}`);
  return step;
}

/** What the step runs, as lines for a shell. */
export const linesOf = ({ runs }: Pick<Step, 'runs'>): readonly string[] =>
  runs.flatMap(action => {
    if ('command' in action) return [commandLine(action.command)];
    return 'line' in action ? [action.line] : [];
  });

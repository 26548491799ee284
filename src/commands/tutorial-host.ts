import { systemClock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { ConnectedCluster } from '../kube/connect.ts';
import { currentContext } from '../kube/kubeconfig.ts';
import { patientApi } from '../kube/patient-api.ts';
import { plainText } from '../plain-text.ts';
import { type HeadlessSession, startHeadlessSession } from '../session/headless-session.ts';
import { readTutorial, type TutorialSubject } from '../session/read-tutorial.ts';
import type { AppState } from '../session/state.ts';
import { createAppStore } from '../session/store.ts';
import { tutorialLook } from '../session/tutorial-look.ts';
import { programRunner, type TutorialMachine } from '../session/tutorial-machine.ts';
import type { TutorialReach } from '../session/tutorial-parts.ts';
import { type Consent, whyNotRun, whyNotWritten } from '../tutorial/consent.ts';
import { examineMachine } from '../tutorial/examine-machine.ts';
import type { ClusterFacts, Facts, Machine, TutorialPlace } from '../tutorial/facts.ts';
import { findObject, type Manifests } from '../tutorial/manifests.ts';
import type { Refusal } from './answer-document.ts';
import { type Cleanup, connectHeadless, type HeadlessClusterFlags } from './headless-cluster.ts';
import { headlessState } from './headless-state.ts';
import type { Io } from './io.ts';

/** It shares the connection of the tutorial, which ends with that. */
function openSession(api: ClusterApi, state: AppState, manifests: Manifests): HeadlessSession {
  const store = createAppStore(systemClock.now(), state.ui);
  const virtualService = findObject(manifests.objects, 'VirtualService')?.name;
  const connection = { ...state.connection, virtualService, isReadOnly: false };
  const traffic = { ...state.traffic, isPaused: false };
  store.setState({ ...state, connection, traffic }, true);
  return startHeadlessSession({ ...api, close: async () => undefined }, store, systemClock);
}

export type TutorialHostParts = {
  readonly flags: HeadlessClusterFlags & { readonly istioNamespace: string };
  readonly sampling: Partial<AppState['traffic']>;
  readonly consent: Consent;
  readonly manifests: Manifests;
  readonly io: Io;
  readonly cleanup: Cleanup;
  readonly signal: AbortSignal;
};

/** Has one connection at a time for a tutorial without a screen, and moves to another cluster when a step makes one. */
export class TutorialHost {
  /** Undefined on the demo cluster, which needs nothing of this computer. */
  readonly machine: TutorialMachine | undefined;
  readonly #parts: TutorialHostParts;
  #connected: ConnectedCluster | Refusal | undefined;
  #reach: TutorialReach | undefined;
  #machineFacts: Machine | undefined;
  /** As it was read last: what is asked at each write goes by it. */
  #cluster: ClusterFacts | undefined;

  constructor(parts: TutorialHostParts) {
    this.#parts = parts;
    const { flags, io, consent } = parts;
    if (flags.demo) return;
    const env = flags.kubeconfig === undefined ? io.env : { ...io.env, KUBECONFIG: flags.kubeconfig };
    this.machine = {
      run: programRunner(env, systemClock),
      refusal: what => (what === 'machine' ? whyNotRun(consent) : this.#whyNotWritten()),
      currentContext: () => currentContext(flags, io.env),
      follow: context => this.#connect(context),
    };
  }

  /** Connects to the cluster of the command line. Yields what is wrong with the command line itself. */
  async start(): Promise<Refusal | undefined> {
    await this.#connect(this.#parts.flags.context);
    return this.#connected && 'headline' in this.#connected ? this.#connected : undefined;
  }

  readonly reach = (): TutorialReach | undefined => this.#reach;

  /** Where the tutorial writes: the cluster that answers, else the one that minikube would make. */
  place(): TutorialPlace {
    const { flags } = this.#parts;
    if (this.#cluster?.kind === 'answers') return this.#cluster.place;
    return {
      context: flags.context ?? 'minikube',
      kubeconfig: flags.kubeconfig ?? '',
      namespace: flags.namespace ?? 'default',
      istioNamespace: flags.istioNamespace,
      isDemo: false,
      isProtected: false,
      isLocal: true,
    };
  }

  /** Looks at the cluster; also at this computer, as long as no cluster answers. */
  readonly facts = async (): Promise<Facts> => {
    const { flags, io, manifests, signal } = this.#parts;
    const cluster = await this.#readCluster();
    this.#cluster = cluster;
    if (this.machine && (cluster.kind === 'none' || !this.#machineFacts)) {
      this.#machineFacts = await examineMachine(io.env, signal);
    }
    return { machine: this.#machineFacts, namedContext: flags.context, cluster, manifests };
  };

  async #readCluster(): Promise<ClusterFacts> {
    const { flags, manifests, signal } = this.#parts;
    const connected = this.#connected;
    if (!connected || 'headline' in connected) {
      const { headline = '', nextStep = '' } = connected ?? {};
      return { kind: 'none', reason: plainText(headline), nextStep: plainText(nextStep) };
    }
    const subject: TutorialSubject = {
      context: plainText(connected.context, 120),
      kubeconfig: flags.demo ? '' : (flags.kubeconfig ?? ''),
      namespace: connected.namespace,
      istioNamespace: flags.istioNamespace,
      isDemo: flags.demo,
      isProtected: connected.isProtected,
    };
    return readTutorial(patientApi(connected.api, systemClock), subject, manifests, signal);
  }

  async #connect(context: string | undefined): Promise<void> {
    const { flags, sampling, manifests, io, cleanup, signal } = this.#parts;
    const refuseWrite = () => this.#whyNotWritten();
    const connected = await connectHeadless({ ...flags, context }, 'tutorial', io, cleanup, refuseWrite);
    this.#connected = connected;
    this.#reach = undefined;
    if ('headline' in connected) return;
    const api = patientApi(connected.api, systemClock);
    const state = headlessState(flags, connected, sampling, io);
    this.#reach = {
      api,
      look: tutorialLook({ api, clock: systemClock, manifests, state, signal }),
      openSession: () => openSession(api, state, manifests),
    };
  }

  #whyNotWritten(): string | undefined {
    if (this.#cluster?.kind !== 'answers') return 'the cluster is not known yet';
    return whyNotWritten(this.#cluster.place, this.#parts.consent);
  }
}

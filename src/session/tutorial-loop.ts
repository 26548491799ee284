import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { connect } from '../kube/connect.ts';
import { currentContext } from '../kube/kubeconfig.ts';
import { patientApi } from '../kube/patient-api.ts';
import { packageFolder } from '../package-folder.ts';
import { plainText } from '../plain-text.ts';
import { examineMachine } from '../tutorial/examine-machine.ts';
import type { Facts, Machine } from '../tutorial/facts.ts';
import type { Manifests } from '../tutorial/manifests.ts';
import { readManifests } from '../tutorial/read-manifests.ts';
import {
  afterEvent,
  endedRun,
  type RunEvent,
  type RunFailure,
  type StepRun,
  startedRun,
} from '../tutorial/step-run.ts';
import { tutorialOf } from '../tutorial/tutorial.ts';
import { withNotice } from './notices.ts';
import { openInBrowser } from './open-browser.ts';
import { placeChosen } from './places.ts';
import { readTutorial, type TutorialSubject } from './read-tutorial.ts';
import { readOnlyRefusal } from './selectors.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';
import { tutorialLook } from './tutorial-look.ts';
import { programRunner, type TutorialMachine } from './tutorial-machine.ts';
import { pageLine, pagesSeen, planOf, splitProved, stepRuns, tutorialSeen } from './tutorial-panel.ts';
import type { TutorialEnd, TutorialParts, TutorialReach } from './tutorial-parts.ts';
import { runCleanUp, runOffer, runStep } from './tutorial-run.ts';
import type { Plan } from './tutorial-state.ts';
import { VersionForwards } from './version-forwards.ts';
import { waitUntil } from './wait-until.ts';

/** How often what there is is looked at while the panel is open. */
const LOOK_MS = 3_000;
/** The tools of this computer change only when somebody installs one, and each look starts them all. */
const EXAMINE_MS = 15_000;
/** As long as a slow registry may take for two small images. */
const ROLLOUT_MS = 300_000;
/** A program may write a thousand lines a second; the screen is drawn a few times. */
const REPORT_MS = 100;

type Followed = {
  readonly context: string;
  readonly api: ClusterApi;
  readonly subject: TutorialSubject;
};

/**
 * The tutorial behind its panel, for as long as that is open: looks again and again at what there is, runs the steps that are
 * asked for, and holds the ports open through which a browser sees the versions. What it started ends with it.
 */
export class TutorialLoop {
  readonly #api: ClusterApi;
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #env: NodeJS.ProcessEnv;
  /** Aborted when the panel closes, or the session ends. */
  readonly #signal: AbortSignal;
  readonly #forwards: VersionForwards;
  #manifests: Manifests | undefined;
  #machine: { readonly machine: Machine; readonly atMs: number } | undefined;
  /** A context that a step made: the screen goes there when the step has ended. */
  #follow: Followed | 'lost' | undefined;

  constructor(api: ClusterApi, store: AppStore, clock: Clock, env: NodeJS.ProcessEnv, signal: AbortSignal) {
    this.#api = patientApi(api, clock);
    this.#store = store;
    this.#clock = clock;
    this.#env = env;
    this.#signal = signal;
    this.#forwards = new VersionForwards({ api: this.#api, clock, signal });
  }

  /** Resolves after the signal, when no port is open any more. */
  async run(): Promise<void> {
    const stopOpening = this.#openWhenAsked();
    try {
      while (!this.#signal.aborted) {
        const { asked } = this.#store.getState().tutorial;
        if (asked) await this.#runStep(asked);
        else await this.#look(this.#signal);
        await this.#untilDue();
      }
    } finally {
      stopOpening();
      await this.#forwards.close();
    }
  }

  #untilDue(): Promise<void> {
    const isAsked = ({ tutorial }: AppState) => tutorial.asked !== undefined;
    return waitUntil(this.#store, isAsked, LOOK_MS, this.#clock, this.#signal);
  }

  /** Looks at what there is, and shows it. */
  async #look(signal: AbortSignal): Promise<Facts> {
    const state = this.#store.getState();
    this.#manifests ??= await readManifests(join(packageFolder(), 'manifests'));
    const machine = state.connection.isDemo ? undefined : await this.#examine(signal);
    const here = { api: this.#api, subject: subjectOf(state) };
    const { api, subject } = this.#follow === 'lost' ? here : (this.#follow ?? here);
    const cluster = await readTutorial(api, subject, this.#manifests, signal);
    const facts = { machine, namedContext: contextOf(state), cluster, manifests: this.#manifests };
    if (signal.aborted) return facts;
    const place = cluster.kind === 'answers' ? cluster.place : undefined;
    if (cluster.kind === 'answers') this.#forwards.update(cluster);
    const { steps } = tutorialOf(facts);
    this.#write(current => tutorialSeen(current, { steps, place }));
    return facts;
  }

  async #examine(signal: AbortSignal): Promise<Machine> {
    const known = this.#machine;
    const now = this.#clock.now();
    if (known && now - known.atMs < EXAMINE_MS) return known.machine;
    const machine = await examineMachine(this.#env, signal);
    this.#machine = { machine, atMs: this.#clock.now() };
    return machine;
  }

  async #runStep(plan: Plan): Promise<void> {
    const stopping = new AbortController();
    const signal = AbortSignal.any([this.#signal, stopping.signal]);
    const unsubscribe = this.#store.subscribe(({ tutorial }) => {
      if (tutorial.run?.phase.kind === 'cancelling') stopping.abort();
    });
    const report = new RunReport(startedRun(plan.step, this.#clock.now()), this.#clock, run =>
      this.#write(state => stepRuns(state, run)),
    );
    // What was shown may be of a while ago, and what the machine has as well.
    this.#machine = undefined;
    const failure = await this.#carryOut(plan, report, signal);
    unsubscribe();
    const isStopped = this.#store.getState().tutorial.run?.phase.kind === 'cancelling';
    report.end(failure, isStopped);
    this.#machine = undefined;
    await this.#goOnWhereItLeads();
    if (!this.#signal.aborted) await this.#look(this.#signal);
  }

  async #carryOut(plan: Plan, report: RunReport, signal: AbortSignal): Promise<RunFailure | undefined> {
    const before = await this.#look(signal);
    const step = tutorialOf(before).steps.find(({ id }) => id === plan.step);
    const changes = step ? planOf(step, plan.offer).changes : [];
    // What is done meanwhile need not be run: whatever is, was shown.
    if (!changes.every(line => plan.changes.includes(line))) return CHANGED_MEANWHILE;
    const parts = this.#partsOf(report, signal);
    const end = await carryOut(plan, parts);
    return end.kind === 'failed' ? end : undefined;
  }

  #partsOf(report: RunReport, signal: AbortSignal): TutorialParts {
    const api = this.#api;
    const state = this.#store.getState();
    const manifests = this.#manifests ?? { objects: [], anyArch: [] };
    const { throughGateway } = tutorialLook({ api, clock: this.#clock, manifests, state, signal });
    const look = {
      throughGateway,
      atVersions: async (cluster: Parameters<typeof throughGateway>[0]) => {
        const pages = await this.#forwards.look(cluster);
        this.#write(current => pagesSeen(current, pages));
        return pages.map(pageLine);
      },
    };
    return {
      clock: this.#clock,
      facts: () => this.#look(signal),
      reach: () => this.#reach({ api, look }),
      machine: this.#machineOf(state),
      report: event => report.take(event),
      rolloutMs: ROLLOUT_MS,
      signal,
    };
  }

  /** The cluster of a context that a step has made; none where its kubeconfig entry is missing. */
  #reach(here: TutorialReach): TutorialReach | undefined {
    if (this.#follow === undefined) return here;
    return this.#follow === 'lost' ? undefined : { ...here, api: this.#follow.api };
  }

  #machineOf({ connection }: AppState): TutorialMachine | undefined {
    if (connection.isDemo) return undefined;
    const kubeconfig = connection.kubeconfig || undefined;
    const env = kubeconfig === undefined ? this.#env : { ...this.#env, KUBECONFIG: kubeconfig };
    return {
      run: programRunner(env, this.#clock),
      refusal: () => readOnlyRefusal({ connection }),
      currentContext: () => currentContext({ kubeconfig }, this.#env),
      follow: async context => this.#followTo(context),
    };
  }

  /** The context that a step has made is looked at by connections of its own, which write nothing. */
  #followTo(context: string): void {
    const state = this.#store.getState();
    const { kubeconfig, namespace } = state.connection;
    const flags = { kubeconfig: kubeconfig || undefined, context, namespace };
    const connected = connect(flags, this.#env, () => 'the screen is not there yet');
    this.#follow = 'lost';
    if (!connected.ok) return;
    const { api, isProtected } = connected.value;
    const subject = { ...subjectOf(state), context: plainText(context, 120), isProtected };
    this.#follow = { context, api: patientApi(api, this.#clock), subject };
  }

  async #goOnWhereItLeads(): Promise<void> {
    const follow = this.#follow;
    this.#follow = undefined;
    if (!follow || follow === 'lost') return;
    await follow.api.close();
    const { namespace } = this.#store.getState().connection;
    const place = { kind: 'context', context: follow.context, namespace } as const;
    this.#write(state => placeChosen(state, place, this.#clock.now()));
  }

  /** Notes what traffic proves, and opens a browser whenever that is asked for. */
  #openWhenAsked(): () => void {
    let opened = this.#store.getState().tutorial.browse.times;
    return this.#store.subscribe(({ tutorial: { browse } }) => {
      this.#write(splitProved);
      if (browse.times === opened) return;
      opened = browse.times;
      void openInBrowser(browse.urls, this.#env).then(({ isOpened, words }) => {
        const level = isOpened ? 'info' : 'warning';
        this.#write(state => withNotice(state, level, plainText(words, 300), this.#clock.now()));
      });
    });
  }

  #write(change: (state: AppState) => AppState): void {
    if (this.#signal.aborted) return;
    const state = this.#store.getState();
    const changed = change(state);
    if (changed !== state) this.#store.setState(changed, true);
  }
}

function carryOut({ step, offer }: Plan, parts: TutorialParts): Promise<TutorialEnd> {
  if (offer !== undefined) return runOffer(offer, parts);
  return step === 'clean-up' ? runCleanUp(parts) : runStep(step, parts);
}

const CHANGED_MEANWHILE: RunFailure = {
  headline: 'What is there changed while you were asked, and more than was shown would be run: nothing was.',
  nextStep: 'enter shows it anew.',
};

/** The context that the screen is at, by the name that the kubeconfig has for it. */
function contextOf({ connection: { contextName } }: AppState): string | undefined {
  return contextName || undefined;
}

function subjectOf({ connection }: AppState): TutorialSubject {
  const { context, namespace, istioNamespace, isDemo, isProtected, kubeconfig } = connection;
  return { context, kubeconfig, namespace, istioNamespace, isDemo, isProtected };
}

/** The run of a step as it reports itself, shown a few times a second. */
class RunReport {
  readonly #clock: Clock;
  readonly #show: (run: StepRun) => void;
  #run: StepRun;
  #cancel: (() => void) | undefined;

  constructor(run: StepRun, clock: Clock, show: (run: StepRun) => void) {
    this.#run = run;
    this.#clock = clock;
    this.#show = show;
    show(run);
  }

  take(event: RunEvent): void {
    this.#run = afterEvent(this.#run, event);
    this.#cancel ??= this.#clock.after(REPORT_MS, () => {
      this.#cancel = undefined;
      this.#show(this.#run);
    });
  }

  end(failure: RunFailure | undefined, isStopped: boolean): void {
    this.#cancel?.();
    const run: StepRun = isStopped ? { ...this.#run, phase: { kind: 'cancelling' } } : this.#run;
    this.#show(endedRun(run, failure));
  }
}

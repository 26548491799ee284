import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { ConnectedCluster } from '../kube/connect.ts';
import { patientApi } from '../kube/patient-api.ts';
import { packageFolder } from '../package-folder.ts';
import { plainText } from '../plain-text.ts';
import { readTutorial, type TutorialSubject } from '../session/read-tutorial.ts';
import type { AppState } from '../session/state.ts';
import { tutorialLook } from '../session/tutorial-look.ts';
import {
  runCleanUp,
  runThrough,
  type TutorialEnd,
  type TutorialParts,
  whyNotDone,
} from '../session/tutorial-run.ts';
import { type Consent, whyNotWritten } from '../tutorial/consent.ts';
import { examineMachine } from '../tutorial/examine-machine.ts';
import type { ClusterFacts, Facts } from '../tutorial/facts.ts';
import type { Manifests } from '../tutorial/manifests.ts';
import { readManifests } from '../tutorial/read-manifests.ts';
import { isPassed, type RUN_TO, STEP_IDS, type Step } from '../tutorial/step.ts';
import { tutorialOf } from '../tutorial/tutorial.ts';
import { type Cleanup, connectHeadless, type HeadlessClusterFlags, runHeadless } from './headless-cluster.ts';
import { headlessState } from './headless-state.ts';
import { EXIT, type Io } from './io.ts';
import { readSamplingFlags, type SamplingFlags } from './sampling-flags.ts';
import { loadSettings } from './settings-file.ts';
import { planAsText, progressLines, tutorialAsJson, tutorialAsMarkdown } from './tutorial-report.ts';

export type TutorialFlags = HeadlessClusterFlags &
  SamplingFlags & {
    readonly istioNamespace: string;
    readonly readOnly?: boolean | undefined;
    /** The steps as data instead of Markdown. */
    readonly json: boolean;
    /** Runs the steps up to this one. */
    readonly through?: (typeof RUN_TO)[number] | undefined;
    readonly cleanUp: boolean;
    readonly yes: boolean;
  };

/** As long as a slow registry may take for two small images. */
const ROLLOUT_MS = 300_000;

/**
 * `weighbridge tutorial`: the steps for this machine and this cluster as Markdown or JSON; or, with `--through` or `--clean-up`, run.
 * Yields 0, 1 where the command line will not do, and 2 where a step fails, which is named.
 */
export async function tutorial(flags: TutorialFlags, io: Io): Promise<number> {
  const sampling = readSamplingFlags(flags);
  if ('problem' in sampling) return refuse(io, sampling.problem);
  const settings = await loadSettings(io.env);
  if ('problem' in settings) return refuse(io, settings.problem);
  if (flags.through !== undefined && flags.cleanUp) {
    return refuse(io, 'Either --through or --clean-up: one of them makes what the other takes away.');
  }
  const { protectedContexts } = settings;
  const scenario = flags.scenario ?? 'empty';
  return runHeadless((cleanup, signal) =>
    playTutorial({ ...flags, protectedContexts, scenario }, io, sampling, cleanup, signal),
  );
}

function refuse(io: Io, problem: string): number {
  io.stderr.write(`${problem}\n`);
  return EXIT.usage;
}

async function playTutorial(
  flags: TutorialFlags,
  io: Io,
  sampling: Partial<AppState['traffic']>,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<number> {
  const consent: Consent = {
    isGiven: flags.yes,
    isContextNamed: flags.context !== undefined,
    isReadOnly: flags.readOnly ?? false,
  };
  // Asked at the moment of each write: what the place is shows with what is read of it before.
  let cluster: ClusterFacts | undefined;
  const refuseWrite = () =>
    cluster?.kind === 'answers' ? whyNotWritten(cluster.place, consent) : 'the cluster is not known yet';
  const connected = await connectHeadless(flags, 'tutorial', io, cleanup, refuseWrite);
  if ('problem' in connected && connected.code === EXIT.usage) return refuse(io, connected.problem);
  const manifests = await readManifests(join(packageFolder(), 'manifests'));
  const machine = flags.demo ? undefined : await examineMachine(io.env, signal);
  const look = async (): Promise<Facts> => {
    cluster =
      'problem' in connected
        ? { kind: 'none', reason: plainText(connected.problem), nextStep: '' }
        : await readTutorial(
            patientApi(connected.api, systemClock),
            subjectOf(flags, connected),
            manifests,
            signal,
          );
    return { machine, cluster, manifests };
  };
  const facts = await look();
  if (flags.through === undefined && !flags.cleanUp) {
    const write = flags.json ? tutorialAsJson : tutorialAsMarkdown;
    io.stdout.write(write(tutorialOf(facts), facts.cluster));
    return EXIT.done;
  }
  io.stdout.write(planAsText(planned(tutorialOf(facts).steps, flags)));
  if (!flags.yes) return refuse(io, 'Nothing was run. With --yes this runs, without a question.');
  const parts =
    'problem' in connected ? undefined : partsOf(flags, connected, sampling, io, { look, manifests, signal });
  return ended(parts ? await run(flags, parts) : stuckAt(facts), io);
}

function subjectOf(
  { istioNamespace, demo, kubeconfig }: TutorialFlags,
  { context, namespace, isProtected }: ConnectedCluster,
): TutorialSubject {
  return {
    context: plainText(context, 120),
    kubeconfig: demo ? '' : (kubeconfig ?? ''),
    namespace,
    istioNamespace,
    isDemo: demo,
    isProtected,
  };
}

type Looking = {
  readonly look: () => Promise<Facts>;
  readonly manifests: Manifests;
  readonly signal: AbortSignal;
};

function partsOf(
  flags: TutorialFlags,
  connected: ConnectedCluster,
  sampling: Partial<AppState['traffic']>,
  io: Io,
  { look, manifests, signal }: Looking,
): TutorialParts {
  const api = patientApi(connected.api, systemClock);
  const state = headlessState(flags, connected, sampling, io);
  const reach = { api, look: tutorialLook({ api, clock: systemClock, manifests, state, signal }) };
  return {
    clock: systemClock,
    facts: look,
    reach: () => reach,
    report: event => {
      for (const line of progressLines(event)) io.stderr.write(`${line}\n`);
    },
    rolloutMs: ROLLOUT_MS,
    signal,
  };
}

function run({ through }: TutorialFlags, parts: TutorialParts): Promise<TutorialEnd> {
  return through === undefined ? runCleanUp(parts) : runThrough(through, parts);
}

/** Without a cluster: the first step that is not done. */
function stuckAt(facts: Facts): TutorialEnd {
  const step = tutorialOf(facts).steps.find(one => !isPassed(one));
  return step ? { kind: 'failed', step, ...whyNotDone(step) } : { kind: 'done' };
}

/** The steps that a run goes through. */
function planned(steps: readonly Step[], { through }: TutorialFlags): readonly Step[] {
  if (through === undefined) return steps.filter(({ id }) => id === 'clean-up');
  return steps.filter(({ id }) => STEP_IDS.indexOf(id) <= STEP_IDS.indexOf(through));
}

function ended(end: TutorialEnd, io: Io): number {
  if (end.kind === 'done') return EXIT.done;
  const { step, headline, nextStep } = end;
  io.stderr.write(`Step ${step.number}, ${step.title}, fails. ${headline} ${nextStep}`.trimEnd());
  io.stderr.write('\n');
  return EXIT.cluster;
}

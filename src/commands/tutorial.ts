import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { packageFolder } from '../package-folder.ts';
import type { AppState } from '../session/state.ts';
import type { TutorialEnd, TutorialParts } from '../session/tutorial-parts.ts';
import { runCleanUp, runThrough } from '../session/tutorial-run.ts';
import type { Consent } from '../tutorial/consent.ts';
import { readManifests } from '../tutorial/read-manifests.ts';
import { type RUN_TO, STEP_IDS, type Step } from '../tutorial/step.ts';
import { tutorialOf } from '../tutorial/tutorial.ts';
import { type Cleanup, type HeadlessClusterFlags, runHeadless, signalCode } from './headless-cluster.ts';
import { EXIT, type Io } from './io.ts';
import { readSamplingFlags, type SamplingFlags } from './sampling-flags.ts';
import { loadSettings } from './settings-file.ts';
import { TutorialHost } from './tutorial-host.ts';
import { planAsText, progressPrinter, tutorialAsJson, tutorialAsMarkdown } from './tutorial-report.ts';

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
  return runHeadless(async (cleanup, signal) => {
    const code = await playTutorial({ ...flags, protectedContexts, scenario }, io, sampling, cleanup, signal);
    return signal.aborted ? signalCode(signal) : code;
  });
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
  const manifests = await readManifests(join(packageFolder(), 'manifests'));
  const host = new TutorialHost({ flags, sampling, consent, manifests, io, cleanup, signal });
  const notOpened = await host.start();
  if (notOpened?.code === EXIT.usage) return refuse(io, `${notOpened.headline} ${notOpened.nextStep}`);
  const facts = await host.facts();
  const { steps } = tutorialOf(facts);
  if (flags.through === undefined && !flags.cleanUp) {
    const write = flags.json ? tutorialAsJson : tutorialAsMarkdown;
    io.stdout.write(write(tutorialOf(facts), facts.cluster));
    return EXIT.done;
  }
  io.stdout.write(planAsText(planned(steps, flags), manifests, host.place()));
  if (!flags.yes) return refuse(io, 'Nothing was run. With --yes this runs, without a question.');
  const print = progressPrinter(line => io.stderr.write(`${line}\n`));
  const { machine, reach } = host;
  const parts: TutorialParts = {
    clock: systemClock,
    facts: host.facts,
    reach,
    machine,
    report: print,
    rolloutMs: ROLLOUT_MS,
    signal,
  };
  return ended(await run(flags, parts), io);
}

function run({ through }: TutorialFlags, parts: TutorialParts): Promise<TutorialEnd> {
  return through === undefined ? runCleanUp(parts) : runThrough(through, parts);
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

import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { packageFolder } from '../package-folder.ts';
import type { AppState } from '../session/state.ts';
import type { TutorialEnd, TutorialParts } from '../session/tutorial-parts.ts';
import { runCleanUp, runThrough } from '../session/tutorial-run.ts';
import type { Consent } from '../tutorial/consent.ts';
import type { Facts } from '../tutorial/facts.ts';
import { readManifests } from '../tutorial/read-manifests.ts';
import { type RUN_TO, STEP_IDS, type Step } from '../tutorial/step.ts';
import { tutorialOf } from '../tutorial/tutorial.ts';
import { type Output, refuse, usageRefusal, writeDocument } from './answer-document.ts';
import {
  type Cleanup,
  type HeadlessClusterFlags,
  runHeadless,
  signalCode,
  stopped,
} from './headless-cluster.ts';
import { EXIT, type Io } from './io.ts';
import { readSamplingFlags, type SamplingFlags } from './sampling-flags.ts';
import { loadSettings } from './settings-file.ts';
import { TutorialHost } from './tutorial-host.ts';
import { planAsText, progressPrinter, tutorialAsDocument, tutorialAsMarkdown } from './tutorial-report.ts';

export type TutorialFlags = HeadlessClusterFlags &
  SamplingFlags & {
    readonly istioNamespace: string;
    readonly readOnly?: boolean | undefined;
    /** The steps are Markdown as text. */
    readonly output: Output;
    /** Runs the steps up to this one. */
    readonly through?: (typeof RUN_TO)[number] | undefined;
    readonly cleanUp: boolean;
    readonly yes: boolean;
  };

const VERB = 'tutorial';

/** As long as a slow registry may take for two small images. */
const ROLLOUT_MS = 300_000;

/**
 * `weighbridge tutorial`: the steps for this machine and this cluster; or, with `--through` or `--clean-up`, run. Yields 0, 1 where the
 * command line will not do, and 2 where a step fails, which is named.
 */
export async function tutorial(flags: TutorialFlags, io: Io): Promise<number> {
  const sampling = readSamplingFlags(flags);
  if ('problem' in sampling) return refuse(io, VERB, flags.output, EXIT.usage, usageRefusal(sampling));
  const settings = await loadSettings(io.env);
  if ('problem' in settings) return refuse(io, VERB, flags.output, EXIT.usage, usageRefusal(settings));
  if (flags.through !== undefined && flags.cleanUp) {
    const headline = 'Either --through or --clean-up: one of them makes what the other takes away.';
    return refuse(io, VERB, flags.output, EXIT.usage, { headline, nextStep: 'Leave one out.' });
  }
  const { protectedContexts } = settings;
  const scenario = flags.scenario ?? 'empty';
  return runHeadless((cleanup, signal) =>
    playTutorial({ ...flags, protectedContexts, scenario }, io, sampling, cleanup, signal),
  );
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
  const { output } = flags;
  const manifests = await readManifests(join(packageFolder(), 'manifests'));
  const host = new TutorialHost({ flags, sampling, consent, manifests, io, cleanup, signal });
  const refusal = await host.start();
  if (refusal?.code === EXIT.usage) return refuse(io, VERB, output, refusal.code, refusal);
  const facts = await host.facts();
  // What was cut short is not what is so.
  if (signal.aborted) return refuse(io, VERB, output, signalCode(signal), stopped(signal));
  if (flags.through === undefined && !flags.cleanUp) return tellSteps(io, output, facts);
  // Programs are answered with what it came to, so that the plan is a notice to them.
  const { steps } = tutorialOf(facts);
  const told = output === 'text' ? io.stdout : io.stderr;
  told.write(planAsText(planned(steps, flags), manifests, host.place()));
  if (!flags.yes) {
    const nextStep = 'With --yes this runs, without a question.';
    return refuse(io, VERB, output, EXIT.usage, { headline: 'Nothing was run.', nextStep });
  }
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
  const end = await run(flags, parts);
  if (end.kind === 'failed') {
    const { step, headline, nextStep } = end;
    const failure = { headline: `Step ${step.number}, ${step.title}, fails. ${headline}`, nextStep };
    return refuse(io, VERB, output, signal.aborted ? signalCode(signal) : EXIT.cluster, failure);
  }
  if (output === 'text') return EXIT.done;
  const after = await host.facts();
  if (!signal.aborted) return tellSteps(io, output, after);
  const nextStep = 'All was done before: weighbridge tutorial tells the steps.';
  return refuse(io, VERB, output, signalCode(signal), { ...stopped(signal), nextStep });
}

async function tellSteps(io: Io, output: Output, facts: Facts): Promise<number> {
  const { cluster } = facts;
  if (output === 'text') io.stdout.write(tutorialAsMarkdown(tutorialOf(facts), cluster));
  else await writeDocument(io, output, tutorialAsDocument(tutorialOf(facts), cluster));
  return EXIT.done;
}

function run({ through }: TutorialFlags, parts: TutorialParts): Promise<TutorialEnd> {
  return through === undefined ? runCleanUp(parts) : runThrough(through, parts);
}

/** The steps that a run goes through. */
function planned(steps: readonly Step[], { through }: TutorialFlags): readonly Step[] {
  if (through === undefined) return steps.filter(({ id }) => id === 'clean-up');
  return steps.filter(({ id }) => STEP_IDS.indexOf(id) <= STEP_IDS.indexOf(through));
}

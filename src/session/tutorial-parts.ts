import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { sentence } from '../sentence.ts';
import type { AnsweringCluster, Facts } from '../tutorial/facts.ts';
import { commandLine, type Step, type StepId } from '../tutorial/step.ts';
import type { RunEvent, RunFailure } from '../tutorial/step-run.ts';
import { tutorialOf } from '../tutorial/tutorial.ts';
import type { HeadlessSession } from './headless-session.ts';
import type { TutorialMachine } from './tutorial-machine.ts';

/** What a step of the tutorial runs with. */
export type TutorialParts = {
  readonly clock: Clock;
  /** Looks again at the machine and the cluster. */
  readonly facts: () => Promise<Facts>;
  /** What reaches the cluster that the facts are of; undefined where there is none. */
  readonly reach: () => TutorialReach | undefined;
  /** This computer; undefined where it does not matter: the demo cluster needs nothing of it. */
  readonly machine: TutorialMachine | undefined;
  /** Takes what a step shows while it runs. */
  readonly report: (event: RunEvent) => void;
  /** How long pods may take until they are ready. */
  readonly rolloutMs: number;
  /** Ends what runs, children with all that they started. */
  readonly signal: AbortSignal;
};

export type TutorialReach = {
  readonly api: ClusterApi;
  readonly look: TutorialLook;
  /** A session that shifts where nobody presses keys; undefined where somebody does. The caller stops it. */
  readonly openSession?: (() => HeadlessSession) | undefined;
};

/** Says a line of our own. */
export function tell({ report }: Pick<TutorialParts, 'report'>, text: string): void {
  report({ kind: 'lines', lines: [{ from: 'weighbridge', text }] });
}

/** What shows a person that a step works. */
export type TutorialLook = {
  /** Looks at each version through its own port-forward; yields a line for each. */
  readonly atVersions: (cluster: AnsweringCluster) => Promise<readonly string[]>;
  /** Asks the gateway until every version that has weight has answered, and yields what it saw; or why it did not. */
  readonly throughGateway: (cluster: AnsweringCluster) => Promise<{ readonly seen: string } | RunFailure>;
};

export type TutorialEnd =
  | { readonly kind: 'done' }
  | ({ readonly kind: 'failed'; readonly step: Pick<Step, 'number' | 'title'> } & RunFailure);

/** That step as it is by these facts. */
export function stepOf(facts: Facts, id: StepId): Step {
  const step = tutorialOf(facts).steps.find(one => one.id === id);
  if (!step) throw new Error(`no step ${id}`);
  return step;
}

/** By what it is seen that a step is done; empty where it is not. */
export function evidenceWords({ progress }: Step): string {
  return progress.kind === 'done' || progress.kind === 'not-needed' ? progress.evidence.join('; ') : '';
}

/** Why a step is not done, and what the person can do about it. */
export function whyNotDone(step: Step): RunFailure {
  const [trouble] = step.troubles;
  const { progress, runs } = step;
  const [run] = runs;
  if (trouble && run?.kind === 'shell') {
    return { headline: trouble.sentence, nextStep: `${trouble.fix.replace(/\.$/, '')}: ${run.line}` };
  }
  if (trouble) return { headline: trouble.sentence, nextStep: trouble.fix };
  const headline = sentence(missingWords(progress));
  if (run?.kind === 'shell') return { headline, nextStep: run.line };
  if (run && 'command' in run) return { headline, nextStep: commandLine(run.command) };
  return { headline, nextStep: step.notes[0] ?? '' };
}

/** What of a step is not there. */
export function missingWords(progress: Step['progress']): string {
  switch (progress.kind) {
    case 'to-do':
      return progress.missing.join('; ');
    case 'unknown':
      return progress.reason;
    default:
      return 'it is not done';
  }
}

/** A command that is not run because of what its machine refuses; undefined where it refuses nothing. */
export function refusedCommand(
  command: readonly string[],
  refusal: string | undefined,
): RunFailure | undefined {
  return refusal === undefined
    ? undefined
    : { headline: `Can't run ${commandLine(command)}: ${refusal}.`, nextStep: '' };
}

import { pause } from '../clock.ts';
import type { ChildLine } from '../run-child.ts';
import type { Facts, Platform } from '../tutorial/facts.ts';
import { profileOf } from '../tutorial/minikube.ts';
import { afterMinikubeLine, type MinikubeStory, NOTHING_TOLD } from '../tutorial/minikube-events.ts';
import { minikubeFailure } from '../tutorial/minikube-failure.ts';
import { type Action, isPassed } from '../tutorial/step.ts';
import type { RunFailure, RunLine } from '../tutorial/step-run.ts';
import type { TutorialMachine } from './tutorial-machine.ts';
import {
  missingWords,
  refusedCommand,
  stepOf,
  type TutorialParts,
  tell,
  whyNotDone,
} from './tutorial-parts.ts';

/** How often a cluster that has just been started is looked at, and how long its node may take to be Ready. */
const LOOK_MS = 1_000;
const READY_MS = 180_000;

/** Makes minikube's cluster or starts the one that it has, where none answers; then waits for its node. */
export async function runCluster(parts: TutorialParts): Promise<RunFailure | undefined> {
  const facts = await parts.facts();
  const step = stepOf(facts, 'cluster');
  if (isPassed(step)) return undefined;
  if (facts.cluster.kind === 'none') {
    const failure = await runAll(step.runs, facts, parts);
    if (failure) return failure;
  }
  return untilReady(parts);
}

/** Deletes minikube's cluster and makes a new one: only ever when the person has said so to this very question. */
export async function runNewCluster(parts: TutorialParts): Promise<RunFailure | undefined> {
  const facts = await parts.facts();
  const step = stepOf(facts, 'cluster');
  const offer = step.offers.find(({ id }) => id === 'new-cluster');
  const failure = await runAll(offer?.runs ?? [], facts, parts);
  return failure ?? untilReady(parts);
}

/** Deletes minikube's cluster, and makes no other. */
export async function runDeleteCluster(parts: TutorialParts): Promise<RunFailure | undefined> {
  const facts = await parts.facts();
  const offer = stepOf(facts, 'clean-up').offers.find(({ id }) => id === 'delete-cluster');
  return runAll(offer?.runs ?? [], facts, parts);
}

/** minikube, as often as there are actions; nothing at all to run is what is wrong with the step. */
async function runAll(
  actions: readonly Action[],
  facts: Facts,
  parts: TutorialParts,
): Promise<RunFailure | undefined> {
  const { machine } = parts;
  if (!machine || !facts.machine || actions.length === 0) return whyNotDone(stepOf(facts, 'cluster'));
  for (const action of actions) {
    if (action.kind !== 'command') return whyNotDone(stepOf(facts, 'cluster'));
    const failure = await runMinikube(action.command, facts.machine.platform, machine, parts);
    if (failure) return failure;
  }
  return undefined;
}

async function runMinikube(
  command: readonly string[],
  platform: Platform,
  machine: TutorialMachine,
  parts: TutorialParts,
): Promise<RunFailure | undefined> {
  const refused = refusedCommand(command, machine.refusal('machine'));
  if (refused) return refused;
  const before = machine.currentContext();
  parts.report({ kind: 'command', command });
  const follower = new StoryTeller(parts);
  const end = await machine.run(command, lines => follower.tell(lines), parts.signal);
  const after = machine.currentContext();
  // Also where it failed: whoever types kubectl next means that cluster.
  if (after !== before && after !== '') parts.report({ kind: 'context', from: before, to: after });
  const [, verb = ''] = command;
  const failure = minikubeFailure(verb, end, follower.story.error, platform);
  if (failure || verb !== 'start') return failure;
  const context = profileOf(command);
  await machine.follow(context);
  return parts.reach() ? undefined : notInKubeconfig(context);
}

function notInKubeconfig(context: string): RunFailure {
  return {
    headline: `minikube start ends well, and the kubeconfig has no context ${context}.`,
    nextStep: `minikube update-context -p ${context} writes it; KUBECONFIG must name the file that minikube writes to.`,
  };
}

/** Hands on what minikube tells: its steps as progress, and the rest as lines. */
class StoryTeller {
  story: MinikubeStory = NOTHING_TOLD;
  readonly #parts: TutorialParts;

  constructor(parts: TutorialParts) {
    this.#parts = parts;
  }

  tell(written: readonly ChildLine[]): void {
    const { report } = this.#parts;
    let lines: RunLine[] = [];
    const reportLines = () => {
      if (lines.length > 0) report({ kind: 'lines', lines });
      lines = [];
    };
    for (const line of written) {
      const before = this.story.progress;
      if (line.from === 'stdout') this.story = afterMinikubeLine(this.story, line.text);
      const text = line.from === 'stdout' ? this.story.said : line.text;
      if (text !== '') lines.push({ from: line.from, text });
      const { progress } = this.story;
      if (!progress || progress === before) continue;
      reportLines();
      report({ kind: 'progress', progress });
    }
    reportLines();
  }
}

async function untilReady(parts: TutorialParts): Promise<RunFailure | undefined> {
  const { clock, signal } = parts;
  const untilMs = clock.now() + READY_MS;
  let told = '';
  for (;;) {
    const step = stepOf(await parts.facts(), 'cluster');
    if (isPassed(step)) return undefined;
    if (signal.aborted || clock.now() > untilMs) return whyNotDone(step);
    const words = `waiting: ${missingWords(step.progress)}`;
    if (words !== told) tell(parts, words);
    told = words;
    await pause(clock, LOOK_MS, signal);
  }
}

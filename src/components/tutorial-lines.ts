import { isShiftProved, recordWords, shiftGoals } from '../session/shift-goals.ts';
import type { AppState } from '../session/state.ts';
import { isStepRunning, nextStep, pageLine, shownStep, stepAction } from '../session/tutorial-panel.ts';
import { type Action, commandLine, PROGRESS_WORDS, type Progress, type Step } from '../tutorial/step.ts';
import { isUnderWay, type StepRun } from '../tutorial/step-run.ts';
import type { Colour } from './palette.ts';
import type { Status } from './theme.ts';

/** A line of the panel before it is broken to the width of the panel. */
export type TutorialLine = {
  readonly text: string;
  /** Its icon, where it says how something stands. */
  readonly status?: Status;
  readonly look: 'heading' | 'plain' | 'dim' | 'command';
  /** Of the icon, where it is not that of the status. */
  readonly colour?: Colour;
};

/** How a step stands, as the list of steps shows it. */
export type StepMark = {
  readonly number: number;
  readonly title: string;
  readonly status: Status | undefined;
  readonly words: string;
  readonly isNext: boolean;
  readonly isShown: boolean;
};

const STATUS: Readonly<Record<Progress['kind'], Status | undefined>> = {
  done: 'well',
  'not-needed': 'well',
  'to-do': undefined,
  blocked: 'failing',
  yours: undefined,
  unknown: undefined,
};

/** Every step with how it stands. */
export function stepMarks(state: AppState): readonly StepMark[] {
  const { seen } = state.tutorial;
  const next = nextStep(state)?.id;
  const shown = shownStep(state)?.id;
  return (seen?.steps ?? []).map(step => ({
    number: step.number,
    title: step.title,
    ...markOf(state, step),
    isNext: step.id === next,
    isShown: step.id === shown,
  }));
}

/** The steps that the demo cluster brings along. */
const OF_A_CLUSTER: ReadonlySet<Step['id']> = new Set(['tools', 'cluster', 'istio']);

function markOf(state: AppState, step: Step): Pick<StepMark, 'status' | 'words'> {
  const { tutorial, connection } = state;
  const { kind } = step.progress;
  if (tutorial.run?.step === step.id && isUnderWay(tutorial.run)) {
    return { status: 'waiting', words: 'running' };
  }
  const isThere = kind === 'done' || kind === 'not-needed';
  if (isThere && connection.isDemo && OF_A_CLUSTER.has(step.id)) {
    return { status: 'well', words: 'already there' };
  }
  if (step.id === 'shift' && kind === 'yours' && isShiftProved(state)) {
    return { status: 'well', words: 'done' };
  }
  if (!isThere && tutorial.skipped.includes(step.id)) return { status: 'waiting', words: 'skipped' };
  if (step.id === 'clean-up' && isThere) return { status: undefined, words: 'nothing yet' };
  return {
    status: STATUS[kind],
    words: step.id === 'clean-up' && kind === 'yours' ? 'to choose' : PROGRESS_WORDS[kind],
  };
}

/** What there is to read of the step that is shown, the most pressing first. */
export function stepLines(state: AppState): readonly TutorialLine[] {
  const step = shownStep(state);
  if (!step) return [{ text: 'Looking at what there is…', look: 'dim' }];
  if (followsOutput(state)) return [...runLines(state, step), ...outputLines(state, step)];
  return [
    ...runLines(state, step),
    ...goalLines(state, step),
    ...pageLines(state, step),
    ...gatewayLines(state, step),
    ...outputLines(state, step),
    ...troubleLines(step),
    ...step.why.map(text => plain(text)),
    ...progressLines(step),
    ...commandLines(step.progress.kind === 'done' ? 'To see it:' : 'It runs:', runsHere(step)),
    ...step.offers.slice(0, 1).map(({ words }) => plain(`${words}: press a.`)),
    ...step.notes.map((text): TutorialLine => ({ text, status: 'warning', look: 'plain' })),
    ...mayGoWrong(step),
    ...commandLines('To take it back:', step.undo),
  ];
}

function plain(text: string): TutorialLine {
  return { text, look: 'plain' };
}

function dim(text: string): TutorialLine {
  return { text, look: 'dim' };
}

/** Whether the shown step runs: the newest of its lines is what a person looks for. */
export function followsOutput(state: AppState): boolean {
  const { run } = state.tutorial;
  return run !== undefined && isUnderWay(run) && run.step === shownStep(state)?.id;
}

/** How the run of this step goes, or went. */
function runLines({ tutorial }: AppState, step: Step): readonly TutorialLine[] {
  const { run, asked } = tutorial;
  if (asked?.step === step.id) return [{ text: 'starting', status: 'waiting', look: 'plain' }];
  if (run?.step !== step.id) return [];
  return [...phaseLines(run, step), ...progressOf(run)];
}

/** What the run of this step has told so far. */
function outputLines({ tutorial }: AppState, step: Step): readonly TutorialLine[] {
  const { run } = tutorial;
  if (run?.step !== step.id) return [];
  const dropped = run.droppedLines > 0 ? [dim(`${run.droppedLines} lines before these are not kept`)] : [];
  const above = new Set([...tutorial.pages.map(pageLine), ...phaseLines(run, step).map(line => line.text)]);
  // The first line names the step, which the title does.
  const own = run.lines.filter(({ text }) => !isHeading(text, step) && !above.has(text));
  return [...dropped, ...own.map(({ text }) => dim(text))];
}

function phaseLines({ phase, lines, command }: StepRun, { id }: Step): readonly TutorialLine[] {
  switch (phase.kind) {
    case 'running':
      return [{ text: 'running; esc stops it', status: 'waiting', look: 'plain' }];
    case 'cancelling':
      return [{ text: 'stopping', status: 'waiting', look: 'plain' }];
    case 'done':
      return [
        { text: doneWords(id, command) ?? lines.at(-1)?.text ?? 'done', status: 'well', look: 'plain' },
      ];
    case 'cancelled':
      return [
        { text: 'stopped; what was done by then stays, and enter goes on', status: 'warning', look: 'plain' },
      ];
    case 'failed': {
      const next = phase.nextStep === '' ? [] : [plain(phase.nextStep)];
      return [{ text: phase.headline, status: 'failing', look: 'plain' }, ...next];
    }
  }
}

/** Of the other steps the last line that they tell says what came of them. */
const DONE_WORDS: Partial<Record<Step['id'], string>> = {
  versions: 'both versions answer',
  'clean-up': 'what weighbridge made is gone',
};

/** The cluster itself is deleted by a program, the rest is not. */
function doneWords(id: Step['id'], command: readonly string[]): string | undefined {
  return id === 'clean-up' && command.length > 0 ? `${commandLine(command)}: done` : DONE_WORDS[id];
}

const PART_STATUS: Readonly<Record<'waiting' | 'running' | 'done' | 'failed', Status>> = {
  waiting: 'waiting',
  running: 'waiting',
  done: 'well',
  failed: 'failing',
};

function progressOf({ progress, phase }: StepRun): readonly TutorialLine[] {
  if (!progress || phase.kind === 'done') return [];
  const percent = progress.fraction === undefined ? '' : `${Math.round(progress.fraction * 100)} %  `;
  return [
    { text: `${percent}${progress.words}`, look: 'heading' },
    ...progress.parts.map(
      ({ name, state, words }): TutorialLine => ({
        text: words === '' ? name : `${name}: ${words}`,
        status: PART_STATUS[state],
        look: 'plain',
      }),
    ),
  ];
}

function isHeading(text: string, { number, title }: Step): boolean {
  return text.startsWith(`${number}. ${title}:`);
}

function troubleLines({ troubles }: Step): readonly TutorialLine[] {
  return troubles.flatMap(({ sentence, fix }): readonly TutorialLine[] => [
    { text: sentence, status: 'failing', look: 'plain' },
    plain(fix),
  ]);
}

const GOAL_STATUS = { proved: 'well', 'under-way': 'waiting', next: undefined, later: undefined } as const;

function goalLines(state: AppState, step: Step): readonly TutorialLine[] {
  if (step.id !== 'shift' || step.progress.kind !== 'yours') return [];
  const goals = shiftGoals(state).map(({ split, words, mark, detail }): TutorialLine => {
    const status = GOAL_STATUS[mark];
    const text = `${split} ${words}${detail === '' ? '' : `: ${detail}`}`;
    return { text, look: mark === 'next' ? 'heading' : 'plain', ...(status ? { status } : {}) };
  });
  const record = recordWords(state);
  const isSound = record.startsWith('No request failed');
  const status = isSound ? ('well' as const) : ('failing' as const);
  return record === '' ? goals : [...goals, { text: record, status, look: 'plain' }];
}

function pageLines({ tutorial }: AppState, step: Step): readonly TutorialLine[] {
  if (step.id !== 'versions') return [];
  return tutorial.pages.map((page): TutorialLine => {
    const text = pageLine(page);
    if (!page.isShown) return { text, status: 'failing', look: 'plain' };
    const colour = PAGE_COLOURS.find(name => page.words.endsWith(` on ${name}`));
    return { text, status: 'well', look: 'plain', ...(colour ? { colour } : {}) };
  });
}

/** Colours of a page that a terminal has as well. */
const PAGE_COLOURS: readonly Colour[] = ['blue', 'green', 'magenta', 'cyan', 'yellow', 'red'];

/** The way to the gateway, and the line that a person could type. */
function gatewayLines(
  { traffic: { sampling }, tutorial: { run } }: AppState,
  step: Step,
): readonly TutorialLine[] {
  if (step.id !== 'routing' || step.progress.kind !== 'done' || sampling.kind !== 'sampling') return [];
  const { place, way } = sampling;
  // What the run of this step says last names it as well.
  const isNamed = run?.step === step.id && run.phase.kind === 'done';
  const text = `the gateway is at ${place} (${way})`;
  const found: readonly TutorialLine[] = isNamed ? [] : [{ text, status: 'well', look: 'plain' }];
  if (!URL.canParse(place)) return found;
  return [...found, { text: `while sleep 1; do curl -s ${place}/ | grep '<h1'; done`, look: 'command' }];
}

function progressLines({ progress }: Step): readonly TutorialLine[] {
  switch (progress.kind) {
    case 'to-do':
      return [
        ...progress.missing.map((text): TutorialLine => ({ text, status: 'waiting', look: 'plain' })),
        ...evidenceLines(progress.evidence),
      ];
    case 'done':
    case 'not-needed':
    case 'yours':
      return evidenceLines(progress.evidence);
    case 'unknown':
      return [{ text: `not judged: ${progress.reason}`, status: 'waiting', look: 'plain' }];
    case 'blocked':
      return [];
  }
}

function evidenceLines(evidence: readonly string[]): readonly TutorialLine[] {
  return evidence.filter(text => text !== '').map(text => ({ text, status: 'well', look: 'plain' }));
}

/** What there is to type or to press here: the screen is open already. */
function runsHere({ id, runs, progress }: Step): readonly Action[] {
  // Nothing is run while something stands in the way.
  if (progress.kind === 'blocked') return [];
  return id === 'shift' ? runs.filter(({ kind }) => kind === 'keys') : runs;
}

function commandLines(title: string, actions: readonly Action[]): readonly TutorialLine[] {
  if (actions.length === 0) return [];
  return [dim(title), ...actions.flatMap(actionLines)];
}

function actionLines(action: Action): readonly TutorialLine[] {
  switch (action.kind) {
    case 'keys':
      return [{ text: `press ${action.keys} to ${action.words}`, look: 'command' }];
    case 'shell':
      return [dim(`${action.words}:`), { text: action.line, look: 'command' }];
    default:
      return [dim(`${action.words}:`), { text: commandLine(action.command), look: 'command' }];
  }
}

function mayGoWrong({ mayGoWrong }: Step): readonly TutorialLine[] {
  if (mayGoWrong.length === 0) return [];
  return [dim('What can go wrong:'), ...mayGoWrong.map(({ sentence, fix }) => plain(`${sentence} ${fix}`))];
}

/** What the keys do at this step, in a line. */
export function stepKeys(state: AppState): string {
  if (isStepRunning(state)) return 'esc stops it';
  const action = stepAction(state);
  const step = shownStep(state);
  const skips = step && step.progress.kind !== 'done' && step.progress.kind !== 'not-needed';
  const skip = skips && step.id !== 'clean-up' ? '; s skips it' : '';
  // What stands in the way is said above.
  if (step?.progress.kind === 'blocked') return `something is in the way${skip}`;
  if (action.kind === 'none' && step?.id === 'shift') return `${shiftKeys(state)}${skip}`;
  switch (action.kind) {
    case 'none':
      return action.reason;
    case 'next':
      return `enter goes on to ${action.step.number}, ${action.step.title}`;
    case 'look':
    case 'run':
      return `enter ${action.words}${skip}`;
  }
}

/** The key that leads to the next split, or what there is to wait for. */
function shiftKeys(state: AppState): string {
  const goals = shiftGoals(state);
  const waiting = goals.find(({ mark }) => mark === 'under-way');
  if (waiting) return `wait until traffic agrees with ${waiting.split}`;
  const next = goals.find(({ mark }) => mark === 'next');
  return next ? `${next.detail}: ${next.split}` : 'choose the weights with the keys of the Weights pane';
}

import { type Action, commandLine, isPassed, type Offer, STEP_IDS, type Step } from '../tutorial/step.ts';
import { cancellingRun, isUnderWay, type StepRun } from '../tutorial/step-run.ts';
import { isShiftProved, provedNow } from './shift-goals.ts';
import type { AppState } from './state.ts';
import {
  CLOSED_TUTORIAL,
  type Plan,
  type SeenTutorial,
  type TutorialState,
  type VersionPage,
} from './tutorial-state.ts';

/** What enter does at the step that is shown. */
export type StepAction =
  | { readonly kind: 'none'; readonly reason: string }
  /** It changes something, so the plan is shown and confirmed first. */
  | { readonly kind: 'run'; readonly plan: Plan; readonly words: string }
  /** It changes nothing. */
  | { readonly kind: 'look'; readonly plan: Plan; readonly words: string }
  | { readonly kind: 'next'; readonly step: Step };

/** The state with other members of the tutorial. */
export function withTutorial(state: AppState, change: Partial<TutorialState>): AppState {
  return { ...state, tutorial: { ...state.tutorial, ...change } };
}

/** Opens the panel and focuses it, or closes it with all that it holds open. */
export function toggleTutorial(state: AppState): AppState {
  if (!state.tutorial.isOpen) {
    const { proved, namedContext, skipped } = state.tutorial;
    const tutorial = { ...CLOSED_TUTORIAL, proved, namedContext, skipped, isOpen: true };
    return { ...state, tutorial, ui: { ...state.ui, focus: 'tutorial' } };
  }
  const focus = state.ui.focus === 'tutorial' ? 'weights' : state.ui.focus;
  return { ...withTutorial(state, { isOpen: false, pages: [] }), ui: { ...state.ui, focus } };
}

/** Whether nothing is left to do in a step: the shift is done once traffic has shown it, whatever the weights are. */
export function isPassedHere(state: Pick<AppState, 'tutorial'>, step: Step): boolean {
  return step.id === 'shift' ? isShiftProved(state) : isPassed(step);
}

/** The first step that is neither done nor skipped; the last one where there is none. */
export function nextStep(state: Pick<AppState, 'tutorial'>): Step | undefined {
  const { seen, skipped } = state.tutorial;
  const open = seen?.steps.find(step => !isPassedHere(state, step) && !skipped.includes(step.id));
  return open ?? seen?.steps.at(-1);
}

/** The state with the applied split noted where traffic agrees with it now. What it proves stays in view until the person goes on. */
export function splitProved(state: AppState): AppState {
  const split = provedNow(state);
  const { proved, shown } = state.tutorial;
  if (split === undefined || proved.includes(split)) return state;
  const isLookedAt = shownStep(state)?.id === 'shift';
  return withTutorial(state, { proved: [...proved, split], shown: isLookedAt ? 'shift' : shown });
}

/** The step whose text is shown. */
export function shownStep(state: Pick<AppState, 'tutorial'>): Step | undefined {
  const { seen, shown } = state.tutorial;
  return seen?.steps.find(({ id }) => id === shown) ?? nextStep(state);
}

/** Whether a step was asked for or runs. */
export function isStepRunning({ tutorial: { asked, run } }: Pick<AppState, 'tutorial'>): boolean {
  return asked !== undefined || (run !== undefined && isUnderWay(run));
}

/** The lines of a step that change this computer or the cluster. */
export function planOf({ id, runs, offers }: Step, offer?: Offer['id']): Plan {
  const offered = offers.find(one => one.id === offer);
  const changes = (offered?.runs ?? runs).flatMap(changeOf);
  return offer === undefined ? { step: id, changes } : { step: id, offer, changes: offered ? changes : [] };
}

/** What the shown step offers beside what it runs; undefined where that is nothing. */
export function stepOffer(state: Pick<AppState, 'tutorial'>): Offer | undefined {
  return shownStep(state)?.offers[0];
}

function changeOf(action: Action): readonly string[] {
  switch (action.kind) {
    case 'apply':
    case 'delete':
    case 'command':
      return [commandLine(action.command)];
    default:
      return [];
  }
}

/** What enter does now, and why it may do nothing. */
export function stepAction(state: AppState): StepAction {
  const step = shownStep(state);
  if (!step) return { kind: 'none', reason: 'still looking at what there is' };
  if (isStepRunning(state)) return { kind: 'none', reason: 'a step is running; esc stops it' };
  switch (step.progress.kind) {
    case 'done':
      return lookAction(state, step) ?? followingAction(state, step);
    case 'not-needed':
      return followingAction(state, step);
    case 'to-do':
      return runAction(step);
    case 'blocked':
      return { kind: 'none', reason: step.troubles[0]?.sentence ?? 'something stands in the way' };
    case 'unknown':
      return { kind: 'none', reason: step.progress.reason };
    case 'yours':
      return step.id === 'shift' ? shiftAction(state, step) : runAction(step);
  }
}

function runAction(step: Step): StepAction {
  const plan = planOf(step);
  if (plan.changes.length === 0) return { kind: 'look', plan, words: 'looks again' };
  const lines = plan.changes.length === 1 ? 'what it runs' : `the ${plan.changes.length} commands`;
  return { kind: 'run', plan, words: `shows ${lines}, and asks` };
}

/** What a step that is done can still show. */
function lookAction({ tutorial }: AppState, { id }: Step): StepAction | undefined {
  const plan = { step: id, changes: [] };
  const hasRun = tutorial.run?.step === id;
  if (id === 'versions' && tutorial.pages.length === 0 && !hasRun) {
    return { kind: 'look', plan, words: 'looks at each version' };
  }
  if (id === 'routing' && !hasRun) return { kind: 'look', plan, words: 'asks the gateway' };
  return undefined;
}

function followingAction(state: AppState, step: Step): StepAction {
  const following = nextStep(state);
  if (following && following.id !== step.id) return { kind: 'next', step: following };
  const reason = step.progress.kind === 'not-needed' ? step.progress.evidence[0] : undefined;
  return { kind: 'none', reason: reason ?? 'everything is done' };
}

function shiftAction(state: AppState, step: Step): StepAction {
  if (isShiftProved(state)) return followingAction(state, step);
  return { kind: 'none', reason: 'this step is yours: the keys of the weights do it; s skips it' };
}

/** Shows the step before the one that is shown, or the one after it. */
export function lookAtStep(state: AppState, by: -1 | 1): AppState {
  const shown = shownStep(state);
  const at = STEP_IDS.indexOf(shown?.id ?? 'tools') + by;
  const id = STEP_IDS[Math.max(0, Math.min(at, STEP_IDS.length - 1))];
  return withTutorial(state, { shown: id, scrolled: 0 });
}

const PAGE_LINES = 4;
const PAGE_LINES_TALL = 14;
const TALL_ROWS = 30;

/** Scrolls the text of the step. How many lines it has only its drawing knows: below the last it begins again. */
export function scrollTutorial(state: AppState, by: -1 | 1): AppState {
  const { rows, isZoomed } = state.ui;
  const lines = isZoomed || rows >= TALL_ROWS ? PAGE_LINES_TALL : PAGE_LINES;
  return withTutorial(state, { scrolled: state.tutorial.scrolled + by * lines });
}

/** Leaves a step out, and shows the one that comes next. */
export function skipStep(state: AppState): AppState {
  const step = shownStep(state);
  const { skipped } = state.tutorial;
  if (!step) return state;
  return withTutorial(state, { skipped: [...skipped, step.id], shown: undefined, scrolled: 0 });
}

/** Goes on to the step that comes next. */
export function goOn(state: AppState): AppState {
  return withTutorial(state, { shown: undefined, scrolled: 0 });
}

/** The step is asked to be run: the loop takes it up. It stays in view until the person goes on. */
export function stepAsked(state: AppState, plan: Plan): AppState {
  const skipped = state.tutorial.skipped.filter(id => id !== plan.step);
  return withTutorial(state, { asked: plan, unnamed: undefined, shown: plan.step, skipped, scrolled: 0 });
}

/** The run as it is now. */
export function stepRuns(state: AppState, run: StepRun): AppState {
  const isStopping = state.tutorial.run?.phase.kind === 'cancelling';
  return withTutorial(state, { asked: undefined, run: isStopping ? cancellingRun(run) : run });
}

/** The running step is told to stop. */
export function stepStopping(state: AppState): AppState {
  const { run } = state.tutorial;
  return run ? withTutorial(state, { run: cancellingRun(run) }) : state;
}

/** What there is was looked at. What traffic agreed with counts no longer where its route is gone. */
export function tutorialSeen(state: AppState, seen: SeenTutorial): AppState {
  const before = state.tutorial.seen;
  if (before && JSON.stringify(before) === JSON.stringify(seen)) return state;
  const hasRoute = seen.steps.some(step => step.id === 'routing' && isPassed(step));
  return withTutorial(state, { seen, proved: hasRoute ? state.tutorial.proved : [] });
}

/** What was seen of a version by itself. */
export function pageLine({ version, url, words, isShown }: VersionPage): string {
  return isShown ? `${version} on ${url} shows ${words}` : `${version} is not shown: ${words}`;
}

export function pagesSeen(state: AppState, pages: readonly VersionPage[]): AppState {
  return withTutorial(state, { pages });
}

/** Where a browser can look at what the shown step is about, or why it cannot. */
export function browserUrls(
  state: AppState,
): { readonly urls: readonly string[] } | { readonly reason: string } {
  const step = shownStep(state);
  if (step?.id === 'versions') {
    const urls = state.tutorial.pages.map(({ url }) => url).filter(url => url !== '');
    return urls.length > 0 ? { urls } : { reason: 'no version can be looked at yet: enter does that first' };
  }
  if (step?.id !== 'routing' && step?.id !== 'shift') return { reason: 'this step has no page to open' };
  const { sampling } = state.traffic;
  if (sampling.kind !== 'sampling') return { reason: 'no way to the gateway is known yet' };
  if (!URL.canParse(sampling.place)) {
    return { reason: 'no address leads to the gateway: it is reached by a port-forward' };
  }
  return { urls: [`${sampling.place}/`] };
}

export function browserAsked(state: AppState): AppState {
  const found = browserUrls(state);
  if (!('urls' in found)) return state;
  return withTutorial(state, { browse: { urls: found.urls, times: state.tutorial.browse.times + 1 } });
}

/** What is kept of the tutorial where the screen goes to another place: whether it is open, and how its last run ended. */
export function tutorialElsewhere({ isOpen, run }: TutorialState): TutorialState {
  if (!run || isUnderWay(run)) return { ...CLOSED_TUTORIAL, isOpen };
  // A step that made the cluster leads there: what it told stays in view.
  return { ...CLOSED_TUTORIAL, isOpen, run, shown: run.step };
}

import { plainText } from '../plain-text.ts';
import { isPassed } from '../tutorial/step.ts';
import type { Intent } from './intents.ts';
import { readOnlyRefusal } from './selectors.ts';
import type { AppState } from './state.ts';
import {
  browserAsked,
  browserUrls,
  goOn,
  isStepRunning,
  lookAtStep,
  planOf,
  shownStep,
  skipStep,
  stepAction,
  stepAsked,
  stepOffer,
  stepStopping,
  toggleTutorial,
  withTutorial,
} from './tutorial-panel.ts';
import type { Plan } from './tutorial-state.ts';
import { type Overlay, withOverlay } from './ui-state.ts';

const KINDS = [
  'toggle-tutorial',
  'run-step',
  'take-offer',
  'skip-step',
  'look-at-step',
  'open-browser',
  'cancel-step',
] as const;

export type TutorialIntent = Extract<Intent, { readonly kind: (typeof KINDS)[number] }>;

/** Whether an intent is about the tutorial's panel. */
export function isTutorialIntent(intent: Intent): intent is TutorialIntent {
  return KINDS.some(kind => kind === intent.kind);
}

/** The state after an intent of the panel that is not refused. */
export function applyTutorial(state: AppState, intent: TutorialIntent): AppState {
  switch (intent.kind) {
    case 'toggle-tutorial':
      return toggleTutorial(state);
    case 'run-step':
      return runStep(state);
    case 'take-offer':
      return takeOffer(state);
    case 'skip-step':
      return skipStep(state);
    case 'look-at-step':
      return lookAtStep(state, intent.by);
    case 'open-browser':
      return browserAsked(state);
    case 'cancel-step':
      return stepStopping(state);
  }
}

/** Why a key of the panel can do nothing now; undefined where it can. */
export function tutorialRefusal(state: AppState, intent: TutorialIntent): string | undefined {
  switch (intent.kind) {
    case 'toggle-tutorial':
      return state.tutorial.isOpen && isStepRunning(state) ? 'a step is running; esc stops it' : undefined;
    case 'run-step':
      return runRefusal(state);
    case 'take-offer':
      return offerRefusal(state);
    case 'skip-step':
      return skipRefusal(state);
    case 'look-at-step':
      return shownStep(state) ? undefined : STILL_LOOKING;
    case 'open-browser': {
      const found = browserUrls(state);
      return 'reason' in found ? found.reason : undefined;
    }
    case 'cancel-step':
      return state.tutorial.run?.phase.kind === 'running'
        ? undefined
        : 'no step is running; t closes the tutorial';
  }
}

const STILL_LOOKING = 'still looking at what there is';

function runRefusal(state: AppState): string | undefined {
  const action = stepAction(state);
  if (action.kind === 'none') return action.reason;
  return action.kind === 'run' ? readOnlyRefusal(state) : undefined;
}

function offerRefusal(state: AppState): string | undefined {
  if (isStepRunning(state)) return 'a step is running; esc stops it';
  return stepOffer(state) ? readOnlyRefusal(state) : 'this step offers nothing else';
}

function skipRefusal(state: AppState): string | undefined {
  const step = shownStep(state);
  if (!step) return STILL_LOOKING;
  if (isStepRunning(state)) return 'a step is running; esc stops it';
  if (isPassed(step)) return 'this step is done: there is nothing to skip';
  if (step.id === 'clean-up') return 'this is the last step: there is nothing to go on to';
  return state.tutorial.skipped.includes(step.id) ? 'this step is skipped already' : undefined;
}

function runStep(state: AppState): AppState {
  const action = stepAction(state);
  switch (action.kind) {
    case 'none':
      return state;
    case 'next':
      return goOn(state);
    case 'look':
      return stepAsked(state, action.plan);
    case 'run':
      return withOverlay(state, planOverlay(state, action.plan));
  }
}

type PlanOverlay = Extract<Overlay, { kind: 'plan' }>;

function takeOffer(state: AppState): AppState {
  const step = shownStep(state);
  const offer = stepOffer(state);
  if (!step || !offer) return state;
  const overlay = planOverlay(state, planOf(step, offer.id));
  return withOverlay(state, { ...overlay, question: `${offer.words}?` });
}

/** What the step will run, before it does. */
function planOverlay(state: AppState, plan: Plan): PlanOverlay {
  const step = shownStep(state);
  const { number = 0, title = '' } = step ?? {};
  const others = plan.step === 'versions' ? [ANY_ARCH] : [];
  return {
    kind: 'plan',
    plan,
    question: `Run step ${number}, ${title}, ${whereWords(state)}?`,
    notes: others,
    focus: 'cancel',
    index: 0,
  };
}

const ANY_ARCH =
  'Where the node cannot run or pull an image, the object of the same name in manifests/any-arch/ is applied in its place.';

function whereWords({ connection, tutorial }: AppState): string {
  const { context, namespace, isDemo } = connection;
  if (tutorial.seen?.place === undefined) return 'on this computer';
  return `${isDemo ? 'on the demo cluster' : `on context ${context}`}, namespace ${namespace}`;
}

/** The person has confirmed or cancelled what a step would run. */
export function planAnswered(state: AppState, overlay: PlanOverlay): AppState {
  const closed = withOverlay(state, { kind: 'none' });
  if (overlay.focus === 'cancel') return closed;
  if (contextToName(state) === undefined) return stepAsked(closed, overlay.plan);
  const asking = withTutorial(state, { unnamed: overlay.plan });
  return withOverlay(asking, { kind: 'prompt', asks: 'context', draft: '', problem: '' });
}

/** The context whose name has to be typed before the first change there: one that is protected, or not on this computer. */
export function contextToName({ tutorial }: Pick<AppState, 'tutorial'>): string | undefined {
  const { seen, namedContext } = tutorial;
  const place = seen?.place;
  if (!place || place.isDemo || (place.isLocal && !place.isProtected)) return undefined;
  return namedContext === place.context ? undefined : place.context;
}

/** A name was typed: the step runs where it is the right one. */
export function contextNamed(state: AppState, draft: string): AppState {
  const { unnamed } = state.tutorial;
  const wanted = contextToName(state);
  const closed = withOverlay(state, { kind: 'none' });
  if (!unnamed) return closed;
  if (wanted === undefined || draft.trim() === plainText(wanted, 253).trim()) {
    return stepAsked(withTutorial(closed, { namedContext: state.tutorial.seen?.place?.context }), unnamed);
  }
  return withOverlay(state, {
    kind: 'prompt',
    asks: 'context',
    draft,
    problem: `${wanted}, or esc to leave it`,
  });
}

import { ownerWords } from '../kube/owners.ts';
import {
  asSplit,
  evenSplit,
  isSplit,
  type RawWeights,
  type SplitChange,
  sameWeights,
  weightsText,
} from '../kube/split.ts';
import { isSamplingRate, RATE_WORDS } from '../traffic/sampling-rate.ts';
import { accessDoubted, missingPermission } from './access.ts';
import { answerPrompt, promptFor } from './answers.ts';
import { assertNever } from './assert-never.ts';
import { clearChart, freezeChart, scaleChart } from './chart.ts';
import { atCommandLine, commandLineOpened } from './command-line.ts';
import { placeTyped } from './context-list.ts';
import { copyAsked } from './copying.ts';
import { detailsAsked } from './details.ts';
import { doctorAsked } from './findings.ts';
import { questionBefore } from './guards.ts';
import { filterStarted, helpLeft, helpOpened } from './help.ts';
import { type Intent, isWrite } from './intents.ts';
import { pageRows } from './list.ts';
import { leaveList, moveInList, movePageInList, openList, startFilter, takeRow } from './list-overlay.ts';
import { namespaceList } from './namespace-list.ts';
import { withNotice, withReply } from './notices.ts';
import { lineEdited, openLine, textPasted, textTyped, withCursorOfLine } from './open-line.ts';
import { ownerGrant, ownerNotOverridden } from './ownership.ts';
import {
  endPaneFilter,
  focusedRowsPane,
  moveInPane,
  movePageInPane,
  openRow,
  startPaneFilter,
  stepBack,
} from './pane-rows.ts';
import { isHeldOver, weightKeyPressed } from './places.ts';
import { exportAsked } from './recorded-shifts.ts';
import { refusal } from './refusal.ts';
import { virtualServiceTyped } from './route-list.ts';
import { isScrolled, scrolled } from './scrolled-overlay.ts';
import { withSelectedAt } from './selected-weight.ts';
import { beginShift, continuesRefusedRun, redoShift, requestWeights, undoShift } from './shifts.ts';
import type { AppState } from './state.ts';
import {
  applyTutorial,
  contextNamed,
  isTutorialIntent,
  planAnswered,
  type TutorialIntent,
} from './tutorial-intents.ts';
import { scrollTutorial } from './tutorial-panel.ts';
import { panesOf, withOverlay } from './ui-state.ts';

/** The state after an intent. A refused intent changes nothing and leaves a notice with the reason. */
export function applyIntent(before: AppState, intent: Intent, now: number): AppState {
  if (isHeldOver(before, intent, now)) return weightKeyPressed(before, true, now);
  const state = isWrite(intent) ? weightKeyPressed(before, false, now) : before;
  const reason = refusal(state, intent);
  if (reason === undefined) {
    return withCursorOfLine(state, acted(state, applyNotRefused(state, intent, now), now));
  }
  const refused = withReply(state, 'warning', reason, now);
  // The right may have been given meanwhile: whoever presses the key wants to know.
  return missingPermission(state, intent) ? accessDoubted(refused, now) : refused;
}

/** A key that did something, and not only said why it did nothing, overtakes what earlier ones said. */
function acted(before: AppState, after: AppState, now: number): AppState {
  const onlySaysWhy = after.notices !== before.notices && after.notices.at(-1)?.isReply;
  return after === before || onlySaysWhy ? after : { ...after, ui: { ...after.ui, actedAtMs: now } };
}

function applyNotRefused(state: AppState, intent: Intent, now: number): AppState {
  const command = atCommandLine(state, intent);
  if (command) return command.intent ? applyIntent(command.after, command.intent, now) : command.after;
  return isTutorialIntent(intent) ? applyTutorial(state, intent) : applyAllowed(state, intent, now);
}

function applyAllowed(state: AppState, intent: Exclude<Intent, TutorialIntent>, now: number): AppState {
  switch (intent.kind) {
    case 'shift': {
      if (continuesRefusedRun(state, now)) {
        return { ...state, weights: { ...state.weights, refusedRunAtMs: now } };
      }
      const current = asSplit(state.weights.requested)[state.weights.selected] ?? 0;
      return moveSelected(state, current + intent.points, intent, now);
    }
    case 'set-to':
      return moveSelected(state, intent.weight, intent, now);
    case 'split-evenly': {
      const { requested, locked } = state.weights;
      return changeSplit(state, evenSplit(asSplit(requested), new Set(locked)), intent, now);
    }
    case 'set-split':
      return setSplit(state, intent, now);
    case 'select-version':
      return selectVersion(state, intent.by);
    case 'toggle-lock':
      return toggleLock(state);
    case 'undo':
      return undo(state, intent, now);
    case 'redo': {
      const shift = state.weights.redo.at(-1);
      return shift ? ask(state, shift.to, intent, now, () => redoShift(state, now)) : state;
    }
    case 'back-to-good':
      return ask(state, asSplit(state.weights.lastGood ?? []), intent, now);
    case 'ask-again':
      return ask(state, state.weights.refusedAsk ?? [], intent, now);
    case 'override-owner':
      return overrideOwner(state);
    case 'enter-weight':
      return withOverlay(state, { kind: 'prompt', asks: promptFor(state), draft: '', problem: '' });
    case 'focus':
      return { ...state, ui: { ...state.ui, focus: intent.pane } };
    case 'focus-next': {
      const panes = panesOf(state);
      const next = (panes.indexOf(state.ui.focus) + intent.by + panes.length) % panes.length;
      return { ...state, ui: { ...state.ui, focus: panes[next] ?? 'weights' } };
    }
    case 'zoom':
      return { ...state, ui: { ...state.ui, isZoomed: !state.ui.isZoomed } };
    case 'open-help':
      return helpOpened(state);
    case 'open-ways':
      return withOverlay(state, { kind: 'ways', index: 0 });
    case 'open-list':
      return openList(intent.list === 'findings' ? doctorAsked(state, now) : state, intent.list);
    case 'refresh-details':
      return detailsAsked(state);
    case 'close-overlay':
      return closeOverlay(state);
    case 'move-choice':
      return moveChoice(state, intent.by);
    case 'move-page':
      return movePage(state, intent.by);
    case 'move-to-end':
      return moveRows(state, intent.end === 'first' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    case 'start-filter':
      return focusedRowsPane(state) ? startPaneFilter(state) : filterStarted(startFilter(state));
    case 'open-command-line':
      return commandLineOpened(state);
    case 'complete':
      return state;
    case 'go-to-namespace':
      return namespaceList.choose(state, intent.namespace, now);
    case 'go-to-context':
      return placeTyped(state, intent.context, now);
    case 'choose-virtual-service':
      return virtualServiceTyped(state, intent.name, now);
    case 'accept':
      return accept(state, now);
    case 'type':
      return type(state, intent.text, now);
    case 'edit-line':
      return lineEdited(state, intent.edit);
    case 'paste':
      return textPasted(state, intent.text);
    case 'submit':
      return submit(state, now);
    case 'pause-sampling':
      return { ...state, traffic: { ...state.traffic, isPaused: !state.traffic.isPaused } };
    case 'set-rate':
      return isSamplingRate(intent.ratePerSecond)
        ? { ...state, traffic: { ...state.traffic, ratePerSecond: intent.ratePerSecond } }
        : withReply(state, 'warning', `the rate is ${RATE_WORDS}`, now);
    case 'set-theme':
      return { ...state, ui: { ...state.ui, theme: intent.theme } };
    case 'scale-chart':
      return scaleChart(state, intent.by);
    case 'freeze-chart':
      return freezeChart(state);
    case 'clear-chart':
      return clearChart(state, now);
    case 'export-shifts':
      return exportAsked(state);
    case 'suspend':
      return { ...state, ui: { ...state.ui, isSuspending: true } };
    case 'copy':
      return copyAsked(state, now);
    case 'no-arrows-here':
      return withReply(state, 'info', 'weights: press 3', now);
    case 'quit':
      return state.run.kind === 'running'
        ? { ...state, run: { kind: 'leaving', sinceMs: now } }
        : { ...state, run: { kind: 'ended' } };
    default:
      return assertNever(intent);
  }
}

/** A list gives up its filter first; what was taken from a list goes back to it. */
function closeOverlay(state: AppState): AppState {
  const { overlay } = state.ui;
  if (overlay.kind === 'finding') return openList(state, 'findings', overlay.id);
  if (overlay.kind === 'shift') return openList(state, 'shifts', String(overlay.number));
  if (overlay.kind === 'none') return stepBack(state);
  if (overlay.kind === 'help') return helpLeft(state, overlay);
  return overlay.kind === 'list' ? leaveList(state) : withOverlay(state, { kind: 'none' });
}

function moveSelected(state: AppState, wanted: number, intent: Intent, now: number): AppState {
  const { change, basis } = withSelectedAt(state, wanted);
  const changed = changeSplit(state, change, intent, now);
  if (changed.weights.requested === state.weights.requested) return changed;
  return { ...changed, weights: { ...changed.weights, basis, basisIndex: state.weights.selected } };
}

function changeSplit(state: AppState, change: SplitChange, intent: Intent, now: number): AppState {
  switch (change.kind) {
    case 'refused':
      return withReply(state, 'warning', change.reason, now);
    case 'unchanged':
      // The first shift makes weights that are only shares, or that Envoy refuses, into a split.
      if (!isSplit(state.weights.requested)) return ask(state, asSplit(state.weights.requested), intent, now);
      return withReply(state, 'info', `the split is ${weightsText(state.weights.requested)} already`, now);
    case 'changed':
      return ask(state, change.split, intent, now);
    default:
      return assertNever(change);
  }
}

/** Each is a shift of its own, however soon it follows: nobody holds a key. */
function setSplit(state: AppState, intent: Extract<Intent, { kind: 'set-split' }>, now: number): AppState {
  const { requested } = state.weights;
  if (intent.weights.length !== requested.length)
    return withReply(state, 'warning', 'the route has other destinations now', now);
  if (sameWeights(intent.weights, requested))
    return withReply(state, 'info', `the split is ${weightsText(requested)} already`, now);
  return ask(state, intent.weights, intent, now, () => beginShift(state, intent.weights, now));
}

/** Requests `wanted`, unless there is a question to ask first. */
function ask(
  state: AppState,
  wanted: RawWeights,
  intent: Intent,
  now: number,
  request: () => AppState = () => requestWeights(state, wanted, now),
): AppState {
  const question = questionBefore(state, wanted, intent, now);
  return question ? withOverlay(state, question) : request();
}

function undo(state: AppState, intent: Intent, now: number): AppState {
  const { undo: done, applied, granted } = state.weights;
  const shift = done.at(-1);
  if (!shift || !applied) return state;
  const left = shift.accepted ?? shift.to;
  const isAsLeft = sameWeights(state.weights.requested, shift.to) && sameWeights(applied.weights, left);
  const grant = `undo-over:${applied.virtualService.resourceVersion}`;
  const isUnderWay = sameWeights(state.weights.requested, shift.to) && shift.accepted === undefined;
  if (!isAsLeft && !isUnderWay && !granted.includes(grant)) {
    return withOverlay(state, {
      kind: 'confirm',
      question: `Go back to ${weightsText(shift.from)}?`,
      detail: `Your last shift left ${weightsText(left)}, but ${weightsText(applied.weights)} is applied now.`,
      accept: `Set ${weightsText(shift.from)}`,
      requested: state.weights.requested,
      grants: [grant],
      intent,
      focus: 'cancel',
    });
  }
  return ask(state, shift.from, intent, now, () => undoShift(state, now));
}

function selectVersion(state: AppState, by: number): AppState {
  const { selected, requested } = state.weights;
  const next = Math.min(Math.max(selected + by, 0), requested.length - 1);
  return { ...state, weights: { ...state.weights, selected: next } };
}

function toggleLock(state: AppState): AppState {
  const { locked, selected } = state.weights;
  const next = locked.includes(selected) ? locked.filter(index => index !== selected) : [...locked, selected];
  return { ...state, weights: { ...state.weights, locked: next, basisIndex: -1 } };
}

function overrideOwner(state: AppState): AppState {
  const owner = ownerNotOverridden(state);
  if (!owner) return state;
  return withOverlay(state, {
    kind: 'confirm',
    question: `Change weights that ${owner.name} owns?`,
    detail: `${ownerWords(owner)} manages this VirtualService and may put its own weights back at any time.`,
    accept: `Override ${owner.name}`,
    requested: state.weights.requested,
    grants: [ownerGrant(owner.name)],
    intent: { kind: 'close-overlay' },
    focus: 'cancel',
  });
}

function moveChoice(state: AppState, by: number): AppState {
  const { overlay } = state.ui;
  if (overlay.kind === 'confirm' || overlay.kind === 'plan') {
    return withOverlay(state, { ...overlay, focus: overlay.focus === 'cancel' ? 'accept' : 'cancel' });
  }
  return isScrolled(overlay) ? withOverlay(state, scrolled(overlay, by)) : moveRows(state, by);
}

/** Through the list that is open, else through the pane in focus. */
function moveRows(state: AppState, by: number): AppState {
  return focusedRowsPane(state) ? moveInPane(state, by) : moveInList(state, by);
}

function movePage(state: AppState, by: -1 | 1): AppState {
  const { overlay, rows } = state.ui;
  if (focusedRowsPane(state)) return movePageInPane(state, by);
  if (overlay.kind === 'none') return scrollTutorial(state, by);
  return isScrolled(overlay)
    ? withOverlay(state, scrolled(overlay, by * pageRows(rows)))
    : movePageInList(state, by);
}

function accept(state: AppState, now: number): AppState {
  const { overlay } = state.ui;
  if (overlay.kind === 'none') return openRow(state);
  const closed = withOverlay(state, { kind: 'none' });
  if (overlay.kind === 'list') return takeRow(state, now);
  if (overlay.kind === 'plan') return planAnswered(state, overlay);
  if (overlay.kind !== 'confirm' || overlay.focus === 'cancel') return closed;
  if (!sameWeights(overlay.requested, state.weights.requested)) {
    return withNotice(closed, 'warning', 'the weights changed while you were asked: nothing was set', now);
  }
  const granted = { ...closed.weights, granted: [...closed.weights.granted, ...overlay.grants] };
  return applyIntent({ ...closed, weights: granted }, overlay.intent, now);
}

/** A line break in what was typed submits, as the enter key does; nobody saw what is behind it. */
function type(state: AppState, text: string, now: number): AppState {
  const [line = '', ...more] = text.split(/[\r\n]/);
  const typed = textTyped(state, line);
  return more.length > 0 && openLine(state) ? applyIntent(typed, { kind: 'submit' }, now) : typed;
}

function submit(state: AppState, now: number): AppState {
  const { overlay } = state.ui;
  if (overlay.kind === 'none') return endPaneFilter(state);
  if (overlay.kind === 'list') return takeRow(state, now);
  if (overlay.kind === 'help') return withOverlay(state, { ...overlay, isFiltering: false });
  if (overlay.kind !== 'prompt') return state;
  if (overlay.asks === 'context') return contextNamed(state, overlay.draft);
  const answer = answerPrompt(overlay.asks, overlay.draft);
  if (answer.kind === 'problem') return withOverlay(state, { ...overlay, problem: answer.problem });
  const closed = withOverlay(state, { kind: 'none' });
  if (answer.kind === 'intent') return applyIntent(closed, answer.intent, now);
  return {
    ...closed,
    traffic: {
      ...closed.traffic,
      ...answer.traffic,
      headers: { ...closed.traffic.headers, ...answer.traffic.headers },
      sampling: { kind: 'finding-gateway' },
    },
  };
}

import { permissionWords } from '../kube/permission.ts';
import { missingPermission } from './access.ts';
import { chartRefusal } from './chart.ts';
import { copyRefusal } from './copying.ts';
import { type Intent, isWrite, needsWriting } from './intents.ts';
import { ownerNotOverridden } from './ownership.ts';
import { recordedShifts } from './recorded-shifts.ts';
import { connectionPhase, rightsRefusal, writeRefusal } from './selectors.ts';
import type { AppState } from './state.ts';
import { isTutorialIntent, tutorialRefusal } from './tutorial-intents.ts';

/** Why an intent can do nothing now, in words for the status line and the dimmed key; undefined where it can. */
export function refusal(state: AppState, intent: Intent): string | undefined {
  if (state.run.kind !== 'running' && intent.kind !== 'quit') return 'weighbridge is about to close';
  if (state.places.move.kind !== 'staying' && intent.kind !== 'quit')
    return 'on the way to another cluster or namespace';
  if (needsRoute(state, intent) && !state.weights.applied) return 'there is no VirtualService to shift yet';
  if (isWrite(intent)) {
    const phase = connectionPhase(state.cluster);
    if (phase.kind === 'lost') return 'the API server does not answer: weights cannot be changed now';
    const readOnly = writeRefusal(state);
    if (readOnly !== undefined) return readOnly;
  }
  if (isTutorialIntent(intent)) return tutorialRefusal(state, intent);
  return rightsMissing(state, intent) ?? particularRefusal(state, intent);
}

function needsRoute({ ui }: AppState, intent: Intent): boolean {
  if (intent.kind === 'select-version' || intent.kind === 'toggle-lock') return true;
  return intent.kind !== 'override-owner' && needsWriting(intent, ui.focus);
}

/** An intent that leads to a write is refused at once where the write would be, but for the owner that it may be about. */
function rightsMissing(state: AppState, intent: Intent): string | undefined {
  if (needsWriting(intent, state.ui.focus)) return rightsRefusal(state);
  const missing = missingPermission(state, intent);
  return missing && `ask for ${permissionWords(missing)}`;
}

function particularRefusal(state: AppState, intent: Intent): string | undefined {
  const { weights, traffic } = state;
  switch (intent.kind) {
    case 'undo':
      return weights.undo.length === 0 ? 'there is no shift to undo' : undefined;
    case 'redo':
      return weights.redo.length === 0 ? 'there is nothing to redo' : undefined;
    case 'ask-again':
      return weights.refusedAsk ? undefined : 'nothing that you asked for was refused';
    case 'back-to-good':
      return weights.lastGood ? undefined : 'traffic has not agreed with any split yet';
    case 'override-owner':
      return ownerNotOverridden(state) ? undefined : 'no owner puts these weights back';
    case 'zoom':
      return state.ui.overlay.kind === 'none' ? undefined : 'close what lies over the panes first: esc';
    case 'open-ways':
      return traffic.ways.length > 0 ? undefined : 'no way to a gateway has been looked for';
    case 'export-shifts':
      return recordedShifts(state).length > 0 ? undefined : 'there is no shift to export yet';
    case 'copy':
      return copyRefusal(state);
    case 'pause-sampling':
      return traffic.isPaused || traffic.sampling.kind === 'sampling'
        ? undefined
        : 'nothing is being sampled';
    default:
      return chartRefusal(traffic.chart, intent);
  }
}

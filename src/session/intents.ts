import type { RawWeights } from '../kube/split.ts';
import type { LineEdit } from './line-edit.ts';
import type { ListId, PaneId, Theme } from './ui-state.ts';

/** What a person asks for. An intent carries no value that was read during a render: several keys can arrive in one chunk. */
export type Intent =
  | { readonly kind: 'shift'; readonly points: number }
  | { readonly kind: 'set-to'; readonly weight: number }
  | { readonly kind: 'split-evenly' }
  /** Exact weights for every destination, in the order of the route: of a command line, which names them. */
  | { readonly kind: 'set-split'; readonly weights: RawWeights }
  | { readonly kind: 'select-version'; readonly by: -1 | 1 }
  | { readonly kind: 'toggle-lock' }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'back-to-good' }
  | { readonly kind: 'ask-again' }
  | { readonly kind: 'override-owner' }
  | { readonly kind: 'enter-weight' }
  | { readonly kind: 'focus'; readonly pane: PaneId }
  | { readonly kind: 'focus-next'; readonly by: -1 | 1 }
  /** Gives the focused pane the whole screen, or takes it back. */
  | { readonly kind: 'zoom' }
  | { readonly kind: 'open-help' }
  | { readonly kind: 'open-list'; readonly list: ListId }
  | { readonly kind: 'open-ways' }
  /** Reads what is shown in full at once. */
  | { readonly kind: 'refresh-details' }
  | { readonly kind: 'close-overlay' }
  | { readonly kind: 'move-choice'; readonly by: -1 | 1 }
  | { readonly kind: 'move-page'; readonly by: -1 | 1 }
  | { readonly kind: 'move-to-end'; readonly end: 'first' | 'last' }
  | { readonly kind: 'start-filter' }
  | { readonly kind: 'open-command-line' }
  /** Takes what the command line proposes. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'go-to-namespace'; readonly namespace: string }
  /** The name of a context, or of the demo cluster. */
  | { readonly kind: 'go-to-context'; readonly context: string }
  | { readonly kind: 'choose-virtual-service'; readonly name: string }
  | { readonly kind: 'accept' }
  /** Text typed at the cursor of the line that is open; a line break in it submits. */
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'edit-line'; readonly edit: LineEdit }
  /** Pasted text goes into an open prompt or filter, and nowhere else. */
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'submit' }
  | { readonly kind: 'pause-sampling' }
  | { readonly kind: 'set-rate'; readonly ratePerSecond: number }
  | { readonly kind: 'set-theme'; readonly theme: Theme }
  /** Shows more of the past (1) or less of it (-1). */
  | { readonly kind: 'scale-chart'; readonly by: -1 | 1 }
  | { readonly kind: 'freeze-chart' }
  | { readonly kind: 'clear-chart' }
  /** Writes the history of shifts to files. */
  | { readonly kind: 'export-shifts' }
  /** Gives the terminal back to the shell until it continues the program. */
  | { readonly kind: 'suspend' }
  | { readonly kind: 'copy' }
  | { readonly kind: 'no-arrows-here' }
  | { readonly kind: 'toggle-tutorial' }
  /** Does what the shown step of the tutorial is for, after a question where that changes something. */
  | { readonly kind: 'run-step' }
  /** Does what the shown step offers beside that, after a question. */
  | { readonly kind: 'take-offer' }
  | { readonly kind: 'skip-step' }
  | { readonly kind: 'look-at-step'; readonly by: -1 | 1 }
  | { readonly kind: 'open-browser' }
  | { readonly kind: 'cancel-step' }
  | { readonly kind: 'quit' };

/**
 * Whether an intent is about changing weights. Each kind says so itself, so that a new one cannot be forgotten where writes are
 * refused; `prompt` depends on what is typed there.
 */
const ABOUT_WEIGHTS: Readonly<Record<Intent['kind'], 'writes' | 'leads-there' | 'prompt' | 'no'>> = {
  shift: 'writes',
  'set-to': 'writes',
  'split-evenly': 'writes',
  'set-split': 'writes',
  'select-version': 'no',
  'toggle-lock': 'no',
  undo: 'writes',
  redo: 'writes',
  'back-to-good': 'writes',
  'ask-again': 'writes',
  'override-owner': 'leads-there',
  'enter-weight': 'prompt',
  focus: 'no',
  'focus-next': 'no',
  zoom: 'no',
  'open-help': 'no',
  'open-list': 'no',
  'open-ways': 'no',
  'refresh-details': 'no',
  'close-overlay': 'no',
  'move-choice': 'no',
  'move-page': 'no',
  'move-to-end': 'no',
  'start-filter': 'no',
  'open-command-line': 'no',
  complete: 'no',
  'go-to-namespace': 'no',
  'go-to-context': 'no',
  'choose-virtual-service': 'no',
  // What it confirms, and what was typed, is an intent that is judged on its own.
  accept: 'no',
  type: 'no',
  'edit-line': 'no',
  paste: 'no',
  submit: 'no',
  'set-rate': 'no',
  'pause-sampling': 'no',
  'set-theme': 'no',
  'scale-chart': 'no',
  'freeze-chart': 'no',
  'clear-chart': 'no',
  'export-shifts': 'no',
  suspend: 'no',
  copy: 'no',
  'no-arrows-here': 'no',
  // What a step changes has a plan of its own, which is confirmed: see `tutorial-intents.ts`.
  'toggle-tutorial': 'no',
  'run-step': 'no',
  'take-offer': 'no',
  'skip-step': 'no',
  'look-at-step': 'no',
  'open-browser': 'no',
  'cancel-step': 'no',
  quit: 'no',
};

/** Whether the intent itself asks for other weights. */
export function isWrite({ kind }: Intent): boolean {
  return ABOUT_WEIGHTS[kind] === 'writes';
}

/** Whether the intent is of use only to somebody who may change weights; the prompt is where weights are in focus. */
export function needsWriting({ kind }: Intent, focus: PaneId): boolean {
  const about = ABOUT_WEIGHTS[kind];
  return about === 'writes' || about === 'leads-there' || (about === 'prompt' && focus !== 'responses');
}

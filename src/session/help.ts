import type { AppState } from './state.ts';
import { type Overlay, withOverlay } from './ui-state.ts';

type Help = Extract<Overlay, { kind: 'help' }>;

export function helpOpened(state: AppState): AppState {
  const { overlay } = state.ui;
  if (overlay.kind === 'help') return state;
  return withOverlay(state, { kind: 'help', index: 0, filter: '', isFiltering: false, behind: overlay });
}

/** First away with the filter, then with the help. */
export function helpLeft(state: AppState, help: Help): AppState {
  const hasFilter = help.isFiltering || help.filter !== '';
  return withOverlay(state, hasFilter ? filtered(help, '', false) : help.behind);
}

/** Keys go into the filter of the help, if that is open. */
export function filterStarted(state: AppState): AppState {
  const { overlay } = state.ui;
  return overlay.kind === 'help' ? withOverlay(state, filtered(overlay, overlay.filter, true)) : state;
}

/** The help with only what holds the words of a filter, from its first line on. */
export function filtered(help: Help, filter: string, isFiltering: boolean): Help {
  return { ...help, filter, isFiltering, index: 0 };
}

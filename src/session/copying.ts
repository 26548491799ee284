import { copyOffered, copyTaken } from './copy-state.ts';
import { copyables } from './copyables.ts';
import { openList, takeRow } from './list-overlay.ts';
import { withReply } from './notices.ts';
import type { AppState } from './state.ts';

const NOTHING_HERE = 'there is nothing to copy here';

/** Copies what is under the cursor; where that is several things, a menu asks which. In the menu, what is highlighted. */
export function copyAsked(state: AppState, now: number): AppState {
  if (isMenuOpen(state)) return takeRow(state, now);
  const offered = copyables(state);
  const [only] = offered;
  if (!only) return withReply(state, 'warning', NOTHING_HERE, now);
  return offered.length === 1 ? copyTaken(state, only) : openList(copyOffered(state, offered), 'copies');
}

/** Why nothing can be copied from the panes now; undefined where something can. Of lists only their rows tell. */
export function copyRefusal(state: AppState): string | undefined {
  const { overlay } = state.ui;
  return overlay.kind === 'none' && copyables(state).length === 0 ? NOTHING_HERE : undefined;
}

function isMenuOpen({ ui: { overlay } }: AppState): boolean {
  return overlay.kind === 'list' && overlay.list === 'copies';
}

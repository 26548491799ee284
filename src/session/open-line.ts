import { promptProblem, typedInto } from './answers.ts';
import { filtered } from './help.ts';
import { editLine, firstLine, insertText, type Line, type LineEdit, lineText } from './line-edit.ts';
import { focusedRowsPane, withPaneFilter } from './pane-rows.ts';
import type { AppState } from './state.ts';

/** The one line that keys are typed into now, and whose it is. */
export type OpenLine = Line & { readonly of: string };

/** The line that keys are typed into; undefined while they mean something themselves. */
export function openLine({ ui }: Pick<AppState, 'ui'>): OpenLine | undefined {
  const { overlay, behindCursor, commandLine, paneRows } = ui;
  if (commandLine) return { of: 'command', ...split(commandLine.text, behindCursor) };
  const pane = focusedRowsPane({ ui });
  if (pane && paneRows[pane].isFiltering) return { of: pane, ...split(paneRows[pane].filter, behindCursor) };
  if (overlay.kind === 'prompt') return { of: overlay.asks, ...split(overlay.draft, behindCursor) };
  if (overlay.kind === 'list' && overlay.isFiltering) {
    return { of: overlay.list, ...split(overlay.filter, behindCursor) };
  }
  if (overlay.kind === 'help' && overlay.isFiltering) {
    return { of: 'help', ...split(overlay.filter, behindCursor) };
  }
  return undefined;
}

/** The state after a key in the open line. */
export function lineEdited(state: AppState, edit: LineEdit): AppState {
  const line = openLine(state);
  return line ? withLine(state, editLine(line, edit)) : state;
}

/** The state with text at the cursor of the open line. */
export function textTyped(state: AppState, text: string): AppState {
  const line = openLine(state);
  return line ? withLine(state, insertText(line, text)) : state;
}

/** Pasted text goes into the open line, as far as its first line, and nowhere else; it submits nothing. */
export function textPasted(state: AppState, text: string): AppState {
  return textTyped(state, firstLine(text));
}

/** A line that was not open before begins with the cursor at its end. */
export function withCursorOfLine(before: AppState, after: AppState): AppState {
  if (after.ui.behindCursor === 0 || openLine(before)?.of === openLine(after)?.of) return after;
  return { ...after, ui: { ...after.ui, behindCursor: 0 } };
}

function withLine(state: AppState, line: Line): AppState {
  const { overlay, commandLine } = state.ui;
  const ui = { ...state.ui, behindCursor: line.after.length };
  if (commandLine) {
    const typed = { text: lineText(line).trimStart(), candidate: undefined, problem: '' };
    return { ...state, ui: { ...ui, commandLine: typed } };
  }
  const pane = focusedRowsPane(state);
  if (pane) return withPaneFilter({ ...state, ui }, pane, lineText(line));
  if (overlay.kind === 'list')
    return { ...state, ui: { ...ui, overlay: { ...overlay, filter: lineText(line) } } };
  if (overlay.kind === 'help') {
    return { ...state, ui: { ...ui, overlay: filtered(overlay, lineText(line), true) } };
  }
  if (overlay.kind !== 'prompt') return state;
  const { asks } = overlay;
  const draft = typedInto(asks, lineText(line));
  const behindCursor = Math.max(0, draft.length - typedInto(asks, line.before).length);
  const problem = draft === '' ? '' : promptProblem(asks, draft);
  return { ...state, ui: { ...ui, behindCursor, overlay: { ...overlay, draft, problem } } };
}

function split(text: string, behindCursor: number): Line {
  const at = Math.max(0, text.length - behindCursor);
  return { before: text.slice(0, at), after: text.slice(at) };
}

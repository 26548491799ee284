import { applyIntent } from '../session/apply-intent.ts';
import { openLine } from '../session/open-line.ts';
import type { AppState } from '../session/state.ts';
import { bindingOf } from './key-lookup.ts';

/**
 * Whether the names of one event are keys that somebody pressed: each means something where those before it lead, as `[` does
 * behind the key that focuses Responses. Several different characters at once, one of which means nothing, are the reply of a
 * terminal or a paste without brackets: none of them is taken. What is typed into a line is text, whatever it is.
 */
export function areKeys(state: AppState, names: readonly string[]): boolean {
  if (names.length < 2) return true;
  let then = state;
  for (const [index, name] of names.entries()) {
    if (openLine(then)) return true;
    const intent = bindingOf(then, name)?.intent;
    // A held key goes on where it opened a list that does not know it.
    if (intent === undefined && bindingOf(state, name) === undefined) return false;
    // Whoever quits presses nothing else, but perhaps the same key again.
    if (intent?.kind === 'quit' && names.slice(index).some(other => other !== name)) return false;
    if (opensLine(intent?.kind)) return true;
    if (intent) then = applyIntent(then, intent, then.now);
  }
  return true;
}

/** Whether what follows an intent is typed into a line, and means nothing where the line could not be opened. */
export function opensLine(kind: string | undefined): boolean {
  return kind === 'enter-weight' || kind === 'start-filter' || kind === 'open-command-line';
}

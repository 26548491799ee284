import type { Copyable } from './copyable.ts';
import type { AppState } from './state.ts';

/** What is offered to be copied, and what was taken of it. */
export type CopyState = {
  /** What the menu lists. */
  readonly offered: readonly Copyable[];
  readonly wanted: CopyWanted;
};

/** `number` counts, so that the same can be copied again. */
export type CopyWanted =
  | { readonly kind: 'nothing'; readonly number: number }
  /** Its text has to be read from the API server first. */
  | { readonly kind: 'read'; readonly number: number; readonly item: Copyable }
  /** For whoever writes to the terminal. */
  | { readonly kind: 'text'; readonly number: number; readonly name: string; readonly text: string };

export const NOTHING_COPIED: CopyState = { offered: [], wanted: { kind: 'nothing', number: 0 } };

export function copyOffered(state: AppState, offered: readonly Copyable[]): AppState {
  return { ...state, copy: { ...state.copy, offered } };
}

/** Something is to be copied, as soon as its text is there. */
export function copyTaken(state: AppState, item: Copyable): AppState {
  const number = state.copy.wanted.number + 1;
  const { name, content } = item;
  return content.kind === 'text'
    ? withWanted(state, { kind: 'text', number, name, text: content.text })
    : withWanted(state, { kind: 'read', number, item });
}

/** The text of what was taken is read. Where something else was taken meanwhile, that counts. */
export function copyRead(state: AppState, number: number, text: string): AppState {
  const { wanted } = state.copy;
  if (wanted.kind !== 'read' || wanted.number !== number) return state;
  return withWanted(state, { kind: 'text', number, name: wanted.item.name, text });
}

function withWanted(state: AppState, wanted: CopyWanted): AppState {
  return { ...state, copy: { ...state.copy, wanted } };
}

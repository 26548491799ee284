import type { Intent } from '../session/intents.ts';
import type { PaneId } from '../session/ui-state.ts';

/** Where a key has its meaning. A pane's keys come before those of `everywhere`; an overlay has only its own. */
export type KeyContext =
  | PaneId
  | 'everywhere'
  | 'help'
  | 'ways'
  | 'finding'
  | 'confirm'
  /** What a step of the tutorial would run, beside the keys of every confirmation. */
  | 'plan'
  | 'list'
  /** The list of shifts, beside the keys of every list. */
  | 'history'
  | 'messages'
  | 'shift'
  | 'details'
  | 'filter'
  | 'text-entry'
  | 'command-line';

export type Binding = {
  readonly id: string;
  readonly context: readonly KeyContext[];
  /** Names as `keyNames` makes them: `left`, `ctrl+r`, `a`, `space`. */
  readonly keys: readonly string[];
  /** The keys as people read them. */
  readonly shown: string;
  /** One or two words for the line of keys. */
  readonly label: string;
  /** What it does, for the help. */
  readonly sentence: string;
  readonly intent: Intent;
  /** On the line of keys, where it is there: its position, the lowest first, and the keys of a pair that it stands for. */
  readonly hint?: {
    readonly at: number;
    readonly keys: string;
    /** Left out while the key can do nothing, in the place of being dim there. */
    readonly isOccasional?: boolean;
  };
};

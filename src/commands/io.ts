import type { RefusedBy } from '../session/ask-headless.ts';
import type { Intent } from '../session/intents.ts';
import type { AppStore } from '../session/store.ts';

/** A screen that is drawn. */
export type Screen = {
  /** Takes the screen away and restores the terminal. Resolves when its last byte is written; may be called again. */
  readonly close: () => Promise<void>;
  /** Gives the terminal back until `away` has ended, then draws anew. */
  readonly suspend: (away: () => Promise<void>) => Promise<void>;
  /** Rejects when drawing fails, which is a bug; resolves when the screen is closed. */
  readonly closed: Promise<void>;
};

/** `drawn` with panes; `spoken` as sentences, with the same keys; `lines` as sentences alone, where a terminal can do no more. */
export type ScreenKind = 'drawn' | 'spoken' | 'lines';

/** What a command needs of the process. Only the composition root knows how a screen is drawn. */
export type Io = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly openScreen: (store: AppStore, dispatch: (intent: Intent) => void, kind: ScreenKind) => Screen;
};

/**
 * Exit codes, as the README documents them. `conflict`: somebody else wrote, or owns the weights. `unverified`: traffic did not
 * agree in time. `limit`: a limit of failures broke. `signal`: 128 and the signal's number.
 */
export const EXIT = {
  done: 0,
  usage: 1,
  found: 1,
  cluster: 2,
  conflict: 3,
  unverified: 4,
  limit: 5,
  bug: 70,
  signal: 128,
} as const;

/** What a command ends with whose ask was refused, by what refused it. */
export const REFUSED_CODES = {
  usage: EXIT.usage,
  consent: EXIT.usage,
  owner: EXIT.conflict,
  conflict: EXIT.conflict,
  cluster: EXIT.cluster,
} as const satisfies Readonly<Record<RefusedBy, number>>;

import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { RememberedShift } from '../session/shift-history.ts';
import { shiftToRemember, withNewestRecord, withShiftsOfRun } from '../session/shift-history.ts';
import { readShiftHistory, type ShiftHistory, shiftHistoryAsText } from '../session/shift-history-text.ts';
import type { AppState } from '../session/state.ts';
import type { AppStore } from '../session/store.ts';
import { fileReason } from './file-error.ts';
import type { Io } from './io.ts';
import { loadOwnFile, saveOwnFile } from './own-file.ts';
import { stateFolder } from './state-folder.ts';

/** Far above what a hundred shifts take. */
const MAX_BYTES = 2_000_000;

/** The file that remembers the shifts of a context, under the XDG state folder. */
export function shiftHistoryFile(env: NodeJS.ProcessEnv, context: string): string {
  // Loading it takes longer than the first frame may wait for.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const readable = context.replace(/[^\w.-]+/g, '-').slice(0, 60);
  const known = createHash('sha256').update(context).digest('hex').slice(0, 12);
  return join(stateFolder(env), 'shifts', `${readable}-${known}.json`);
}

/** What is remembered of a context: nothing where there is no file, and nothing with `isSpoilt` where it is none of ours. */
export async function loadShiftHistory(
  file: string,
  context: string,
): Promise<ShiftHistory & { readonly isSpoilt: boolean }> {
  const { content, isSpoilt } = await loadOwnFile(file, MAX_BYTES, readShiftHistory);
  return { ...(content ?? { context, shifts: [] }), isSpoilt };
}

/** Remembers the shifts of a session from now on. What ends that tells on stderr where it did not work. */
export function rememberShifts(
  store: AppStore,
  clock: Clock,
  { env, stderr }: Pick<Io, 'env' | 'stderr'>,
): () => Promise<void> {
  const keeper = new ShiftHistoryKeeper(store, clock, env);
  return async () => {
    const problem = await keeper.end();
    if (problem !== undefined) stderr.write(`${problem}\n`);
  };
}

/**
 * Remembers the shifts of a session, each as soon as the API server accepted it and again whenever more is known of it: a process
 * that is killed leaves what undo needs. Those of a demo cluster that ends with the program are not remembered.
 */
class ShiftHistoryKeeper {
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #env: NodeJS.ProcessEnv;
  readonly #run: string;
  readonly #unsubscribe: () => void;
  /** Of this run, by the context that they were made in. */
  readonly #shifts = new Map<string, readonly RememberedShift[]>();
  readonly #due = new Set<string>();
  /** One file after the other. */
  #turn: Promise<void> = Promise.resolve();
  #problem: string | undefined;

  constructor(store: AppStore, clock: Clock, env: NodeJS.ProcessEnv) {
    this.#store = store;
    this.#clock = clock;
    this.#env = env;
    this.#run = crypto.randomUUID();
    this.#unsubscribe = store.subscribe((state, before) => {
      if (state.history !== before.history) this.#note(state);
    });
  }

  /** Writes what is known last. Yields what is wrong where that did not work. */
  async end(): Promise<string | undefined> {
    this.#unsubscribe();
    const state = this.#now();
    for (const [context, shifts] of this.#shifts) {
      this.#shifts.set(
        context,
        shifts.map(shift => withNewestRecord(shift, state)),
      );
      this.#write(context);
    }
    await this.#turn;
    return this.#problem;
  }

  #now(): AppState {
    return { ...this.#store.getState(), now: this.#clock.now() };
  }

  #note(state: AppState): void {
    if (state.connection.isDemo) return;
    const shift = shiftToRemember({ ...state, now: this.#clock.now() }, this.#run);
    if (!shift) return;
    const context = state.connection.contextName || state.connection.context;
    const before = this.#shifts.get(context) ?? [];
    const known = before.find(({ number }) => number === shift.number);
    if (known && standOf(known) === standOf(shift)) return;
    // Whether it was an undo is told by the first patch of it.
    const kept = { ...shift, isUndo: known?.isUndo ?? shift.isUndo };
    this.#shifts.set(context, [...before.filter(other => other !== known), kept]);
    this.#write(context);
  }

  #write(context: string): void {
    if (this.#due.has(context)) return;
    this.#due.add(context);
    this.#turn = this.#turn.then(async () => {
      this.#due.delete(context);
      await this.#save(context, this.#shifts.get(context) ?? []);
    });
    this.#turn.catch(error => {
      queueMicrotask(() => {
        throw error;
      });
    });
  }

  async #save(context: string, ofRun: readonly RememberedShift[]): Promise<void> {
    const file = shiftHistoryFile(this.#env, context);
    try {
      // Read again: another weighbridge may have written since.
      const { shifts } = await loadShiftHistory(file, context);
      await saveOwnFile(file, shiftHistoryAsText({ context, shifts: withShiftsOfRun(shifts, ofRun) }));
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `Can't remember this shift in ${file}: ${fileReason(error)}.`;
    }
  }
}

/** What makes it worth writing again: the numbers in between change with every sample. */
function standOf({ to, shift: { record } }: RememberedShift): string {
  return JSON.stringify([to, record.outcome.kind, record.verdict.kind, record.patches, record.endedAtMs]);
}

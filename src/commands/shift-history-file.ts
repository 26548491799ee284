import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import {
  MAX_SHIFTS,
  type RememberedShift,
  type ShiftingRun,
  shiftToRemember,
  withNewestRecord,
  withShiftsOfRuns,
} from '../session/shift-history.ts';
import { readShiftHistory, shiftHistoryAsText } from '../session/shift-history-text.ts';
import type { AppState } from '../session/state.ts';
import type { AppStore } from '../session/store.ts';
import { fileReason, isMissing } from './file-error.ts';
import type { Io } from './io.ts';
import { loadOwnFile, saveOwnFile } from './own-file.ts';
import { stateFolder } from './state-folder.ts';

/** Far above what a hundred shifts take. */
const MAX_BYTES = 2_000_000;

/**
 * The folder that remembers the shifts of a context, under the XDG state folder. Each run of the program writes a file of its own
 * there, so that none can lose what another one writes at the same time.
 */
export function shiftHistoryFolder(env: NodeJS.ProcessEnv, context: string): string {
  // Loading it takes longer than the first frame may wait for.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const readable = context.replace(/[^\w.-]+/g, '-').slice(0, 60);
  const known = createHash('sha256').update(context).digest('hex').slice(0, 12);
  return join(stateFolder(env), 'shifts', `${readable}-${known}`);
}

/** What is remembered of a context, the oldest first. */
export type RememberedHistory = {
  readonly shifts: readonly RememberedShift[];
  /** A file that cannot be read or is none of ours, where there is one. */
  readonly spoilt: string | undefined;
};

/** What every run of the program remembers of a context: nothing where none does. Never rejects. */
export async function loadShiftHistory(env: NodeJS.ProcessEnv, context: string): Promise<RememberedHistory> {
  const runs = await loadRuns(shiftHistoryFolder(env, context));
  return {
    shifts: withShiftsOfRuns(runs.map(({ shifts }) => shifts)),
    spoilt: runs.find(({ isSpoilt }) => isSpoilt)?.file,
  };
}

type Run = {
  readonly file: string;
  readonly shifts: readonly RememberedShift[];
  readonly isSpoilt: boolean;
};

async function loadRuns(folder: string): Promise<readonly Run[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return isMissing(error) ? [] : [{ file: folder, shifts: [], isSpoilt: true }];
  }
  const files = names.filter(name => name.endsWith('.json')).map(name => join(folder, name));
  return Promise.all(
    files.map(async file => {
      const { content, isSpoilt } = await loadOwnFile(file, MAX_BYTES, readShiftHistory);
      return { file, shifts: content?.shifts ?? [], isSpoilt };
    }),
  );
}

/** Takes away the files of runs all of whose shifts are older than those that are remembered. Yields the number of the newest. */
async function forgetOldest(folder: string): Promise<number> {
  const runs = await loadRuns(folder);
  const shifts = withShiftsOfRuns(runs.map(run => run.shifts));
  const kept = new Set(shifts.map(({ shift }) => shift));
  for (const { file, shifts: ofRun, isSpoilt } of runs) {
    const isForgotten = !ofRun.some(({ shift }) => kept.has(shift));
    if (isForgotten && !isSpoilt) await rm(file, { force: true });
  }
  return shifts.at(-1)?.number ?? 0;
}

/**
 * Remembers the shifts of a session from now on. `isOneChange`: undo takes them back together. What ends that tells on stderr where
 * it did not work.
 */
export function rememberShifts(
  store: AppStore,
  clock: Clock,
  { env, stderr }: Pick<Io, 'env' | 'stderr'>,
  isOneChange: boolean,
): () => Promise<void> {
  const keeper = new ShiftHistoryKeeper(store, clock, env, isOneChange);
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
  readonly #run: ShiftingRun;
  readonly #fileName: string;
  readonly #unsubscribe: () => void;
  /** Of this run, by the context that they were made in. */
  readonly #shifts = new Map<string, readonly RememberedShift[]>();
  /** The numbers that its shifts have among those of every run, by context and by their numbers in this run. */
  readonly #numbers = new Map<string, Map<number, number>>();
  readonly #due = new Set<string>();
  /** One file after the other. */
  #turn: Promise<void> = Promise.resolve();
  #problem: string | undefined;

  constructor(store: AppStore, clock: Clock, env: NodeJS.ProcessEnv, isOneChange: boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#env = env;
    this.#run = { id: crypto.randomUUID(), isOneChange };
    this.#fileName = `${Math.round(clock.now())}-${this.#run.id}.json`;
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
    this.#shifts.set(context, [...before.filter(other => other !== known), kept].slice(-MAX_SHIFTS));
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

  async #save(context: string, shifts: readonly RememberedShift[]): Promise<void> {
    const folder = shiftHistoryFolder(this.#env, context);
    try {
      const numbers = this.#numbers.get(context) ?? new Map<number, number>();
      this.#numbers.set(context, numbers);
      const added = shifts.filter(({ number }) => !numbers.has(number));
      // Behind all that others have made until now, whatever the clock says.
      let newest = added.length > 0 ? await forgetOldest(folder) : 0;
      for (const { number } of added) {
        newest += 1;
        numbers.set(number, newest);
      }
      const numbered = shifts.map(shift => ({ ...shift, number: numbers.get(shift.number) ?? shift.number }));
      await saveOwnFile(join(folder, this.#fileName), shiftHistoryAsText({ context, shifts: numbered }));
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `Can't remember this shift in ${folder}: ${fileReason(error)}.`;
    }
  }
}

/** What makes it worth writing again: the numbers in between change with every sample. */
function standOf({ to, shift: { record } }: RememberedShift): string {
  return JSON.stringify([to, record.outcome.kind, record.verdict.kind, record.patches, record.endedAtMs]);
}

import { constants } from 'node:fs';
import { access, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { plainText } from '../plain-text.ts';
import { withNotice } from '../session/notices.ts';
import { type RecordedShift, recordedShifts } from '../session/recorded-shifts.ts';
import { shiftsAsMarkdown } from '../session/shift-markdown.ts';
import { shiftsAsJson } from '../session/shift-report.ts';
import type { AppState, Notice } from '../session/state.ts';
import type { AppStore } from '../session/store.ts';
import { fileReason } from './file-error.ts';
import { replaceFile } from './replace-file.ts';

type Writer = (newestFirst: readonly RecordedShift[], writtenAtMs: number) => string;

/** What records are written as, by the ending of the file. */
const WRITERS: Readonly<Record<string, Writer>> = { '.json': shiftsAsJson, '.md': shiftsAsMarkdown };

/** A file that is kept up to date with the shifts of the session. */
export type ReportFile = { readonly path: string; readonly write: Writer };

/** Like any file that somebody asks a program for; the umask takes away what it does. */
const FILE_MODE = 0o666;

/** Exports of one second, before it is given up to find a name. */
const MAX_NAMESAKES = 100;

/** The file that `--report` names, or what is wrong with it; undefined where it is absent. */
export async function readReportFlag(
  flag: string | undefined,
  folder: string,
): Promise<ReportFile | { readonly problem: string } | undefined> {
  if (flag === undefined) return undefined;
  const path = resolve(folder, flag);
  const write = WRITERS[extname(path).toLowerCase()];
  if (!write) return unusable(flag, 'its name ends neither in .json nor in .md. Name one that does.');
  try {
    if (!(await isReplaceable(path))) return unusable(flag, 'it is no file. Name one.');
    await access(dirname(path), constants.W_OK | constants.X_OK);
    return { path, write };
  } catch (error) {
    return unusable(flag, `${fileReason(error)}. Name a file in a folder that you may write to.`);
  }
}

async function isReplaceable(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found) await access(path, constants.W_OK);
  return found?.isFile() ?? true;
}

function unusable(flag: string, why: string): { readonly problem: string } {
  return { problem: `Can't use --report ${plainText(flag, 200)}: ${why}` };
}

/**
 * Writes the shifts of the session to files: to the one of `--report` whenever a shift begins, settles or is judged otherwise,
 * and when the session ends; to new ones in the working folder when an export is asked for.
 */
export class ShiftFiles {
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #report: ReportFile | undefined;
  readonly #folder: string;
  readonly #unsubscribe: () => void;
  /** One file after the other. */
  #turn: Promise<void> = Promise.resolve();
  #isReportDue = false;
  #problem: string | undefined;
  #ending: Promise<string | undefined> | undefined;

  constructor(store: AppStore, clock: Clock, report: ReportFile | undefined, folder: string) {
    this.#store = store;
    this.#clock = clock;
    this.#report = report;
    this.#folder = folder;
    this.#unsubscribe = store.subscribe(({ history }, before) => {
      if (history === before.history) return;
      if (history.exportsAsked > before.history.exportsAsked) this.#inTurn(() => this.#export());
      if (standOf(history) !== standOf(before.history)) this.#renewReport();
    });
  }

  /** Writes the report for the last time. Yields what is wrong where that did not work. */
  end(): Promise<string | undefined> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<string | undefined> {
    this.#unsubscribe();
    // Nothing was connected: there is no session to report.
    if (this.#store.getState().connection.context !== '') this.#renewReport();
    await this.#turn;
    return this.#problem;
  }

  #inTurn(step: () => Promise<void>): void {
    this.#turn = this.#turn.then(step);
    this.#turn.catch(error => {
      queueMicrotask(() => {
        throw error;
      });
    });
  }

  #renewReport(): void {
    const report = this.#report;
    if (!report || this.#isReportDue) return;
    this.#isReportDue = true;
    this.#inTurn(async () => {
      this.#isReportDue = false;
      await this.#writeReport(report);
    });
  }

  async #writeReport({ path, write }: ReportFile): Promise<void> {
    const before = this.#problem;
    try {
      await replaceFile(path, write(recordedShifts(this.#store.getState()), this.#clock.now()), FILE_MODE);
      this.#problem = undefined;
    } catch (error) {
      this.#problem = `Can't write the report ${path}: ${fileReason(error)}.`;
      if (this.#problem !== before) this.#notify('warning', this.#problem);
    }
  }

  async #export(): Promise<void> {
    const shifts = recordedShifts(this.#store.getState());
    try {
      const name = await writeNew(this.#folder, shifts, this.#clock.now());
      const count = shifts.length === 1 ? '1 shift' : `${shifts.length} shifts`;
      this.#notify('info', `${count} written to ./${name}.json and .md`);
    } catch (error) {
      const reason = `Can't export into the working folder: ${fileReason(error)}`;
      this.#notify('error', `${reason}. Start with --report FILE.`);
    }
  }

  #notify(level: Notice['level'], text: string): void {
    this.#store.setState(state => withNotice(state, level, text, this.#clock.now()), true);
  }
}

/** What makes the report worth writing again: the numbers in between change with every sample. */
function standOf({ current }: AppState['history']): string {
  return JSON.stringify(
    current.slice(0, 2).map(({ number, record: { outcome, verdict, patches, endedAtMs } }) => {
      return [number, outcome.kind, verdict.kind, patches, endedAtMs];
    }),
  );
}

/** Writes the shifts in every format to new files of one name; yields the name, without the endings. */
async function writeNew(folder: string, shifts: readonly RecordedShift[], now: number): Promise<string> {
  const base = `weighbridge-shifts-${stamp(now)}`;
  for (let namesake = 1; ; namesake += 1) {
    const name = namesake === 1 ? base : `${base}-${namesake}`;
    const written: string[] = [];
    try {
      for (const [ending, write] of Object.entries(WRITERS)) {
        const path = join(folder, `${name}${ending}`);
        await writeFile(path, write(shifts, now), { mode: FILE_MODE, flag: 'wx' });
        written.push(path);
      }
      return name;
    } catch (error) {
      await Promise.all(written.map(path => rm(path, { force: true })));
      const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST';
      if (!isTaken || namesake === MAX_NAMESAKES) throw error;
    }
  }
}

/** `20261123-060000`, in the time zone of the machine. */
function stamp(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${date}-${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}

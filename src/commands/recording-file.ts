import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isatty } from 'node:tty';
import type { Clock } from '../clock.ts';
import { plainText } from '../plain-text.ts';
import { RECORDING_FORMAT, type RecordingSink } from '../session/recorder.ts';

/** How long lines wait for others to be written with them. */
const GATHER_MS = 250;

/** Waiting lines at most: some seconds of a disk that hangs, at the highest rate of samples. */
const MAX_WAITING_CHARACTERS = 2_000_000;

/** More than a header is long. */
const HEAD_BYTES = 1_000;

/** Only the person who records may read it. */
const MODE = 0o600;

const ROTATE = Symbol('rotate');

export type RecordingProblem = { readonly problem: string };

/**
 * The file that a session is recorded to, and the one before it with `.1` behind its name. A recording that is there already
 * is gone on with; a file that is anything else is left alone. What goes wrong later is told once, and ends the recording.
 */
export class RecordingFile implements RecordingSink {
  readonly bytes: number;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #onFailure: (problem: string) => void;
  /** A device, such as /dev/null, holds nothing and is never moved. */
  readonly #isDevice: boolean;
  #handle: FileHandle;
  #waiting: (string | typeof ROTATE)[] = [];
  #waitingCharacters = 0;
  #isClosed = false;
  #cancel: (() => void) | undefined;
  #written: Promise<void> = Promise.resolve();

  private constructor(
    path: string,
    handle: FileHandle,
    { bytes, isDevice }: Present,
    clock: Clock,
    onFailure: (problem: string) => void,
  ) {
    this.#path = path;
    this.#handle = handle;
    this.bytes = bytes;
    this.#isDevice = isDevice;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** Opens or makes the file. `onFailure` hears a whole sentence, at most once, when nothing more can be written. */
  static async open(
    path: string,
    clock: Clock,
    onFailure: (problem: string) => void,
  ): Promise<RecordingFile | RecordingProblem> {
    let handle: FileHandle | undefined;
    try {
      const older = await otherThanRecording(olderPath(path));
      if (older !== undefined) return refused(olderPath(path), older);
      const other = await otherThanRecording(path);
      if (other !== undefined) return refused(path, other);
      handle = await open(path, 'a+', MODE);
      const status = await handle.stat();
      const isDevice = !status.isFile();
      if (!isDevice) await handle.chmod(MODE);
      const bytes = isDevice ? 0 : status.size;
      // The last line of a recording that was cut off has no end.
      if (bytes > 0) await handle.appendFile('\n');
      return new RecordingFile(path, handle, { bytes, isDevice }, clock, onFailure);
    } catch (error) {
      await handle?.close();
      return {
        problem: `Can't record to ${plainText(path, 200)}: ${reasonOf(error)}. Name another file with --record.`,
      };
    }
  }

  write(line: string): 'taken' | 'full' | 'closed' {
    if (this.#isClosed) return 'closed';
    if (this.#waitingCharacters > MAX_WAITING_CHARACTERS) return 'full';
    this.#waitingCharacters += line.length;
    this.#waiting.push(`${line}\n`);
    this.#cancel ??= this.#clock.after(GATHER_MS, () => this.#writeSoon());
    return 'taken';
  }

  rotate(): void {
    if (!this.#isDevice) this.#waiting.push(ROTATE);
  }

  /** Resolves when every line is in the file, and the file closed. */
  async end(): Promise<void> {
    this.#writeSoon();
    await this.#written;
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#handle.close();
  }

  /** One write at a time, so that lines stay in their order; those that come meanwhile wait for the next. */
  #writeSoon(): void {
    this.#cancel?.();
    this.#written = this.#written.then(() => this.#writeWaiting());
  }

  async #writeWaiting(): Promise<void> {
    if (this.#isClosed) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#cancel = undefined;
    try {
      await this.#mustBeInPlace();
      for (const part of together(waiting)) {
        if (part === ROTATE) await this.#startFile();
        else await this.#handle.appendFile(part);
      }
      this.#waitingCharacters = this.#waiting.reduce(
        (sum, part) => sum + (part === ROTATE ? 0 : part.length),
        0,
      );
    } catch (error) {
      await this.#fail(reasonOf(error));
    }
  }

  async #startFile(): Promise<void> {
    await this.#handle.close();
    await rename(this.#path, olderPath(this.#path));
    // Whatever somebody put there meanwhile is not ours to write to.
    this.#handle = await open(this.#path, 'ax', MODE);
  }

  /** Whoever removes or replaces the file wants it ended; what is written to a file without a name is lost. */
  async #mustBeInPlace(): Promise<void> {
    if (this.#isDevice) return;
    const [named, opened] = await Promise.all([stat(this.#path), this.#handle.stat()]);
    if (named.ino !== opened.ino || named.dev !== opened.dev) throw new Replaced();
  }

  async #fail(reason: string): Promise<void> {
    this.#isClosed = true;
    this.#waiting = [];
    await this.#handle.close().catch(() => undefined);
    const name = plainText(basename(this.#path), 80);
    this.#onFailure(`Can't go on recording to ${name}: ${reason}. The session goes on without a recording.`);
  }
}

type Present = { readonly bytes: number; readonly isDevice: boolean };

class Replaced extends Error {}

function olderPath(path: string): string {
  return `${path}.1`;
}

/** What a path leads to that is no recording and must not be written to; undefined where there is nothing or a recording. */
async function otherThanRecording(path: string): Promise<string | undefined> {
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (status === undefined) return undefined;
  if (status.isCharacterDevice()) return (await isTerminal(path)) ? 'it is a terminal' : undefined;
  if (!status.isFile()) return 'it is no file';
  if (status.size === 0) return undefined;
  return (await beginsAsRecording(path)) ? undefined : 'it holds something else, which is left as it is';
}

async function isTerminal(path: string): Promise<boolean> {
  const handle = await open(path, 'r+');
  try {
    return isatty(handle.fd);
  } finally {
    await handle.close();
  }
}

async function beginsAsRecording(path: string): Promise<boolean> {
  let head = '';
  for await (const chunk of createReadStream(path, { end: HEAD_BYTES - 1 })) head += String(chunk);
  try {
    const first: unknown = JSON.parse(head.split('\n')[0] ?? '');
    return (
      typeof first === 'object' && first !== null && 'format' in first && first.format === RECORDING_FORMAT
    );
  } catch {
    return false;
  }
}

/** Lines between two rotations as one text. */
function together(waiting: readonly (string | typeof ROTATE)[]): readonly (string | typeof ROTATE)[] {
  const parts: (string | typeof ROTATE)[] = [];
  let text = '';
  for (const part of waiting) {
    if (part !== ROTATE) {
      text += part;
      continue;
    }
    if (text !== '') parts.push(text);
    parts.push(ROTATE);
    text = '';
  }
  return text === '' ? parts : [...parts, text];
}

function refused(path: string, why: string): RecordingProblem {
  return {
    problem: `Can't record to ${plainText(path, 200)}: ${why}. Name another file with --record.`,
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'its disk quota is used up',
  ENOENT: 'it, or its folder, is not there',
  ENOTDIR: 'its folder is no folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its disk is read-only',
  EISDIR: 'it is a folder',
  EIO: 'its disk fails',
};

function reasonOf(error: unknown): string {
  if (error instanceof Replaced) return 'another file has taken its place';
  if (!(error instanceof Error && 'code' in error)) throw error;
  const code = String(error.code);
  return REASONS[code] ?? code;
}

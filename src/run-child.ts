import type { Readable } from 'node:stream';
import type { execa } from 'execa';
import { pause, systemClock } from './clock.ts';

/** A program with its arguments; no shell reads them. */
export type ChildCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
};

/** A line that a program wrote, without its end and as it came: whoever draws it cleans it first. */
export type ChildLine = { readonly from: 'stdout' | 'stderr'; readonly text: string };

export type ChildOptions = {
  /**
   * Takes the lines as they come, those of one chunk at once; never empty, and no line is. What is written after the last line
   * break is a line once the program has ended, and a line that is longer than 64 KB is cut.
   */
  readonly onLines?: (lines: readonly ChildLine[]) => void;
  /**
   * How long the program and its children have to end by themselves before they are killed. None where absent: nobody waits for
   * the end of a mere question. Windows knows no such wish, and kills at once.
   */
  readonly graceMs?: number;
  /** How they are asked to: SIGTERM where absent, SIGINT as ctrl-C does. */
  readonly asksWith?: 'SIGINT' | 'SIGTERM';
};

/** How a program ended. What it wrote is as it came: whoever draws it cleans it first. */
export type ChildEnd =
  | { readonly kind: 'not-started'; readonly code: string; readonly words: string }
  /** The signal was aborted: it is gone, with all that it started. */
  | { readonly kind: 'killed'; readonly words: string }
  /** `exit` is its exit code, or the signal that ended it; `words` the end of what it wrote to stderr. */
  | { readonly kind: 'ended'; readonly exit: string; readonly output: string; readonly words: string };

const MAX_OUTPUT_CHARACTERS = 1_048_576;
/** The end of what a program says is what it failed with. */
const MAX_WORDS_CHARACTERS = 4_000;
const MAX_LINE_CHARACTERS = 65_536;
/** What a program leaves running may hold its pipes open for ever; nobody waits for more than what is in them. */
const LAST_OUTPUT_MS = 500;
/** How long the system is given to take away what was killed. */
const REAP_MS = 500;
/** How often it is looked whether all have ended that were asked to. */
const LOOK_MS = 25;

/**
 * Runs a program to its end without a terminal: in a session of its own, where it can neither read our keys nor write over our
 * screen. Aborting ends it with all that it started: on POSIX its process group, which only a program that begins a session of
 * its own leaves; on Windows the tree below it, without those whose parent has ended. So does the end of this process, on Windows of
 * the program alone. What it leaves running when it ends by itself goes on. Never rejects.
 */
export async function runChild(
  command: ChildCommand,
  signal: AbortSignal,
  { onLines, graceMs = 0, asksWith = 'SIGTERM' }: ChildOptions = {},
): Promise<ChildEnd> {
  // Only now: the screen is drawn without it.
  const { execa } = await import('execa');
  if (signal.aborted) return { kind: 'killed', words: '' };
  const child = startChild(execa, command);
  if ('problem' in child) return { kind: 'not-started', code: child.problem, words: '' };
  const said = new ChildOutput(child, onLines);
  if (child.pid !== undefined) running.add(child.pid);
  const over = new AbortController();
  child.once('exit', () => void letGo(child, over.signal));
  return new Promise(resolve => {
    const settle = (end: ChildEnd) => {
      signal.removeEventListener('abort', stop);
      over.abort();
      if (child.pid !== undefined) running.delete(child.pid);
      resolve(end);
    };
    const stop = async () => {
      await stopTree(child, graceMs, asksWith);
      settle({ kind: 'killed', words: said.words });
    };
    signal.addEventListener('abort', stop, { once: true });
    child.then(result => {
      if (!signal.aborted) settle(endOf(result, said));
    });
  });
}

const IS_WINDOWS = process.platform === 'win32';

type Child = {
  readonly pid?: number | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
};

function startChild(run: typeof execa, { file, args, env }: ChildCommand) {
  try {
    return run(file, args, {
      env,
      extendEnv: false,
      stdin: 'ignore',
      buffer: false,
      reject: false,
      cleanup: false,
      detached: !IS_WINDOWS,
      windowsHide: true,
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

type ChildResult = {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  /** Why it could not be started, such as `ENOENT`. */
  readonly code?: string | undefined;
};

function endOf({ exitCode, signal, code = '' }: ChildResult, { output, words }: ChildOutput): ChildEnd {
  const exit = exitCode ?? signal;
  if (exit === undefined) return { kind: 'not-started', code, words };
  return { kind: 'ended', exit: String(exit), output, words };
}

/** What a child writes: its beginning, its last words, and line by line. */
class ChildOutput {
  output = '';
  words = '';

  constructor({ stdout, stderr }: Child, onLines: ChildOptions['onLines']) {
    stdout.setEncoding('utf8').on('data', (text: string) => {
      if (this.output.length < MAX_OUTPUT_CHARACTERS)
        this.output = (this.output + text).slice(0, MAX_OUTPUT_CHARACTERS);
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.words = (this.words + text).slice(-MAX_WORDS_CHARACTERS);
    });
    if (!onLines) return;
    readLines(stdout, lines => onLines(lines.map(text => ({ from: 'stdout', text }))));
    readLines(stderr, lines => onLines(lines.map(text => ({ from: 'stderr', text }))));
  }
}

function readLines(stream: Readable, take: (lines: readonly string[]) => void): void {
  let rest = '';
  const takeAll = (lines: readonly string[]) => {
    const written = lines.filter(line => line !== '').map(line => line.slice(0, MAX_LINE_CHARACTERS));
    if (written.length > 0) take(written);
  };
  stream.on('data', (text: string) => {
    // A bar that draws itself anew returns to the beginning of its line.
    const lines = (rest + text).split(/[\r\n]+/);
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    takeAll(lines);
  });
  const takeRest = () => {
    const last = rest;
    rest = '';
    takeAll([last]);
  };
  // The first comes before the program is said to have ended, the second also where the stream was cut off.
  stream.once('end', takeRest);
  stream.once('close', takeRest);
}

/** What the program left running may hold its pipes open: after a moment nobody waits for more. */
async function letGo({ stdout, stderr }: Child, over: AbortSignal): Promise<void> {
  await pause(systemClock, LAST_OUTPUT_MS, over);
  stdout.destroy();
  stderr.destroy();
}

const NEVER = new AbortController().signal;

/** Ends a child with all that it started: they are asked to first, where they are given the time. */
async function stopTree(
  { pid, stdout, stderr }: Child,
  graceMs: number,
  asksWith: NodeJS.Signals,
): Promise<void> {
  if (pid !== undefined && graceMs > 0 && !IS_WINDOWS) {
    signalGroup(pid, asksWith);
    await untilGone(pid, graceMs);
  }
  if (pid !== undefined) await killTree(pid);
  // What it started may hold its pipes open; nobody waits for that.
  stdout.destroy();
  stderr.destroy();
}

async function killTree(pid: number): Promise<void> {
  if (!IS_WINDOWS) {
    signalGroup(pid, 'SIGKILL');
    await untilGone(pid, REAP_MS);
    return;
  }
  const { execa } = await import('execa');
  await execa('taskkill', ['/pid', String(pid), '/T', '/F'], { reject: false, windowsHide: true });
}

async function untilGone(leader: number, mostMs: number): Promise<void> {
  const untilMs = systemClock.now() + mostMs;
  while (signalGroup(leader, 0) && systemClock.now() < untilMs) await pause(systemClock, LOOK_MS, NEVER);
}

/** Yields whether there was anybody left to be told. Windows has no groups: only the child itself is. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(IS_WINDOWS ? leader : -leader, signal);
  } catch {
    return false;
  }
}

/** Children that run: they have no terminal that would end them, so they end with this process. */
const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) signalGroup(pid, 'SIGKILL');
});

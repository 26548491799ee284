import { type ChildProcess, spawn } from 'node:child_process';

/** A program with its arguments; no shell reads them. */
export type ChildCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
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

/**
 * Runs a program to its end without a terminal: in a session of its own, where it can neither read our keys nor write over our
 * screen. Aborting kills it with all that it started. Never rejects.
 */
export function runChild({ file, args, env }: ChildCommand, signal: AbortSignal): Promise<ChildEnd> {
  const child = spawn(file, [...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  return outputOf(child, signal);
}

function outputOf(child: ChildProcess, signal: AbortSignal): Promise<ChildEnd> {
  let output = '';
  let words = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(0, MAX_OUTPUT_CHARACTERS);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MAX_WORDS_CHARACTERS);
  });
  return new Promise(resolve => {
    const settle = (end: ChildEnd) => {
      signal.removeEventListener('abort', stop);
      resolve(end);
    };
    const stop = () => {
      kill(child);
      // What it started may hold its pipes open; nobody waits for that.
      child.stdout?.destroy();
      child.stderr?.destroy();
      settle({ kind: 'killed', words });
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle({ kind: 'not-started', code: error.code ?? error.message, words }),
    );
    child.once('close', (code, by) => settle({ kind: 'ended', exit: String(code ?? by), output, words }));
  });
}

/** A program is often a script around another one: the whole process group goes. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

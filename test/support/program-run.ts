import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtProgram } from '../terminal/program.ts';
import { eventually } from './eventually.ts';

export type ProgramEnd = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type Interruption = {
  /** `bug`: an exception that nobody catches. `reader-gone`: nobody reads stdout any more. */
  readonly by: NodeJS.Signals | 'bug' | 'reader-gone';
  /** What stdout or stderr has said by then. */
  readonly after: RegExp;
  readonly isTime?: (() => boolean) | undefined;
};

/** A bug of the program, as far as it can tell: it comes from outside, so that there is none in what is shipped. */
const BUG = "process.on('SIGUSR2', () => { throw new Error('a bug on purpose'); });";
const WITH_BUG = ['--import', `data:text/javascript,${encodeURIComponent(BUG)}`];

/** A run of the built program without a terminal. */
export class ProgramRun {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #isOver = false;
  stdout = '';
  stderr = '';

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    nodeArgs: readonly string[] = [],
  ) {
    this.#child = spawn(process.execPath, [...nodeArgs, builtProgram(), ...args], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#child, 'close').then(() => {
      this.#isOver = true;
    });
    this.#child.stdout?.setEncoding('utf8').on('data', chunk => {
      this.stdout += chunk;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', chunk => {
      this.stderr += chunk;
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with the first thing that `find` finds; rejects where the process ends without it. Looks whenever stdout says more. */
  async found<Found>(find: () => Found | undefined): Promise<Found> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#isOver) throw new Error(`never said. ${this.stdout} ${this.stderr}`);
      const said = this.#child.stdout ? once(this.#child.stdout, 'data') : this.#closed;
      await Promise.race([said, this.#closed]);
    }
  }

  /** Resolves once stderr has said it; rejects where the process ends without it. */
  async says(text: string): Promise<void> {
    await eventually(() => {
      if (!this.stderr.includes(text)) throw new Error(`never said ${text}: ${this.stderr}`);
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Needs `WITH_BUG` to be more than a signal. */
  interrupt(by: Interruption['by']): void {
    if (by === 'reader-gone') this.#child.stdout?.destroy();
    else this.signal(by === 'bug' ? 'SIGUSR2' : by);
  }

  /** Its exit code, or the name of the signal that killed it; everything that it wrote is there by then. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#closed;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#closed;
  }
}

/** What a run wrote to stdout until now, line by line. */
export function linesOf({ stdout }: ProgramRun): readonly string[] {
  return stdout.split('\n').slice(0, -1);
}

/** Runs the built program to its end, without a terminal. Its code is -1 where a signal killed it. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  interruption?: Interruption,
): Promise<ProgramEnd> {
  const run = new ProgramRun(args, env, interruption?.by === 'bug' ? WITH_BUG : []);
  const look = setInterval(() => {
    if (!interruption?.after.test(run.stdout + run.stderr) || interruption.isTime?.() === false) return;
    clearInterval(look);
    run.interrupt(interruption.by);
  }, 10);
  const code = await run.ended();
  clearInterval(look);
  const { stdout, stderr } = run;
  return { code: typeof code === 'number' ? code : -1, stdout, stderr };
}

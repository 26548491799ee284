import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { builtProgram } from '../terminal/program.ts';

/** `weighbridge status --watch` as a process of its own, with the lines that it wrote. */
export class WatchProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  stderr = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [builtProgram(), 'status', '--watch', ...args], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#child, 'close').then(() => this.#wake());
    this.#child.stderr?.on('data', chunk => {
      this.stderr += chunk;
    });
    if (this.#child.stdout === null) throw new Error('no stdout');
    createInterface({ input: this.#child.stdout }).on('line', line => {
      this.#lines.push(line);
      this.#wake();
    });
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Resolves once a line `holds`; rejects where the process ends without it. */
  async until(holds: RegExp): Promise<void> {
    while (!this.#lines.some(line => holds.test(line))) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`never said ${holds}. ${this.#lines.join('\n')} ${this.stderr}`);
      }
      await new Promise<void>(resolve => this.#waiting.add(resolve));
    }
  }

  /** Reads no more of it, as `head` does once it has its lines. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit code, or the name of the signal that killed it; every line is there by then. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#closed;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#closed;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

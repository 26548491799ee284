import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { builtProgram } from '../terminal/program.ts';

/** A line of `weighbridge canary -o json`; which members there are depends on the event. */
export type CanaryLine = {
  readonly event: 'started' | 'phase' | 'progress' | 'held' | 'ended';
  readonly at: string;
  readonly phase?: string;
  readonly step?: number | null;
  readonly outcome?: string;
  readonly exitCode?: number;
  readonly isBack?: boolean;
  readonly weights?: Readonly<Record<string, number | null>> | null;
  readonly reason?: string | null;
  readonly error?: { readonly headline: string; readonly nextStep: string } | null;
  readonly backAfterFirstFailureMs?: number | null;
  readonly backCommand?: string | null;
};

/** `weighbridge canary -o json` as a process of its own. */
export class CanaryProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #lines: CanaryLine[] = [];
  readonly #waiting = new Set<() => void>();
  stderr = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [builtProgram(), 'canary', ...args, '-o', 'json'], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#child, 'close').then(() => this.#wake());
    this.#child.stderr?.on('data', chunk => {
      this.stderr += chunk;
    });
    if (this.#child.stdout === null) throw new Error('no stdout');
    createInterface({ input: this.#child.stdout }).on('line', line => {
      this.#lines.push(JSON.parse(line) as CanaryLine);
      this.#wake();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get lines(): readonly CanaryLine[] {
    return this.#lines;
  }

  get last(): CanaryLine | undefined {
    return this.#lines.at(-1);
  }

  /** Resolves with the first line that `holds`; rejects where the process ends without it. */
  async until(holds: (line: CanaryLine) => boolean): Promise<CanaryLine> {
    for (;;) {
      const found = this.#lines.find(holds);
      if (found) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`never said. ${JSON.stringify(this.#lines)} ${this.stderr}`);
      }
      await new Promise<void>(resolve => this.#waiting.add(resolve));
    }
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

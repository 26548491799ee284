import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { builtProgram } from './program.ts';

/** What `demo --serve` says when it is ready. */
export type Served = { readonly kubeconfig: string; readonly context: string; readonly gateway: string };

/** `weighbridge demo --serve` as a process of its own. */
export class DemoProcess {
  readonly served: Served;
  /** The line on stdout, as it was written. */
  readonly line: string;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  private constructor(child: ChildProcess, pid: number, line: string, closed: Promise<unknown>) {
    this.#child = child;
    this.#closed = closed;
    this.pid = pid;
    this.line = line;
    this.served = JSON.parse(line) as Served;
  }

  /** Resolves when it takes requests. */
  static async start(
    env: Readonly<Record<string, string>>,
    args: readonly string[] = [],
  ): Promise<DemoProcess> {
    const child = spawn(process.execPath, [builtProgram(), 'demo', '--serve', ...args], {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    const lines = createInterface({ input: child.stdout });
    const line = await Promise.race([
      once(lines, 'line').then(([first]) => String(first)),
      closed.then(([code]) => {
        throw new Error(`demo --serve ended with exit code ${code} before it was ready`);
      }),
    ]);
    return new DemoProcess(child, child.pid ?? 0, line, closed);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit code, or the name of the signal that killed it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#closed;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  async stop(): Promise<void> {
    // A process that is held with SIGSTOP takes SIGTERM only once it goes on.
    this.#child.kill('SIGCONT');
    this.#child.kill('SIGTERM');
    await this.#closed;
  }
}

import { readSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { IPty } from '@lydell/node-pty';
import { isRunning } from './processes.ts';

const TURN_MS = 10;
/** More than a pseudo-terminal of Linux holds. */
const MOST_BYTES = 65_536;

/** What node-pty's own type does not tell of. */
type OpenPty = IPty & { readonly fd: number; readonly _socket: Pick<Duplex, '_read'> };

/**
 * What is between a program and the person's terminal when they are far apart: of what the program has written, so many bytes a
 * second are taken. What it wrote before it ended arrives at once, because this end loses it with the pseudo-terminal.
 */
export class SlowLink {
  /** 0 while it stalls. */
  bytesPerSecond: number;
  readonly #pty: OpenPty;
  readonly #receive: (data: Buffer) => void;
  readonly #timer: NodeJS.Timeout;
  #lastAtMs = performance.now();
  #credit = 0;

  constructor(pty: IPty, bytesPerSecond: number, receive: (data: Buffer) => void) {
    this.#pty = pty as OpenPty;
    this.bytesPerSecond = bytesPerSecond;
    this.#receive = receive;
    // node-pty would read on its own, also while it is paused, and a chunk that it has read is not seen here.
    this.#pty._socket._read = () => undefined;
    this.#timer = setInterval(() => this.#turn(), TURN_MS);
  }

  /** Nothing arrives any more, and the descriptor is let go of. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #turn(): void {
    const atMs = performance.now();
    this.#credit += ((atMs - this.#lastAtMs) / 1000) * this.bytesPerSecond;
    this.#lastAtMs = atMs;
    if (!isRunning(this.#pty.pid)) {
      this.#credit = Number.POSITIVE_INFINITY;
      this.stop();
    }
    while (this.#credit >= 1) {
      const taken = this.#take(Math.min(Math.floor(this.#credit), MOST_BYTES));
      this.#credit -= taken.length;
      if (taken.length > 0) this.#receive(taken);
      // A link that has nothing to carry saves nothing up.
      else this.#credit = 0;
    }
  }

  #take(mostBytes: number): Buffer {
    const taken = Buffer.alloc(mostBytes);
    try {
      return taken.subarray(0, readSync(this.#pty.fd, taken));
    } catch (error) {
      const isEmpty =
        error instanceof Error && 'code' in error && ['EAGAIN', 'EIO'].includes(String(error.code));
      if (isEmpty) return Buffer.alloc(0);
      throw error;
    }
  }
}

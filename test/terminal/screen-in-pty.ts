import { StringDecoder } from 'node:string_decoder';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { AUTO_SECONDARY } from '../../src/components/palette.ts';
import { SlowLink } from './slow-link.ts';

export type ScreenSize = { readonly columns: number; readonly rows: number };

export const SMALL: ScreenSize = { columns: 80, rows: 24 };
export const LARGE: ScreenSize = { columns: 120, rows: 40 };

/** Colours are numbers of xterm's 256; undefined for the terminal's own. */
export type ScreenCell = {
  readonly characters: string;
  readonly foreground: number | undefined;
  readonly background: number | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isInverse: boolean;
};

export type ScreenOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly size: ScreenSize;
  /** Where the terminal is far away; undefined for one that takes everything at once. */
  readonly linkBytesPerSecond?: number | undefined;
};

export type Ended = {
  readonly exitCode: number;
  /** Number of the signal that killed the process; 0 where it ended by itself. */
  readonly signal: number;
  readonly atMs: number;
};

/** Far beyond what anything here takes, so that only a thing that never happens runs into it. */
const LIMIT_MS = 45_000;

const SYNCHRONIZED_UPDATE = 2026;

type Waiter = { readonly check: (atMs: number) => void; readonly fail: (reason: string) => void };

/** A program in a pseudo-terminal of its own, and the terminal that a person would see it in. */
export class ScreenInPty {
  readonly #pty: IPty;
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  readonly #link: SlowLink | undefined;
  readonly #waiters = new Set<Waiter>();
  readonly ended: Promise<Ended>;
  #output = '';
  #lastOutputAtMs = 0;
  #end: Ended | undefined;

  constructor({ command, args, env, cwd, size, linkBytesPerSecond }: ScreenOptions) {
    const { columns: cols, rows } = size;
    this.#terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
    // Over a slow link the next frame begins in the chunk in which one ends.
    this.#terminal.parser.registerCsiHandler({ prefix: '?', final: 'l' }, ([mode]) => {
      if (mode === SYNCHRONIZED_UPDATE) this.#look(this.#lastOutputAtMs);
      return false;
    });
    this.#pty = spawn(command, [...args], { name: env.TERM ?? 'xterm-256color', cols, rows, cwd, env });
    if (linkBytesPerSecond === undefined) {
      this.#pty.onData(data => this.#receive(data));
    } else {
      const decoder = new StringDecoder('utf8');
      this.#link = new SlowLink(this.#pty, linkBytesPerSecond, bytes => this.#receive(decoder.write(bytes)));
    }
    this.ended = new Promise(resolve => {
      this.#pty.onExit(({ exitCode, signal }) => {
        const end: Ended = { exitCode, signal: signal ?? 0, atMs: performance.now() };
        this.#end = end;
        // What was written last is still being read by the terminal.
        this.#terminal.write('', () => {
          for (const { check, fail } of this.#waiters) {
            check(end.atMs);
            fail(`the program ended with exit code ${end.exitCode}`);
          }
          resolve(end);
        });
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  /** Every character that the program has written. */
  get output(): string {
    return this.#output;
  }

  /** By `performance.now()`. */
  get lastOutputAtMs(): number {
    return this.#lastOutputAtMs;
  }

  /** What the terminal shows: one string per row, without the blanks at its end. */
  get rows(): readonly string[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      return (
        active
          .getLine(active.baseY + row)
          ?.translateToString()
          .trimEnd() ?? ''
      );
    });
  }

  get text(): string {
    return this.rows.join('\n');
  }

  /** What the terminal shows, cell by cell. */
  get cells(): readonly (readonly ScreenCell[])[] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      const line = active.getLine(active.baseY + row);
      return Array.from({ length: this.#terminal.cols }, (_, column) => {
        const cell = line?.getCell(column);
        return {
          // Behind a wide character stands a cell without one.
          characters: cell?.getChars() || ' ',
          foreground: cell?.isFgPalette() ? cell.getFgColor() : undefined,
          background: cell?.isBgPalette() ? cell.getBgColor() : undefined,
          isBold: Boolean(cell?.isBold()),
          isDim: Boolean(cell?.isDim()),
          isInverse: Boolean(cell?.isInverse()),
        };
      });
    });
  }

  /** Whether these words are on the screen, and all of them painted as what is of less weight. */
  isDimmed(words: string): boolean {
    const { active } = this.#terminal.buffer;
    const row = this.rows.findIndex(text => text.includes(words));
    const line = active.getLine(active.baseY + row);
    const first = this.rows[row]?.indexOf(words) ?? 0;
    return (
      line !== undefined &&
      Array.from(words).every((_, at) => {
        const cell = line.getCell(first + at);
        return cell?.isDim() || (cell?.isFgPalette() && cell.getFgColor() === AUTO_SECONDARY);
      })
    );
  }

  /** What a program can leave behind in a terminal. */
  get modes(): {
    readonly isAlternateScreen: boolean;
    readonly isBracketedPaste: boolean;
    readonly mouse: string;
  } {
    const { modes, buffer } = this.#terminal;
    return {
      isAlternateScreen: buffer.active.type === 'alternate',
      isBracketedPaste: modes.bracketedPasteMode,
      mouse: modes.mouseTrackingMode,
    };
  }

  /** Writes to the program as a keyboard does: all of it in one chunk. */
  press(characters: string): void {
    this.#pty.write(characters);
  }

  resize({ columns, rows }: ScreenSize): void {
    this.#terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** How much of what the program writes arrives from now on; 0 is a link that stalls. */
  carry(bytesPerSecond: number): void {
    if (!this.#link) throw new Error('the screen was not opened over a link');
    this.#link.bytesPerSecond = bytesPerSecond;
  }

  /** Takes the terminal away, as closing its window does. */
  closeWindow(): void {
    this.#link?.stop();
    this.#pty.kill('SIGHUP');
    (this.#pty as IPty & { destroy(): void }).destroy();
  }

  /**
   * Resolves once the screen shows what `holds` looks for, with the time by `performance.now()` at which the bytes that made
   * it so arrived. Only whole frames are looked at. Rejects, with the screen, when the program ends first or takes for ever.
   */
  waitFor(what: string, holds: (text: string) => boolean): Promise<number> {
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        check: atMs => {
          if (!holds(this.text)) return;
          finish();
          resolve(atMs);
        },
        fail: reason => {
          if (!this.#waiters.has(waiter)) return;
          finish();
          reject(new Error(`Never seen: ${what} (${reason}). The screen:\n${this.text}`));
        },
      };
      const timer = setTimeout(() => waiter.fail(`within ${LIMIT_MS / 1000} s`), LIMIT_MS);
      this.#waiters.add(waiter);
      if (!this.#terminal.modes.synchronizedOutputMode) waiter.check(performance.now());
      if (this.#end) waiter.fail(`the program ended with exit code ${this.#end.exitCode}`);
    });
  }

  /** Ends whatever is left of the program and of what it started in this terminal. */
  async stop(): Promise<void> {
    if (!this.#end) {
      try {
        // The program leads the terminal's session, so its process group holds what a shell in it started.
        process.kill(-this.#pty.pid, 'SIGKILL');
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    }
    await this.ended;
    this.#terminal.dispose();
  }

  #receive(data: string): void {
    const atMs = performance.now();
    this.#output += data;
    this.#lastOutputAtMs = atMs;
    this.#terminal.write(data, () => {
      // In the middle of a synchronized update the screen is half old and half new.
      if (!this.#terminal.modes.synchronizedOutputMode) this.#look(atMs);
    });
  }

  #look(atMs: number): void {
    for (const { check } of this.#waiters) check(atMs);
  }
}

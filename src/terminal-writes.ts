import { EventEmitter } from 'node:events';
import { fstatSync } from 'node:fs';
import type { WriteStream } from 'node:tty';

/**
 * How the screen is written to a terminal that is slow to take it, as over ssh from a train. Node writes to a terminal and waits: with
 * the buffers between full, the event loop would stand still, and with it the keys, the patches and the samples. So while
 * the screen is drawn the terminal is written to without waiting, and what is not taken yet holds back the next frame, which then
 * shows the latest state: frames are left out, never queued.
 */

type Terminal = WriteStream & {
  /** Missing from the types. */
  readonly fd: number;
  /** What Node itself has terminals wait with; undocumented, and asked for by name in case it goes. */
  readonly _handle?: { readonly setBlocking?: (isWaiting: boolean) => void };
};

/**
 * Whether a write returns only when the terminal has taken it, as Node has it. What was written without waiting must be taken before
 * it waits again. Nothing changes on Windows, whose console always waits.
 */
export function waitForWrites(stdout: WriteStream, isWaiting: boolean): void {
  const { _handle, fd, isTTY } = stdout as Terminal;
  if (isTTY && (isWaiting || isOpenedAnew(fd))) _handle?.setBlocking?.(isWaiting);
}

/**
 * libuv opens a terminal anew, so that not waiting is no matter of the shell, which has the same one. Where it may not, as
 * after `su`, whose terminal is another user's, it uses what the shell uses.
 */
function isOpenedAnew(fd: number): boolean {
  const user = process.getuid?.();
  return user === 0 || user === fstatSync(fd).uid;
}

/** Calls `then` once the terminal has taken all that is written; at once where it has. */
export function onceTaken(stdout: NodeJS.WriteStream, then: () => void): void {
  if (stdout.writableLength === 0) then();
  // Also called where the terminal is gone.
  else stdout.write('', () => then());
}

/**
 * The same terminal, which tells of a new size only once it has taken what was drawn before, and only of the last one: a window
 * that is dragged would have a whole frame queued for each size. `before` is called first, until `stop` is.
 */
export function resizingOnceTaken(
  stdout: NodeJS.WriteStream,
  before: () => void,
): { readonly stdout: NodeJS.WriteStream; readonly stop: () => void } {
  const sizes = new EventEmitter();
  let isHeld = false;
  const hold = () => {
    if (isHeld) return;
    isHeld = true;
    onceTaken(stdout, () => {
      isHeld = false;
      if (!stdout.listeners('resize').includes(hold)) return;
      before();
      sizes.emit('resize');
    });
  };
  stdout.on('resize', hold);
  const passedOn = (method: 'on' | 'off') => (event: string, listener: () => void) =>
    event === 'resize' ? sizes[method](event, listener) : stdout[method](event, listener);
  const resizing = standInFor(stdout, { on: passedOn('on'), off: passedOn('off') });
  return { stdout: resizing, stop: () => stdout.off('resize', hold) };
}

/** The same terminal, which is written what `rewrite` makes of each text. */
export function rewritingOutput(
  stdout: NodeJS.WriteStream,
  rewrite: (text: string) => string,
): NodeJS.WriteStream {
  const write = (chunk: Uint8Array | string, ...others: never[]) =>
    stdout.write(typeof chunk === 'string' ? rewrite(chunk) : chunk, ...others);
  return standInFor(stdout, { write });
}

/** The same terminal but for these members. */
function standInFor(
  stdout: NodeJS.WriteStream,
  members: Readonly<Record<string, unknown>>,
): NodeJS.WriteStream {
  return new Proxy(stdout, {
    get(target, key) {
      if (typeof key === 'string' && key in members) return members[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

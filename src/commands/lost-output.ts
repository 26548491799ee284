import { EXIT } from './io.ts';

/** What a program ends with whose reader has gone, as `head` goes: as if SIGPIPE, which Node ignores, had ended it. */
const READER_GONE = EXIT.signal + 13;

/** Why nothing can be written any more: what there is to say of that, nothing where the reader has gone, and what to end with. */
export type LostOutput = { readonly words: string; readonly code: number };

/** Calls `listener` when stdout or stderr takes no more, the first time that this happens, until the returned function is called. */
export function onLostOutput(listener: (lost: LostOutput) => void): () => void {
  const streams = [process.stdout, process.stderr];
  let isLost = false;
  const heard = (error: NodeJS.ErrnoException) => {
    // A terminal that has hung up sends a signal as well; a screen on it cannot go on.
    if (error.code === 'EIO') throw error;
    if (isLost) return;
    isLost = true;
    listener(lostBy(error));
  };
  for (const stream of streams) stream.on('error', heard);
  return () => {
    for (const stream of streams) stream.off('error', heard);
  };
}

function lostBy({ code, message }: NodeJS.ErrnoException): LostOutput {
  if (code === 'EPIPE') return { words: '', code: READER_GONE };
  return { words: `Can't write the answer: ${message}. Write it somewhere else.\n`, code: EXIT.usage };
}

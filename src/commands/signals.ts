import { constants } from 'node:os';
import { EXIT } from './io.ts';
import { onLostOutput } from './lost-output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `listener` with the exit code of each signal that asks this process to end, until the returned function is called. So it does
 * where nobody reads any more what this process writes: what it has begun has to be brought to an end as well.
 */
export function onTermination(listener: (code: number) => void): () => void {
  const forgetOutput = onLostOutput(({ code }) => listener(code));
  const listeners = SIGNALS.map(signal => {
    const heard = () => listener(EXIT.signal + constants.signals[signal]);
    process.on(signal, heard);
    return () => process.off(signal, heard);
  });
  return () => {
    forgetOutput();
    for (const off of listeners) off();
  };
}

/** Resolves with the exit code of the first signal that asks this process to end. `forget` stops listening. */
export function terminationSignal(): { readonly received: Promise<number>; readonly forget: () => void } {
  let forget = () => {};
  const received = new Promise<number>(resolve => {
    forget = onTermination(resolve);
  });
  return { received, forget };
}

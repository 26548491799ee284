import { constants } from 'node:os';
import { EXIT } from './io.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves with the exit code of the first signal that asks this process to end. `forget` stops listening. */
export function terminationSignal(): { readonly received: Promise<number>; readonly forget: () => void } {
  let forget = () => {};
  const received = new Promise<number>(resolve => {
    const listeners = SIGNALS.map(signal => {
      const listener = () => resolve(EXIT.signal + constants.signals[signal]);
      process.on(signal, listener);
      return () => process.off(signal, listener);
    });
    forget = () => {
      for (const off of listeners) off();
    };
  });
  return { received, forget };
}

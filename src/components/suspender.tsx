import { useApp } from 'ink';
import type { ComponentType } from 'react';

export type Suspender = {
  /** Draws nothing, and has to be part of what Ink draws. */
  readonly Suspender: ComponentType;
  /** Gives the terminal back until `away` has ended; nothing where Ink draws nothing yet. */
  readonly suspend: (away: () => Promise<void>) => Promise<void>;
};

/** What suspends a screen of Ink's from outside of its components. */
export function createSuspender(): Suspender {
  let suspendTerminal: ReturnType<typeof useApp>['suspendTerminal'] | undefined;
  return {
    Suspender: () => {
      ({ suspendTerminal } = useApp());
      return null;
    },
    suspend: async away => suspendTerminal?.(away),
  };
}

import { plainText } from '../plain-text.ts';
import type { ChildEnd } from '../run-child.ts';
import type { RunFailure } from './step-run.ts';

/** How a program of a step ended. `quiet`: it said nothing for so long that it was ended. */
export type ProgramEnd = ChildEnd | { readonly kind: 'quiet'; readonly minutes: number };

/** What there is to do about a step that was broken off. */
export const RUN_AGAIN = 'Running this step again goes on with what is there.';

/**
 * Why a program did not come to an end of its own.
 *
 * @param program and `verb`: what was run, such as `minikube` and `start`.
 * @param afterQuiet what to do about one that hung.
 */
export function brokenOff(
  end: Exclude<ProgramEnd, { kind: 'ended' }>,
  program: string,
  verb: string,
  afterQuiet: string,
): RunFailure {
  switch (end.kind) {
    case 'not-started': {
      const why = end.code === 'ENOENT' ? 'is not on the PATH' : `cannot be run (${plainText(end.code, 60)})`;
      return { headline: `${program} ${why}.`, nextStep: 'Step 1 says how to install it.' };
    }
    case 'killed':
      return { headline: `${program} ${verb} was stopped.`, nextStep: RUN_AGAIN };
    case 'quiet':
      return {
        headline: `${program} ${verb} said nothing for ${end.minutes} minutes, and was stopped.`,
        nextStep: afterQuiet,
      };
  }
}

import { plainText } from '../plain-text.ts';
import type { ProgramEnd } from './program-end.ts';
import type { Trouble } from './step.ts';
import type { RunFailure } from './step-run.ts';
import { lastWords } from './tool-answers.ts';

const AGAIN = 'Running this step again goes on with what is there.';

/**
 * Why istioctl did not install Istio; undefined where it did. istioctl says no more than which Deployment is not ready in time: what
 * keeps its pods says why.
 *
 * @param troubles what the cluster tells of Istio's pods now.
 */
export function istioctlFailure(end: ProgramEnd, troubles: readonly Trouble[]): RunFailure | undefined {
  switch (end.kind) {
    case 'not-started':
      return {
        headline:
          end.code === 'ENOENT'
            ? 'istioctl is not on the PATH.'
            : `istioctl cannot be run (${plainText(end.code, 60)}).`,
        nextStep: 'Step 1 says how to install it.',
      };
    case 'killed':
      return { headline: 'istioctl install was stopped.', nextStep: AGAIN };
    case 'quiet':
      return {
        headline: `istioctl install said nothing for ${end.minutes} minutes, and was stopped.`,
        nextStep: AGAIN,
      };
    case 'ended': {
      if (end.exit === '0') return undefined;
      const [trouble] = troubles;
      if (trouble) return { headline: `istioctl install fails. ${trouble.sentence}`, nextStep: trouble.fix };
      return { headline: `istioctl install ends with ${end.exit}${lastWords(end.words)}.`, nextStep: AGAIN };
    }
  }
}

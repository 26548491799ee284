import { brokenOff, type ProgramEnd, RUN_AGAIN } from './program-end.ts';
import type { Trouble } from './step.ts';
import type { RunFailure } from './step-run.ts';
import { lastWords } from './tool-answers.ts';

/**
 * Why istioctl did not install Istio; undefined where it did. istioctl says no more than which Deployment is not ready in time: what
 * keeps its pods says why.
 *
 * @param troubles what the cluster tells of Istio's pods now.
 */
export function istioctlFailure(end: ProgramEnd, troubles: readonly Trouble[]): RunFailure | undefined {
  if (end.kind !== 'ended') return brokenOff(end, 'istioctl', 'install', RUN_AGAIN);
  if (end.exit === '0') return undefined;
  const [trouble] = troubles;
  if (trouble) return { headline: `istioctl install fails. ${trouble.sentence}`, nextStep: trouble.fix };
  return { headline: `istioctl install ends with ${end.exit}${lastWords(end.words)}.`, nextStep: RUN_AGAIN };
}

import type { HeadlessSession } from './headless-session.ts';
import type { Failure } from './route-known.ts';
import type { AppState } from './state.ts';

/** So many samples before anything is changed: what fails later did not fail before. */
export const SAMPLES_BEFORE = 10;

/** Nothing can be sampled of a route that is bound to the mesh, or that nothing leads to, however long one waits. */
const NEVER: ReadonlySet<AppState['traffic']['sampling']['kind']> = new Set(['mesh-only', 'not-observed']);

/**
 * Waits until samples come from the gateway and show which version answered. Yields why they do not, after `limitMs` or as soon as
 * it is known that they never will; undefined where they do. After `signal` whatever is so.
 */
export async function gatewaySampled(
  session: HeadlessSession,
  limitMs: number,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  let samples = 0;
  const stopCounting = session.onSample(() => {
    samples += 1;
  });
  // Each view of the samples is a write to the store, so that the count is looked at often enough.
  const isSampled = (state: AppState) => samples >= SAMPLES_BEFORE && state.traffic.observed !== undefined;
  const isHopeless = ({ traffic: { sampling } }: AppState) =>
    NEVER.has(sampling.kind) || (sampling.kind === 'needs-answer' && sampling.asks !== 'gateway');
  const state = await session.until(now => isSampled(now) || isHopeless(now), limitMs, signal);
  stopCounting();
  return isSampled(state) ? undefined : whyNotSampled(state);
}

/** Why no traffic is observed, with what to do. */
export function whyNotSampled({ traffic: { sampling } }: AppState): Failure {
  switch (sampling.kind) {
    case 'mesh-only':
      return {
        headline: "Can't sample this route: it is bound to the mesh alone, where no gateway leads.",
        nextStep: 'Name what leads there with --gateway, or do without samples.',
      };
    case 'not-observed':
      return {
        headline: `Can't sample this route: ${sampling.reason}.`,
        nextStep: 'See what leads to it: weighbridge doctor.',
      };
    case 'needs-answer':
      return {
        headline: `Can't sample this route: ${withoutDot(sampling.reason)}.`,
        nextStep: `Say so with --${sampling.asks}.`,
      };
    case 'sampling':
      return {
        headline: `Can't sample this route: no answers come from ${sampling.place}.`,
        nextStep: 'See whether the gateway runs: weighbridge doctor.',
      };
    default:
      return {
        headline: "Can't sample this route: no gateway was found in time.",
        nextStep: 'Name it with --gateway.',
      };
  }
}

function withoutDot(text: string): string {
  return text.replace(/[.\s]+$/, '');
}

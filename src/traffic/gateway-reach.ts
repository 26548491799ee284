import { isNotEnvoy } from './gateway-failure.ts';
import type { RawSample } from './sample.ts';

/** Which of the last samples did not reach the gateway, the oldest first: their intended starts. */
export type GatewayReach = {
  readonly samples: number;
  readonly misses: readonly { readonly at: number; readonly sample: number }[];
};

export const ALL_REACHED: GatewayReach = { samples: 0, misses: [] };

/** How far back it is looked, in samples. The four connections take turns, and one that is lost shows in every fourth. */
const WINDOW = 40;
const FEWEST_MISSES = 3;
/** A restarting gateway pod refuses for less than this. */
const SHORTEST_MS = 1_000;

/** The reach after one more sample: missed where it broke below HTTP, or something other than an Envoy answered that should have. */
export function noteSample(reach: GatewayReach, raw: RawSample, expectsEnvoy: boolean): GatewayReach {
  const samples = reach.samples + 1;
  const kept = reach.misses.filter(({ sample }) => samples - sample < WINDOW);
  if (isReached(raw, expectsEnvoy)) return { samples, misses: kept };
  return { samples, misses: [...kept, { at: raw.intendedAtMs, sample: samples }] };
}

function isReached({ outcome }: RawSample, expectsEnvoy: boolean): boolean {
  return outcome.kind === 'answered' && !(expectsEnvoy && isNotEnvoy(outcome.answer));
}

/**
 * Whether the way to the gateway seems broken: of the last samples at least three missed it, over a second or more. One lost
 * connection of several counts, because what was open may live on where nothing new can be opened (a NodePort that is gone).
 */
export function seemsBroken({ misses }: GatewayReach): boolean {
  const [first] = misses;
  const last = misses.at(-1);
  return (
    first !== undefined &&
    last !== undefined &&
    misses.length >= FEWEST_MISSES &&
    last.at - first.at >= SHORTEST_MS
  );
}

import type { Finding } from './finding.ts';
import type { FindingCode } from './finding-codes.ts';

/** How istiod is, as far as its pods tell. */
export type IstiodFact =
  /** Its pods may not be read, or not now. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-ready' }
  /** No pod of it in the namespace that it is looked for in: it is scaled to 0, or runs somewhere else. */
  | { readonly kind: 'none'; readonly namespace: string }
  /** The age of its oldest ready pod. */
  | { readonly kind: 'ready'; readonly ageMs: number };

/** What is known where traffic does not agree with the applied weights. */
export type DisagreementFacts = {
  readonly istiod: IstiodFact;
  /** What there is to know about the route: see `routeNotes`. */
  readonly notes: readonly Finding[];
  /** Destinations whose subset no DestinationRule has. Safe to draw. */
  readonly withoutSubset: readonly string[];
  /** Destinations with weight that have no ready pod, as far as their pods can be seen. Safe to draw. */
  readonly withoutReadyPod: readonly string[];
  /** The most frequent kind of failure since the weights changed, in a few words, and what part of the samples failed, 0..1. */
  readonly failure: { readonly label: string; readonly part: number } | undefined;
  /** How many of the gateway's ready pods the samples go through, where that is known. */
  readonly gatewayPods: { readonly reached: number; readonly ready: number } | undefined;
  readonly hasHeaderMatch: boolean;
};

/** A failed answer has no share, so that the others' grow. Fewer than this are no reason. */
const FAILING_PART = 0.01;

/** Envoy calls again after a time of its own, up to half a minute, and istiod needs a moment for every route. */
const CALLED_AGAIN_MS = 60_000;

/** Notes that say that requests go another way than the route's weights. */
const EXPLAINING: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'IST0106',
  'IST0109',
  'IST0130',
  'IST0131',
  'WB0303',
  'WB0306',
  'WB0307',
  'WB0322',
  'WB0324',
]);

/**
 * Why traffic may not agree with the applied weights, the likeliest first, each safe to draw and without a full stop. Empty
 * where nothing that is known explains it: then Envoy may have refused the routes, which only istiod's log tells.
 */
export function disagreementReasons({
  istiod,
  notes,
  withoutSubset,
  withoutReadyPod,
  failure,
  gatewayPods,
  hasHeaderMatch,
}: DisagreementFacts): readonly string[] {
  const reasons = [
    ...certainReasons({ istiod, withoutSubset, withoutReadyPod }),
    absenceReason(istiod),
    ...notes.filter(({ code }) => EXPLAINING.has(code)).map(({ sentence }) => sentence),
    failure &&
      failure.part >= FAILING_PART &&
      `${(failure.part * 100).toFixed(0)} % of samples fail (${failure.label}); shares are of the others`,
    gatewayPods &&
      gatewayPods.reached < gatewayPods.ready &&
      `samples go through ${gatewayPods.reached} of ${gatewayPods.ready} gateway pods, which may be behind the others`,
    hasHeaderMatch && 'the route matches a header: requests without it go another way',
  ];
  return reasons.filter(reason => typeof reason === 'string');
}

/** What keeps traffic from following the weights whatever is observed, the gravest first, each safe to draw and without a full stop. */
export function certainReasons({
  istiod,
  withoutSubset,
  withoutReadyPod,
}: Pick<DisagreementFacts, 'istiod' | 'withoutSubset' | 'withoutReadyPod'>): readonly string[] {
  const reasons = [
    istiod.kind === 'not-ready' && 'istiod is not ready: new weights do not reach the gateway',
    withoutSubset.length > 0 &&
      `no DestinationRule has subset${withoutSubset.length === 1 ? '' : 's'} ${failing(withoutSubset)}`,
    withoutReadyPod.length > 0 && `no ready pod in ${failing(withoutReadyPod)}`,
  ];
  return reasons.filter(reason => typeof reason === 'string');
}

function failing(names: readonly string[]): string {
  return `${names.join(' and ')}: requests for ${names.length === 1 ? 'it' : 'them'} fail`;
}

/** What an istiod that is not seen, or that is new, may be the cause of. */
function absenceReason(istiod: IstiodFact): string | undefined {
  if (istiod.kind === 'none') {
    return `no istiod runs in ${istiod.namespace}: where it is not elsewhere, new weights do not reach the gateway`;
  }
  if (istiod.kind !== 'ready' || istiod.ageMs >= CALLED_AGAIN_MS) return undefined;
  const seconds = Math.max(0, Math.round(istiod.ageMs / 1000));
  return `istiod started ${seconds} s ago: Envoy may take half a minute to call it again`;
}

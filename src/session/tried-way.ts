import type { WayKind } from '../kube/gateway-ways.ts';

/** A way to the gateway, and what came of trying it. All text is safe to draw. */
export type TriedWay = {
  readonly kind: WayKind;
  /** What the way is, such as `NodePort 31380 of Service istio-system/front`; empty where there is none of its kind. */
  readonly words: string;
  /** A URL, or a pod and its port; empty where there is none. */
  readonly place: string;
  readonly result: WayResult;
  /** Whether samples take it. */
  readonly isUsed: boolean;
};

export type WayResult =
  | { readonly kind: 'envoy' }
  /** Something answered that shows no sign of an Envoy; `what` names it. */
  | { readonly kind: 'other'; readonly what: string }
  | { readonly kind: 'silent'; readonly reason: string }
  /** Not tried: there is no such way, or none is needed. */
  | { readonly kind: 'absent'; readonly reason: string };

/** What came of a way, in a few words. */
export function resultWords(result: WayResult): string {
  switch (result.kind) {
    case 'envoy':
      return 'reached Envoy';
    case 'other':
      return `something else answered: ${result.what}`;
    default:
      return result.reason;
  }
}

/** Why no way works: each that was tried, with what came of it. */
export function whyNoneWorks(ways: readonly TriedWay[]): string {
  const tried = ways.filter(({ result }) => result.kind !== 'absent');
  // A port-forward needs only a pod: where not even that is there, its reason is the one that matters.
  const [last] = ways.slice(-1);
  if (tried.length === 0 && last) return `no way leads to the gateway: ${resultWords(last.result)}`;
  return `no way to the gateway works: ${tried.map(({ place, result }) => `${place} ${resultWords(result)}`).join(', ')}`;
}

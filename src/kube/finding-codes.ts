/**
 * Every code of a finding, with what it stands for. Codes of Istio's analyzers (istio.io/latest/docs/reference/config/analysis)
 * where they mean the same; the others are our own, are never given another meaning and never used again once gone.
 */
export const FINDING_CODES = {
  IST0101: 'a host, subset, Gateway, delegate or gateway workload that is referred to does not exist',
  IST0102: 'a namespace whose pods get no sidecar',
  IST0103: 'a pod lacks the sidecar that others have',
  IST0106: 'weights that Envoy refuses',
  IST0109: 'sidecars obey another VirtualService for the same host',
  IST0112: 'a destination must name a port of a Service that has several',
  IST0118: "a Service port's name does not tell its protocol",
  IST0130: 'a route that no request reaches',
  IST0131: 'a match that no request reaches',
  IST0132: 'no host of the VirtualService is one of the Gateway',
  IST0162: 'a Gateway listens on a port that its Service does not have',
  IST0173: 'a subset that selects no pods',
  IST0174: 'a DestinationRule for a host that does not exist',
  WB0001: 'the API server cannot be reached',
  WB0101: 'weights may not be patched',
  WB0102: 'no port-forward may be opened',
  WB0103: 'something may not be read, so it is not judged',
  WB0201: 'a node is not ready',
  WB0202: 'a node is short of something',
  WB0203: 'a node takes no new pods',
  WB0301: 'weights that do not sum to 100',
  WB0302: 'weights that are absent',
  WB0303: 'a destination that is listed twice',
  WB0305: 'a route that only sidecars obey',
  WB0306: 'a delegate to which nothing leads',
  WB0307: 'a route of a delegate that Istio drops',
  WB0308: 'a route of a delegate, and what leads to it',
  WB0309: 'a route that leads to a VirtualService which is no delegate',
  WB0310: 'weights that count for new connections only',
  WB0311: 'a route that answers by itself',
  WB0312: 'a route that mirrors requests',
  WB0313: 'a route that injects faults',
  WB0321: 'a VirtualService for a narrower host takes its requests',
  WB0322: 'an older VirtualService for the same host and gateway wins',
  WB0323: 'a younger VirtualService for the same host and gateway loses',
  WB0324: 'a VirtualService for the same host and gateway is joined with it',
  WB0401: 'a version has no pods',
  WB0402: 'a version is scaled to 0',
  WB0403: 'a version has no ready pod',
  WB0404: 'a version has fewer ready pods than wanted, or its rollout is under way',
  WB0405: 'a rollout exceeded its progress deadline',
  WB0406: 'pods are in ambient mode',
  WB0501: 'no route can be shifted',
  WB0502: 'several VirtualServices can be shifted',
  WB0503: 'a destination names a port that its Service does not have',
  WB0504: 'a port declared for another protocol carries an HTTP route',
  WB0505: 'the gateway retries, which hides failures',
  WB0506: 'an owner puts weights back',
  WB0601: 'Istio is not installed',
  WB0602: 'no istiod is seen',
  WB0603: 'istiod is not ready: weights are accepted and traffic does not follow',
  WB0604: 'an istiod pod of several is not ready',
  WB0605: 'no gateway pod is ready',
  WB0606: 'a gateway pod of several is not ready',
  WB0607: 'the gateway has one replica',
  WB0608: 'a proxy is of another release than istiod',
  WB0701: 'no way to the gateway works',
  WB0702: 'something other than a gateway answers at its address',
} as const satisfies Readonly<Record<string, string>>;

export type FindingCode = keyof typeof FINDING_CODES;

/** The codes as the README's table. */
export function findingCodesAsMarkdown(): string {
  const rows = Object.entries(FINDING_CODES).map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return ['| code | means |', '|---|---|', ...rows].join('\n');
}

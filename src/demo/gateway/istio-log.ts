/** A time as Istio's programs write it. */
function logTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 23)}000Z`;
}

/** A line of istiod's or of the gateway's agent. */
export function istioLine(
  atMs: number,
  level: 'info' | 'warn' | 'warning',
  scope: string,
  message: string,
): string {
  return `${logTime(atMs)}\t${level}${scope === '' ? '' : `\t${scope}`}\t${message}`;
}

/** What istiod writes when it starts. */
export function istiodStartLines(atMs: number): readonly string[] {
  const info = (scope: string, message: string) => istioLine(atMs, 'info', scope, message);
  return [
    info('', 'initializing Istiod admin server'),
    info('', 'starting HTTP service at [::]:8080'),
    info('klog', 'successfully acquired lease istio-system/istio-leader'),
    info('ads', 'All caches have been synced up in 512.204ms, marking server ready'),
    info('', 'starting secure gRPC discovery service at [::]:15012'),
    info('ads', 'ADS: new connection for node:istio-ingressgateway'),
  ];
}

/** What the gateway's agent writes when Envoy starts. */
export function proxyStartLines(atMs: number): readonly string[] {
  const info = (scope: string, message: string) => istioLine(atMs, 'info', scope, message);
  return [
    info('', 'Istio DNS proxy is disabled'),
    info(
      'xdsproxy',
      'Initializing with upstream address "istiod.istio-system.svc:15012" and cluster "Kubernetes"',
    ),
    info('xdsproxy', 'connected to delta upstream XDS server: istiod.istio-system.svc:15012'),
    info('', 'Readiness succeeded in 912.3ms'),
    info('', 'Envoy proxy is ready'),
  ];
}

/** A change that istiod waited for to settle. */
export type ConfigChange = { readonly kind: string; readonly namespace: string; readonly name: string };

/** A push, as istiod tells of it. */
export type Push = {
  readonly atMs: number;
  /** Counts the pushes from 1 on. */
  readonly serial: number;
  /** Not empty. */
  readonly changes: readonly ConfigChange[];
  readonly sinceLastChangeMs: number;
  readonly sinceLastPushMs: number;
  readonly services: number;
  /** The names of the gateway's pods. */
  readonly proxies: readonly string[];
};

function duration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${milliseconds.toFixed(6)}ms` : `${(milliseconds / 1_000).toFixed(9)}s`;
}

/** What istiod writes when it pushes. */
export function pushLines(push: Push): readonly string[] {
  const { atMs, serial, changes, services, proxies } = push;
  const [first] = changes;
  const named = first === undefined ? '' : `${first.kind}/${first.namespace}/${first.name}`;
  const more = changes.length > 1 ? ` and ${changes.length - 1} more configs` : '';
  const times = `${duration(push.sinceLastChangeMs)} since last change, ${duration(push.sinceLastPushMs)} since last push`;
  const version = `${new Date(atMs).toISOString().slice(0, 19)}Z/${serial}`;
  const info = (scope: string, message: string) => istioLine(atMs, 'info', scope, message);
  return [
    info(
      'ads',
      `Push debounce stable[${serial}] ${changes.length} for config ${named}${more}: ${times}, forced=false`,
    ),
    info('ads', `XDS: Pushing Services:${services} ConnectedEndpoints:${proxies.length} Version:${version}`),
    ...(changes.every(({ kind }) => kind === 'Endpoints') ? [] : proxies).map(name =>
      info('delta', `RDS: PUSH for node:${name}.istio-system resources:1 removed:0 size:496B cached:0/0`),
    ),
  ];
}

/** What istiod writes when a gateway refuses its routes. */
export function refusalLine(atMs: number, proxy: string, why: string): string {
  return istioLine(atMs, 'warn', 'delta', `ADS:RDS: ACK ERROR ${proxy}.istio-system-1 Internal:${why}`);
}

/** What the gateway writes when it refuses routes. */
export function rejectedLine(atMs: number, why: string): string {
  const type = 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration';
  return istioLine(atMs, 'warning', 'envoy config', `delta config for ${type} rejected: ${why}`);
}

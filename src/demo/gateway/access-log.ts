/** How a request ended that the gateway took, as Envoy's access log has it. */
export type AccessEntry = {
  readonly startMs: number;
  readonly method: string;
  /** As the client asked for it, with the query. */
  readonly path: string;
  readonly httpVersion: string;
  /** 0 when the client went away before it was answered. */
  readonly code: number;
  /** Envoy's short words for what went wrong, such as `UF,URX`; empty when nothing did. */
  readonly flags: string;
  readonly details: string;
  readonly transportFailure: string | undefined;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly durationMs: number;
  /** Milliseconds until the application answered; absent when none did. */
  readonly serviceTimeMs: number | undefined;
  readonly forwardedFor: string;
  readonly userAgent: string | undefined;
  readonly requestId: string;
  readonly authority: string;
  /** The pod's address, the last one that was tried. */
  readonly upstreamHost: string | undefined;
  readonly upstreamLocal: string | undefined;
  readonly cluster: string | undefined;
  readonly downstreamLocal: string;
  readonly downstreamRemote: string;
  readonly routeName: string | undefined;
};

/** One line in the format that Istio configures by default. */
export function accessLogLine(entry: AccessEntry): string {
  const { method, path, httpVersion, code, details, cluster = '-' } = entry;
  const request = `"${method} ${path} HTTP/${httpVersion}"`;
  const outcome = `${code} ${entry.flags || '-'} ${details} - "${entry.transportFailure ?? '-'}"`;
  const sizes = `${entry.bytesReceived} ${entry.bytesSent} ${Math.round(entry.durationMs)} ${entry.serviceTimeMs ?? '-'}`;
  const client = `"${entry.forwardedFor}" "${entry.userAgent ?? '-'}" "${entry.requestId}" "${entry.authority}"`;
  const upstream = `"${entry.upstreamHost ?? '-'}" ${cluster} ${entry.upstreamLocal ?? '-'}`;
  const downstream = `${entry.downstreamLocal} ${entry.downstreamRemote} - ${entry.routeName || '-'}`;
  const start = new Date(entry.startMs).toISOString();
  return `[${start}] ${request} ${outcome} ${sizes} ${client} ${upstream} ${downstream}`;
}

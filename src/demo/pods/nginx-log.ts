const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time as nginx writes it in its error log: `2026/11/23 07:40:04`. */
function errorLogTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/');
}

function accessLogTime(atMs: number): string {
  const [year, month, day] = new Date(atMs).toISOString().slice(0, 10).split('-');
  const time = new Date(atMs).toISOString().slice(11, 19);
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}

/** The second that was written last, which under load is the one that is written next. */
let lastSecond = { epoch: Number.NaN, text: '' };

function cachedAccessLogTime(atMs: number): string {
  const epoch = Math.trunc(atMs / 1_000);
  if (epoch !== lastSecond.epoch) lastSecond = { epoch, text: accessLogTime(atMs) };
  return lastSecond.text;
}

/** A request that nginx has answered. Headers that it did not have are absent. */
export type ServedRequest = {
  readonly atMs: number;
  readonly remoteAddress: string;
  /** Such as `GET / HTTP/1.1`. */
  readonly requestLine: string;
  readonly code: number;
  readonly bodyBytes: number;
  readonly referer: string | undefined;
  readonly userAgent: string | undefined;
  readonly forwardedFor: string | undefined;
};

/** nginx's access log line in the format `main` of its image. */
export function accessLine(served: ServedRequest): string {
  const { atMs, remoteAddress, requestLine, code, bodyBytes } = served;
  const { referer = '-', userAgent = '-', forwardedFor = '-' } = served;
  return `${remoteAddress} - - [${cachedAccessLogTime(atMs)}] "${requestLine}" ${code} ${bodyBytes} "${referer}" "${userAgent}" "${forwardedFor}"`;
}

const ENTRYPOINT = '/docker-entrypoint.sh';

const ENTRYPOINT_LINES: readonly string[] = [
  `${ENTRYPOINT}: /docker-entrypoint.d/ is not empty, will attempt to perform configuration`,
  `${ENTRYPOINT}: Looking for shell scripts in /docker-entrypoint.d/`,
  `${ENTRYPOINT}: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh`,
  '10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf',
  `${ENTRYPOINT}: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh`,
  `${ENTRYPOINT}: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh`,
  `${ENTRYPOINT}: Launching /docker-entrypoint.d/30-tune-worker-processes.sh`,
  `${ENTRYPOINT}: Configuration complete; ready for start up`,
];

/** What the image's entry point says before it starts nginx. */
export function entrypointLines(): readonly string[] {
  return ENTRYPOINT_LINES;
}

const NOTICES: readonly string[] = [
  'using the "epoll" event method',
  'nginx/1.29.1',
  'OS: Linux 6.6.95',
  'start worker processes',
  'start worker process 29',
];

/** What nginx writes when it starts. */
export function startLines(atMs: number): readonly string[] {
  const time = errorLogTime(atMs);
  return [...ENTRYPOINT_LINES, ...NOTICES.map(notice => `${time} [notice] 1#1: ${notice}`)];
}

/** What it writes when SIGTERM ends it. */
export function stopLines(atMs: number): readonly string[] {
  const time = errorLogTime(atMs);
  return [`${time} [notice] 1#1: signal 15 (SIGTERM) received, exiting`, `${time} [notice] 1#1: exit`];
}

/** What it writes when its configuration is broken and it ends with exit code 1. */
export function crashLines(atMs: number): readonly string[] {
  const why = 'unknown directive "proxy_passs" in /etc/nginx/conf.d/default.conf:8';
  return [`${errorLogTime(atMs)} [emerg] 1#1: ${why}`, `nginx: [emerg] ${why}`];
}

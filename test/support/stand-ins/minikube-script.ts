/** What a stand-in for minikube answers where no cluster is to be made: a shell script, which starts in no time. */
export type MinikubeScript = {
  readonly version?: string;
  readonly profiles?: readonly object[];
  /** What `minikube start` writes to stdout, line by line; an object is a CloudEvent as minikube's. */
  readonly start?: readonly (string | MinikubeEvent)[];
  readonly stderr?: string;
  /** Its exit code, or what it does in the place of ending. */
  readonly end?: number | 'kills itself' | 'hangs';
};

/** The last part of its type, and its data. */
export type MinikubeEvent = readonly [type: string, data: Readonly<Record<string, string>>];

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export function eventLine([type, data]: MinikubeEvent): string {
  return JSON.stringify({
    specversion: '1.0',
    id: '9addf234-3746-4a1f-ad3f-8f4b2c5bcd9c',
    source: 'https://minikube.sigs.k8s.io/',
    type: `io.k8s.sigs.minikube.${type}`,
    datacontenttype: 'application/json',
    data,
  });
}

/** A step as minikube 1.38.1 says it, of 19. */
export const stepEvent = (current: number, name: string, message: string): MinikubeEvent => [
  'step',
  { currentstep: String(current), message: `${message}\n`, name, totalsteps: '19' },
];

/** An error as it ends with one. */
export const errorEvent = (
  name: string,
  exitcode: number,
  message: string,
  advice = '',
  url = '',
): MinikubeEvent => ['error', { advice, exitcode: String(exitcode), issues: '', message, name, url }];

export function minikubeScript({
  version = 'v1.38.1',
  profiles = [],
  start = [],
  stderr = '',
  end = 0,
}: MinikubeScript): string {
  const says = (text: string) => `printf '%s\\n' ${quoted(text)}`;
  const ends = { 'kills itself': 'kill -9 $$', hangs: 'sleep 600' };
  return `#!/bin/sh
PATH=/bin:/usr/bin
case "$1" in
version) ${says(JSON.stringify({ commit: 'abc', minikubeVersion: version }))} ;;
profile) ${says(JSON.stringify({ invalid: [], valid: profiles }))} ;;
*)
${start.map(line => says(typeof line === 'string' ? line : eventLine(line))).join('\n') || ':'}
${stderr === '' ? ':' : `${says(stderr)} >&2`}
${typeof end === 'number' ? `exit ${end}` : ends[end]} ;;
esac
`;
}

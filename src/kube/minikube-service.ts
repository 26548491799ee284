import type { Clock } from '../clock.ts';
import { plainText } from '../plain-text.ts';
import { type ChildEnd, runChild } from '../run-child.ts';
import type { Reach } from './gateway-ways.ts';

/** A `minikube service --url` that runs, or why there is none. */
export type MinikubeService =
  | {
      readonly ok: true;
      /** Scheme, host and port at which the Service's port answers, while the child lives. */
      readonly url: string;
      readonly isAlive: () => boolean;
      /** Ends the child, first as ctrl-C does, so that it takes its tunnels with it. Resolves when it is gone. */
      readonly stop: () => Promise<void>;
    }
  | { readonly ok: false; readonly reason: string };

const KILL_AFTER_MS = 1_000;

/**
 * Starts `minikube service --url` and waits for the line of the wanted port. Where the driver needs a tunnel it stays and holds
 * the tunnel open; elsewhere it prints addresses and ends, which is as good. Never rejects; the child ends with this process.
 *
 * @param deadlineMs until the lines are there; minikube waits for the Service itself, and a second for its tunnel.
 */
export async function startMinikubeService(
  { profile, namespace, service, line, scheme }: Extract<Reach, { kind: 'minikube-service' }>,
  deadlineMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<MinikubeService> {
  const life = new AbortController();
  const { promise, resolve } = Promise.withResolvers<{ url: string } | { reason: string }>();
  const giveUp = () => resolve({ reason: 'minikube printed no URL in time' });
  const cancelDeadline = clock.after(deadlineMs, giveUp);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  const printed: string[] = [];
  const command = {
    file: 'minikube',
    args: ['service', service, '--url', '-n', namespace, '-p', profile],
    env: { ...process.env, MINIKUBE_IN_STYLE: 'false' },
  };
  let end: ChildEnd | undefined;
  const ended = runChild(command, life.signal, {
    graceMs: KILL_AFTER_MS,
    asksWith: 'SIGINT',
    onLines: lines => {
      printed.push(...lines.filter(({ from }) => from === 'stdout').map(({ text }) => text));
      const url = originAt(printed, line, scheme);
      if (url !== undefined) resolve({ url });
    },
  }).then(how => {
    end = how;
    resolve({ reason: minikubeProblem(how) });
  });
  const stop = async () => {
    life.abort();
    await ended;
  };
  const seen = await promise;
  cancelDeadline();
  signal.removeEventListener('abort', giveUp);
  if ('reason' in seen || signal.aborted) {
    await stop();
    return { ok: false, reason: 'reason' in seen ? seen.reason : 'stopped' };
  }
  // One that ended otherwise than in order has taken with it what it held open.
  const isAlive = () => end === undefined || (end.kind === 'ended' && end.exit === '0');
  return { ok: true, url: seen.url, isAlive, stop };
}

/** The address on the n-th of the lines that are URLs. */
export function originAt(lines: readonly string[], index: number, scheme: string): string | undefined {
  const urls = lines.map(text => text.trim()).filter(text => /^https?:\/\//.test(text) && URL.canParse(text));
  const url = urls[index];
  return url === undefined ? undefined : new URL(url.replace(/^https?/, scheme)).origin;
}

/** Why minikube did not help, by how it ended and what it wrote to stderr. */
export function minikubeProblem(end: ChildEnd): string {
  if (end.kind === 'not-started') {
    return end.code === 'ENOENT'
      ? 'minikube is not on the PATH'
      : `minikube could not be started: ${plainText(end.code, 120)}`;
  }
  const lines = end.words.split('\n').map(text => plainText(text, 160).trim());
  const fatal = lines.find(text => text.includes('Exiting due to'));
  const said = fatal ?? lines.findLast(text => text !== '') ?? 'it ended and said nothing';
  return `minikube: ${said.replace(/^.*Exiting due to /, '')}`;
}

import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../clock.ts';
import { plainText } from '../plain-text.ts';
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
const MOST_ERROR_CHARACTERS = 4_000;

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
  const child = spawn('minikube', ['service', service, '--url', '-n', namespace, '-p', profile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that the tunnels that it starts can be ended with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: { ...process.env, MINIKUBE_IN_STYLE: 'false' },
  });
  const end = ender(child, clock);
  let printed = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-MOST_ERROR_CHARACTERS);
  });
  const { promise, resolve } = Promise.withResolvers<{ url: string } | { reason: string }>();
  const giveUp = () => resolve({ reason: 'minikube printed no URL in time' });
  const cancelDeadline = clock.after(deadlineMs, giveUp);
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
    const url = originOnLine(printed, line, scheme);
    if (url !== undefined) resolve({ url });
  });
  child.once('error', error => resolve({ reason: minikubeProblem(error, '') }));
  child.once('close', () => {
    const url = originOnLine(`${printed}\n`, line, scheme);
    resolve(url === undefined ? { reason: minikubeProblem(undefined, errors) } : { url });
  });
  const seen = await promise;
  cancelDeadline();
  signal.removeEventListener('abort', giveUp);
  if ('reason' in seen || signal.aborted) {
    await end.stop();
    return { ok: false, reason: 'reason' in seen ? seen.reason : 'stopped' };
  }
  return { ok: true, url: seen.url, isAlive: () => !end.hasFailed(), stop: end.stop };
}

/** The address on the n-th line that is a URL. A line counts once it is whole. */
export function originOnLine(printed: string, line: number, scheme: string): string | undefined {
  const whole = printed.split('\n').slice(0, -1);
  const urls = whole.map(text => text.trim()).filter(text => /^https?:\/\//.test(text) && URL.canParse(text));
  const url = urls[line];
  return url === undefined ? undefined : new URL(url.replace(/^https?/, scheme)).origin;
}

/** Why minikube did not help, by what it wrote to stderr. */
export function minikubeProblem(error: Error | undefined, stderr: string): string {
  if (error && 'code' in error && error.code === 'ENOENT') return 'minikube is not on the PATH';
  if (error) return `minikube could not be started: ${plainText(error.message, 120)}`;
  const lines = stderr.split('\n').map(text => plainText(text, 160).trim());
  const fatal = lines.find(text => text.includes('Exiting due to'));
  const said = fatal ?? lines.findLast(text => text !== '') ?? 'it ended and said nothing';
  return `minikube: ${said.replace(/^.*Exiting due to /, '')}`;
}

function ender(child: ChildProcess, clock: Clock) {
  let exitCode: number | null | undefined;
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const kill = (signal: NodeJS.Signals) => {
    const { pid } = child;
    if (pid === undefined || exitCode !== undefined) return;
    try {
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // It ended by itself in the meantime.
    }
  };
  const killNow = () => kill('SIGKILL');
  process.once('exit', killNow);
  const end = (code: number | null) => {
    exitCode = code;
    process.off('exit', killNow);
    resolve();
  };
  child.once('exit', end);
  child.once('error', () => end(null));
  return {
    /** Whether it ended otherwise than in order: then what it held open is gone. */
    hasFailed: () => exitCode !== undefined && exitCode !== 0,
    stop: async () => {
      kill('SIGINT');
      const cancel = clock.after(KILL_AFTER_MS, killNow);
      await gone;
      cancel();
    },
  };
}

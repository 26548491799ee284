import { type Clock, pause } from '../clock.ts';
import { onceSent } from '../session/leave.ts';
import { withNotice } from '../session/notices.ts';
import type { AppStore } from '../session/store.ts';
import type { Screen } from './io.ts';

/** The process, as far as suspending it goes. */
export type JobControl = {
  readonly platform: NodeJS.Platform;
  /** Hears of a signal until the returned function is called; meanwhile the signal does nothing else. */
  readonly on: (signal: 'SIGTSTP' | 'SIGCONT', listener: () => void) => () => void;
  /** Sends a signal to this process or to all of its group, such as npm in front of it. */
  readonly send: (signal: 'SIGTSTP' | 'SIGWINCH', to: 'process' | 'group') => void;
};

/** Far longer than it takes a process to stop. */
const STOPPING_MS = 500;
const WINDOWS_WORDS = 'Windows suspends no program: open another terminal beside this one';
const NO_SHELL_WORDS = 'there is no shell here that could bring weighbridge back: it stays';

/**
 * Suspends the program when the person asks, as ctrl-z does to one that reads lines: weights under way are sent, the terminal is
 * given back, and the process group stops. Once it is continued the screen comes back, in the size that the terminal has then.
 * Returns a function that stops it.
 */
export function followSuspensions(
  store: AppStore,
  screen: Screen,
  clock: Clock,
  job: JobControl,
): () => void {
  const notice = (level: 'info' | 'warning', text: string) =>
    store.setState(state => withNotice(state, level, text, clock.now()), true);
  const ask = () => store.setState(state => ({ ...state, ui: { ...state.ui, isSuspending: true } }));
  let isAway = false;
  let ignoreStops = () => {};
  const listen = () => {
    ignoreStops = job.platform === 'win32' ? () => {} : job.on('SIGTSTP', ask);
  };

  const awayFromTerminal = async (away: () => Promise<void>) => {
    isAway = true;
    await screen.suspend(away);
    isAway = false;
  };

  const suspend = async () => {
    const stoppedAtMs = clock.now();
    let wasStopped = false;
    await awayFromTerminal(async () => {
      ignoreStops();
      wasStopped = await stopped(job, clock);
      listen();
      // While it was stopped, nobody told this process of another size.
      job.send('SIGWINCH', 'process');
    });
    if (!wasStopped) return notice('warning', NO_SHELL_WORDS);
    const seconds = Math.round((clock.now() - stoppedAtMs) / 1000);
    notice('info', `suspended for ${seconds} s: nothing was watched or sampled meanwhile`);
  };

  listen();
  // Whoever stopped it otherwise, as by SIGSTOP, has left the terminal in another state.
  const ignoreContinues =
    job.platform === 'win32'
      ? () => {}
      : job.on('SIGCONT', () => {
          if (isAway) return;
          job.send('SIGWINCH', 'process');
          void awayFromTerminal(async () => undefined);
        });
  const stopWaiting = onceSent(
    store,
    clock,
    ({ ui, run }) => ui.isSuspending && run.kind === 'running',
    () => {
      store.setState(state => ({ ...state, ui: { ...state.ui, isSuspending: false } }));
      if (job.platform === 'win32') notice('warning', WINDOWS_WORDS);
      // Not in the middle of the key that asked for it, which is still being drawn.
      else queueMicrotask(() => void suspend());
    },
  );
  return () => {
    stopWaiting();
    ignoreStops();
    ignoreContinues();
  };
}

/** Stops the process group. Resolves once it was continued; with false where nobody could have continued it, so it did not stop. */
async function stopped(job: JobControl, clock: Clock): Promise<boolean> {
  const limit = new AbortController();
  let wasContinued = false;
  const forget = job.on('SIGCONT', () => {
    wasContinued = true;
    limit.abort();
  });
  job.send('SIGTSTP', 'group');
  await pause(clock, STOPPING_MS, limit.signal);
  forget();
  return wasContinued;
}

export const ownProcess: JobControl = {
  platform: process.platform,
  on: (signal, listener) => {
    process.on(signal, listener);
    return () => process.off(signal, listener);
  },
  send: (signal, to) => {
    process.kill(to === 'group' ? 0 : process.pid, signal);
  },
};

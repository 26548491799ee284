import type { Clock } from '../clock.ts';
import { type ChildLine, runChild } from '../run-child.ts';
import type { ProgramEnd } from '../tutorial/program-end.ts';

/** What a step of the tutorial may do on this computer, beside what it does in a cluster. */
export type TutorialMachine = {
  /** Runs a program to its end, with the environment of the person. Never rejects. */
  readonly run: RunProgram;
  /** Why nothing may be changed, asked before each program that changes anything; undefined where it may. */
  readonly refusal: (what: 'machine' | 'cluster') => string | undefined;
  /** The kubeconfig's current context as it is now; empty where there is none. */
  readonly currentContext: () => string;
  /** Goes on in the cluster of that context: the facts are of it from now on. */
  readonly follow: (context: string) => Promise<void>;
};

export type RunProgram = (
  command: readonly string[],
  onLines: (lines: readonly ChildLine[]) => void,
  signal: AbortSignal,
) => Promise<ProgramEnd>;

/** A program that is asked to end tidies up: minikube and istioctl leave a cluster half made less often. */
const GRACE_MS = 5_000;
/** minikube and istioctl wait for six minutes at most without a word. */
export const QUIET_MS = 600_000;

/** Runs programs with this environment; one that says nothing for `quietMs` has hung, and is ended. */
export function programRunner(
  env: NodeJS.ProcessEnv,
  clock: Clock,
  quietMs: number = QUIET_MS,
  graceMs: number = GRACE_MS,
): RunProgram {
  return async ([file = '', ...args], onLines, signal) => {
    const hung = new AbortController();
    let cancel = () => {};
    const heard = () => {
      cancel();
      cancel = clock.after(quietMs, () => hung.abort());
    };
    heard();
    const end = await runChild({ file, args, env }, AbortSignal.any([signal, hung.signal]), {
      graceMs,
      onLines: lines => {
        heard();
        onLines(lines);
      },
    });
    cancel();
    const isHung = hung.signal.aborted && !signal.aborted && end.kind === 'killed';
    return isHung ? { kind: 'quiet', minutes: Math.round(quietMs / 60_000) } : end;
  };
}

import type { ConnectedCluster } from '../kube/connect.ts';
import type { ClusterFlags } from '../kube/kubeconfig.ts';
import { BUG, type Refusal, usageRefusal } from './answer-document.ts';
import { stoppingAtCrash } from './crash.ts';
import type { DemoFlags } from './demo-host.ts';
import { kubeconfigProblem } from './file-error.ts';
import { EXIT, type Io } from './io.ts';
import { terminationSignal } from './signals.ts';

/** What has to be ended when a command is over, the oldest first. */
export type Cleanup = (() => Promise<void>)[];

/** The flags of a command that needs no screen, for its cluster. */
export type HeadlessClusterFlags = ClusterFlags &
  DemoFlags & {
    /** The embedded cluster, in one of its scenarios. */
    readonly demo: boolean;
  };

/**
 * Runs a command that needs no screen until it is done or a signal ends it, and cleans up behind it. Yields the exit code of the
 * work, which has said it in its answer.
 *
 * `signal` is aborted with the exit code of the process's signal, or that of a bug; the work then has to end soon, and may still say
 * what is so. A second signal ends the process at once. Rejects with a `Crash` after a bug that nobody caught.
 */
export async function runHeadless(
  work: (cleanup: Cleanup, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  const termination = terminationSignal();
  const crash = stoppingAtCrash(() => controller.abort(EXIT.bug));
  const cleanup: Cleanup = [];
  void termination.received.then(code => {
    termination.forget();
    controller.abort(code);
  });
  let code: number;
  try {
    code = await work(cleanup, controller.signal);
  } finally {
    // What is still to be kept, as for undo, is kept whatever signal comes now; a second one ends the process all the same.
    for (const step of cleanup.toReversed()) await step();
    termination.forget();
    crash.forget();
  }
  crash.rethrow();
  return code;
}

/** For a command that was ended before it had an answer, and had changed nothing. */
export function stopped(signal: AbortSignal): Refusal {
  const code = signalCode(signal);
  if (code === EXIT.bug) return { ...BUG, code };
  return { headline: 'Stopped by a signal.', nextStep: 'Nothing was changed.', code };
}

/** The exit code that the process ends with, of the signal that was received. */
export function signalCode({ reason }: AbortSignal): number {
  return typeof reason === 'number' ? reason : EXIT.signal;
}

/** Connects to the cluster that the flags mean, or boots the demo cluster; or says why there is none. */
export async function connectHeadless(
  flags: HeadlessClusterFlags,
  verb: string,
  io: Io,
  cleanup: Cleanup,
  refuseWrite: () => string | undefined,
): Promise<ConnectedCluster | Refusal> {
  const [{ connect }, { kubeconfigFiles, isInCluster }] = await Promise.all([
    import('../kube/connect.ts'),
    import('../kube/kubeconfig.ts'),
  ]);
  if (!flags.demo && kubeconfigFiles(flags, io.env).length === 0 && !isInCluster(io.env)) {
    const nextStep = `Name one with --kubeconfig, or try weighbridge ${verb} --demo.`;
    return { headline: 'There is no kubeconfig.', nextStep, code: EXIT.cluster };
  }
  const kubeconfig = flags.demo ? await bootDemo(flags, cleanup) : flags.kubeconfig;
  if (typeof kubeconfig === 'object') return kubeconfig;
  const clusterFlags = flags.demo ? { kubeconfig, namespace: flags.namespace } : flags;
  const connected = connect(clusterFlags, io.env, refuseWrite);
  if (!connected.ok) {
    const { headline, nextStep } = connected.error;
    return { headline, nextStep, code: EXIT.cluster };
  }
  cleanup.push(() => connected.value.api.close());
  return connected.value;
}

async function bootDemo(flags: DemoFlags, cleanup: Cleanup): Promise<string | Refusal> {
  const { hostDemo } = await import('./demo-host.ts');
  try {
    const demo = await hostDemo(flags);
    cleanup.push(demo.stop);
    return demo.kubeconfig;
  } catch (error) {
    return usageRefusal({ problem: kubeconfigProblem(error) });
  }
}

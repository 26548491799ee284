import { pause, systemClock } from '../clock.ts';
import { findingsOf } from '../kube/checks.ts';
import type { ConnectedCluster } from '../kube/connect.ts';
import type { ClusterFlags } from '../kube/kubeconfig.ts';
import { patientApi } from '../kube/patient-api.ts';
import type { VirtualService } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import { type AccessAnswer, accessQuestions } from '../session/access.ts';
import { examine, type Report } from '../session/doctor.ts';
import { tryGateway } from '../session/gateway-check.ts';
import { type AppState, initialState } from '../session/state.ts';
import { type ReportPlace, reportAsJson, reportAsText } from './doctor-report.ts';
import { kubeconfigProblem } from './file-error.ts';
import { EXIT, type Io } from './io.ts';
import { readSamplingFlags, type SamplingFlags } from './sampling-flags.ts';
import { screenSize } from './screen-size.ts';
import { terminationSignal } from './signals.ts';

export type DoctorFlags = ClusterFlags &
  SamplingFlags & {
    readonly virtualService?: string | undefined;
    readonly istioNamespace: string;
    readonly output: 'text' | 'json';
    /** The embedded cluster, in one of its scenarios. */
    readonly demo: boolean;
    readonly seed?: number | undefined;
    readonly scenario?: string | undefined;
    readonly pods?: number | undefined;
  };

/** A demo cluster has just been booted: it is examined once it has said the same for so long, or after so long anyway. */
const SETTLED_MS = 2_500;
const SETTLE_LIMIT_MS = 20_000;
const SETTLE_INTERVAL_MS = 500;

/**
 * `weighbridge doctor`: what keeps requests from following the weights, as text or JSON. Yields 0 where no error was found, 1
 * where one was, and 2 where the cluster does not answer or the person may not do what it takes.
 */
export async function doctor(flags: DoctorFlags, io: Io): Promise<number> {
  const sampling = readSamplingFlags(flags);
  if ('problem' in sampling) return refuse(io, sampling.problem, EXIT.usage);
  const controller = new AbortController();
  const termination = terminationSignal();
  const cleanup: (() => Promise<void>)[] = [];
  const examined = examineCluster(flags, io, sampling, cleanup, controller.signal);
  try {
    return await Promise.race([examined, termination.received]);
  } finally {
    controller.abort();
    termination.forget();
    await examined.catch(() => undefined);
    for (const step of cleanup.toReversed()) await step();
  }
}

function refuse(io: Io, problem: string, code: number): number {
  io.stderr.write(`${problem}\n`);
  return code;
}

async function examineCluster(
  flags: DoctorFlags,
  io: Io,
  sampling: Partial<AppState['traffic']>,
  cleanup: (() => Promise<void>)[],
  signal: AbortSignal,
): Promise<number> {
  const [{ connect }, { kubeconfigFiles, isInCluster }] = await Promise.all([
    import('../kube/connect.ts'),
    import('../kube/kubeconfig.ts'),
  ]);
  if (!flags.demo && kubeconfigFiles(flags, io.env).length === 0 && !isInCluster(io.env)) {
    const problem = 'There is no kubeconfig. Name one with --kubeconfig, or try weighbridge doctor --demo.';
    return refuse(io, problem, EXIT.cluster);
  }
  const kubeconfig = flags.demo ? await bootDemo(flags, cleanup) : flags.kubeconfig;
  if (typeof kubeconfig === 'object') return refuse(io, kubeconfig.problem, EXIT.usage);
  const clusterFlags = flags.demo ? { kubeconfig, namespace: flags.namespace } : flags;
  const connected = connect(clusterFlags, io.env, () => 'doctor writes nothing');
  if (!connected.ok) {
    const { headline, nextStep } = connected.error;
    return refuse(io, `${headline} ${nextStep}`, EXIT.cluster);
  }
  cleanup.push(() => connected.value.api.close());
  const state = stateFor(flags, connected.value, sampling, io);
  const once = () => examineOnce(state, connected.value, signal);
  const report = flags.demo ? await settled(once, signal) : await once();
  // What was cut short is no report.
  if (signal.aborted) return EXIT.done;
  const { context, namespace, isDemo } = state.connection;
  const place: ReportPlace = { context, namespace, isDemo };
  io.stdout.write(
    flags.output === 'json' ? reportAsJson(report, place) : reportAsText(report, place, state.ui.isUnicode),
  );
  return exitCode(report);
}

async function bootDemo(
  flags: DoctorFlags,
  cleanup: (() => Promise<void>)[],
): Promise<string | { readonly problem: string }> {
  const { hostDemo } = await import('./demo-host.ts');
  try {
    const demo = await hostDemo(flags);
    cleanup.push(demo.stop);
    return demo.kubeconfig;
  } catch (error) {
    return { problem: kubeconfigProblem(error) };
  }
}

/** The state that a screen with these flags would begin with: what finds the gateway and asks for rights goes by it. */
function stateFor(
  flags: DoctorFlags,
  { context, namespace, server, isProtected, isUnverified }: ConnectedCluster,
  sampling: Partial<AppState['traffic']>,
  io: Io,
): AppState {
  const state = initialState(systemClock.now(), screenSize(io));
  return {
    ...state,
    connection: {
      context: plainText(context, 120),
      contextName: flags.demo ? '' : context,
      namespace: plainText(namespace, 63),
      server: plainText(server, 200),
      isDemo: flags.demo,
      isProtected,
      isUnverified,
      isReadOnly: true,
      overriddenOwners: [],
      virtualService: flags.virtualService,
      kubeconfig: flags.kubeconfig ?? '',
      istioNamespace: flags.istioNamespace,
    },
    traffic: { ...state.traffic, ...sampling },
  };
}

function examineOnce(state: AppState, cluster: ConnectedCluster, signal: AbortSignal): Promise<Report> {
  const api = patientApi(cluster.api, systemClock);
  const answers = async (chosen: VirtualService | undefined): Promise<readonly AccessAnswer[]> => {
    const target: AppState['target'] = chosen
      ? { kind: 'chosen', namespace: chosen.namespace, name: chosen.name }
      : state.target;
    const questions = accessQuestions({ ...state, target });
    const answered = await Promise.all(
      questions.map(async question => ({ question, answer: await api.canI(question, signal) })),
    );
    return answered.flatMap(({ question, answer }) =>
      answer.ok ? [{ question, isGranted: answer.value }] : [],
    );
  };
  return examine(
    api,
    state.connection,
    {
      answers,
      reachGateway: (virtualService, route, evidence) =>
        tryGateway(state, virtualService, route, evidence, { api, clock: systemClock, signal }),
    },
    signal,
  );
}

/** Examines until nothing changes any more. */
async function settled(once: () => Promise<Report>, signal: AbortSignal): Promise<Report> {
  const startedAt = systemClock.now();
  let report = await once();
  let changedAt = systemClock.now();
  while (
    !signal.aborted &&
    systemClock.now() - changedAt < SETTLED_MS &&
    systemClock.now() - startedAt < SETTLE_LIMIT_MS
  ) {
    await pause(systemClock, SETTLE_INTERVAL_MS, signal);
    const next = await once();
    if (JSON.stringify(next) !== JSON.stringify(report)) changedAt = systemClock.now();
    report = next;
  }
  return report;
}

function exitCode({ isComplete, checks }: Report): number {
  if (!isComplete) return EXIT.cluster;
  return findingsOf(checks).some(({ severity }) => severity === 'error') ? EXIT.found : EXIT.done;
}

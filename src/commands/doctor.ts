import { pause, systemClock } from '../clock.ts';
import { findingsOf } from '../kube/checks.ts';
import type { ConnectedCluster } from '../kube/connect.ts';
import { patientApi } from '../kube/patient-api.ts';
import type { VirtualService } from '../kube/virtual-service.ts';
import { type AccessAnswer, accessQuestions } from '../session/access.ts';
import { examine, type Report } from '../session/doctor.ts';
import { tryGateway } from '../session/gateway-check.ts';
import type { AppState } from '../session/state.ts';
import { type Output, refuse, usageRefusal, writeDocument } from './answer-document.ts';
import { type ReportPlace, reportAsDocument, reportAsText } from './doctor-report.ts';
import {
  type Cleanup,
  connectHeadless,
  type HeadlessClusterFlags,
  runHeadless,
  signalCode,
  stopped,
} from './headless-cluster.ts';
import { headlessState } from './headless-state.ts';
import { EXIT, type Io } from './io.ts';
import { readSamplingFlags, type SamplingFlags } from './sampling-flags.ts';

export type DoctorFlags = HeadlessClusterFlags &
  SamplingFlags & {
    readonly virtualService?: string | undefined;
    readonly istioNamespace: string;
    readonly output: Output;
  };

const VERB = 'doctor';

/** A demo cluster has just been booted: it is examined once it has said the same for so long, or after so long anyway. */
const SETTLED_MS = 2_500;
const SETTLE_LIMIT_MS = 20_000;
const SETTLE_INTERVAL_MS = 500;

/**
 * `weighbridge doctor`: what keeps requests from following the weights. Yields 0 where no error was found, 1
 * where one was, and 2 where the cluster does not answer or the person may not do what it takes.
 */
export async function doctor(flags: DoctorFlags, io: Io): Promise<number> {
  const sampling = readSamplingFlags(flags);
  if ('problem' in sampling) return refuse(io, VERB, flags.output, EXIT.usage, usageRefusal(sampling));
  return runHeadless((cleanup, signal) => examineCluster(flags, io, sampling, cleanup, signal));
}

async function examineCluster(
  flags: DoctorFlags,
  io: Io,
  sampling: Partial<AppState['traffic']>,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<number> {
  const { output } = flags;
  const connected = await connectHeadless(flags, VERB, io, cleanup, () => 'doctor writes nothing');
  if ('headline' in connected) return refuse(io, VERB, output, connected.code, connected);
  const state = headlessState(flags, connected, sampling, io);
  const once = () => examineOnce(state, connected, signal);
  const report = flags.demo ? await settled(once, signal) : await once();
  // What was cut short is no report.
  if (signal.aborted) return refuse(io, VERB, output, signalCode(signal), stopped(signal));
  const { context, namespace, isDemo } = state.connection;
  const place: ReportPlace = { context, namespace, isDemo };
  if (output === 'text') io.stdout.write(reportAsText(report, place, state.ui.isUnicode));
  else await writeDocument(io, output, reportAsDocument(report, place));
  return exitCode(report);
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

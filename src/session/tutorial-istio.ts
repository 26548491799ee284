import { pause } from '../clock.ts';
import type { Collection } from '../kube/cluster-api.ts';
import { type ListWatchReport, listAndWatch } from '../kube/list-watch.ts';
import { type KubeObject, readMetadata } from '../kube/metadata.ts';
import { type Pod, readPod } from '../kube/pod.ts';
import { Suspicion } from '../kube/suspicion.ts';
import type { AnsweringCluster } from '../tutorial/facts.ts';
import { nodePortChange } from '../tutorial/istio.ts';
import { DEMO_PROFILE, istioProgress } from '../tutorial/istio-progress.ts';
import { istioctlFailure } from '../tutorial/istioctl-failure.ts';
import { isPassed, type Step } from '../tutorial/step.ts';
import type { RunFailure } from '../tutorial/step-run.ts';
import {
  missingWords,
  refusedCommand,
  stepOf,
  type TutorialParts,
  type TutorialReach,
  tell,
  whyNotDone,
} from './tutorial-parts.ts';

/** How often the cluster is looked at. */
const LOOK_MS = 1_000;
/** What stands in the way for that share of the time that pods are given is not about to go by itself. */
const PATIENCE = 0.2;

/**
 * Installs Istio where there is none, or goes on where that was broken off; then waits for its pods. What they do is shown as they
 * do it, whoever made them.
 */
export async function runIstio(parts: TutorialParts): Promise<RunFailure | undefined> {
  const { cluster, ...facts } = await parts.facts();
  const step = stepOf({ ...facts, cluster }, 'istio');
  if (isPassed(step)) return undefined;
  const reach = parts.reach();
  if (cluster.kind === 'none' || !reach || step.progress.kind !== 'to-do') return whyNotDone(step);
  const stopped = new AbortController();
  const expected = step.runs.length > 0 ? DEMO_PROFILE : [];
  const watching = showPods(reach, cluster, expected, parts, AbortSignal.any([parts.signal, stopped.signal]));
  const failure = (await install(step, parts)) ?? (await untilReady(expected, parts));
  stopped.abort();
  await watching;
  return failure;
}

async function install(step: Step, parts: TutorialParts): Promise<RunFailure | undefined> {
  const [action] = step.runs;
  if (!action) return undefined;
  const { machine } = parts;
  if (!machine || action.kind !== 'command') return whyNotDone(step);
  const { command } = action;
  const refused = refusedCommand(command, machine.refusal('cluster'));
  if (refused) return refused;
  parts.report({ kind: 'command', command });
  const end = await machine.run(command, lines => parts.report({ kind: 'lines', lines }), parts.signal);
  const isDone = end.kind === 'ended' && end.exit === '0';
  return isDone ? undefined : istioctlFailure(end, stepOf(await parts.facts(), 'istio').troubles);
}

async function untilReady(
  expected: readonly string[],
  parts: TutorialParts,
): Promise<RunFailure | undefined> {
  const { clock, signal, rolloutMs } = parts;
  const untilMs = clock.now() + rolloutMs;
  let told = '';
  let troubledSinceMs: number | undefined;
  for (;;) {
    const facts = await parts.facts();
    const step = stepOf(facts, 'istio');
    const [trouble] = step.troubles;
    const now = clock.now();
    if (isPassed(step)) {
      // What was watched may come a moment later than what was read.
      const pods = (facts.cluster.kind === 'answers' && facts.cluster.istioPods) || [];
      parts.report({ kind: 'progress', progress: istioProgress(pods, expected) });
      return undefined;
    }
    troubledSinceMs = trouble ? (troubledSinceMs ?? now) : undefined;
    const isHopeless = troubledSinceMs !== undefined && now - troubledSinceMs > PATIENCE * rolloutMs;
    if (signal.aborted || now > untilMs || isHopeless || trouble?.id === 'no-ingress-gateway') {
      return whyNotDone(step);
    }
    const words = trouble ? trouble.sentence : `waiting: ${missingWords(step.progress)}`;
    if (words !== told) tell(parts, words);
    told = words;
    await pause(clock, LOOK_MS, signal);
  }
}

/** Reports what Istio's pods do, each time that it is something else, until `signal` is aborted. */
async function showPods(
  { api }: TutorialReach,
  { place }: AnsweringCluster,
  expected: readonly string[],
  { clock, report }: TutorialParts,
  signal: AbortSignal,
): Promise<void> {
  const collection: Collection = {
    group: '',
    version: 'v1',
    plural: 'pods',
    namespace: place.istioNamespace,
  };
  const pods = new Map<string, Pod>();
  let shown = '';
  const take = (change: ListWatchReport) => {
    if (change.kind === 'listed') pods.clear();
    for (const { object, isGone } of changesIn(change)) {
      const { uid } = readMetadata(object);
      if (isGone) pods.delete(uid);
      else pods.set(uid, readPod(object));
    }
    const progress = istioProgress([...pods.values()], expected);
    const text = JSON.stringify(progress);
    if (text === shown || signal.aborted || progress.parts.length === 0) return;
    shown = text;
    report({ kind: 'progress', progress });
  };
  const watchParts = { api, clock, random: Math.random, suspicion: new Suspicion() };
  await listAndWatch(watchParts, collection, take, signal);
}

function changesIn(
  change: ListWatchReport,
): readonly { readonly object: KubeObject; readonly isGone: boolean }[] {
  switch (change.kind) {
    case 'listed':
      return change.objects.map(object => ({ object, isGone: false }));
    case 'changed':
      return change.events.map(({ type, object }) => ({ object, isGone: type === 'DELETED' }));
    default:
      return [];
  }
}

/** Makes a gateway whose load balancer never came a NodePort: only ever when the person has said so to this very question. */
export async function runNodePort(parts: TutorialParts): Promise<RunFailure | undefined> {
  const facts = await parts.facts();
  const change = nodePortChange(facts);
  const reach = parts.reach();
  if (facts.cluster.kind === 'none' || !reach || !change) {
    return { headline: 'There is no gateway whose address is pending.', nextStep: '' };
  }
  const { collection, name, operations } = change;
  const patched = await reach.api.patch(collection, name, operations, parts.signal);
  if (!patched.ok) return patched.error;
  tell(parts, `Service ${name} is a NodePort now`);
  return undefined;
}

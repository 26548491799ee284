import type { Pod } from '../kube/pod.ts';
import type { RunPart, RunProgress } from './step-run.ts';

/** What the demo profile of Istio runs, in the order in which istioctl installs it. */
export const DEMO_PROFILE = ['istiod', 'istio-ingressgateway', 'istio-egressgateway'] as const;

/**
 * How far Istio is, told by its pods themselves.
 *
 * @param expected the names of those that are installed now, by their label `app`; others are shown behind them.
 */
export function istioProgress(pods: readonly Pod[], expected: readonly string[]): RunProgress {
  const running = pods.filter(({ isFinished }) => !isFinished);
  const seen = running.map(appOf).filter(name => !expected.includes(name));
  const names = [...expected, ...[...new Set(seen)].toSorted()];
  const parts = names.map(name =>
    partOf(
      name,
      running.filter(pod => appOf(pod) === name),
    ),
  );
  const ready = parts.filter(({ state }) => state === 'done').length;
  const next = parts.find(({ state }) => state === 'failed') ?? parts.find(({ state }) => state !== 'done');
  return {
    words: next ? `${next.name}: ${next.words}` : 'every pod is ready',
    fraction: parts.length === 0 ? undefined : ready / parts.length,
    parts,
  };
}

function appOf({ labels, name }: Pod): string {
  return labels.app ?? name;
}

function partOf(name: string, pods: readonly Pod[]): RunPart {
  if (pods.some(({ isReady }) => isReady)) return { name, state: 'done', words: 'ready' };
  const [pod] = pods;
  if (!pod) return { name, state: 'waiting', words: 'not there yet' };
  const words = pod.why === '' || pod.why === pod.status ? pod.status : `${pod.status}, ${pod.why}`;
  return { name, state: isStarting(pod) ? 'running' : 'failed', words };
}

/** What every pod goes through; one that is Pending and says why has no node to run on. */
function isStarting({ status, why }: Pod): boolean {
  if (status === 'Pending') return why === '';
  return /^(ContainerCreating|PodInitializing|Running|Init:\d+\/\d+)$/.test(status);
}

import { ageColumn, type Column, column, nameColumn, since, wideColumn } from './column.ts';
import type { Pod } from './core.ts';
import type { ContainerStatus } from './pod-status.ts';

/** Why a container is not running, in one word; `undefined` when nothing says so. */
function troubleOf({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason) return state.waiting.reason;
  const terminated = state?.terminated;
  if (!terminated) return undefined;
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function isRunning({ ready, state }: ContainerStatus): boolean {
  return ready && state?.running !== undefined;
}

/** The pod's phase, or the trouble of the first container that has any. */
function statusOf(pod: Pod): string {
  const { phase = '', reason = '', containerStatuses = [], conditions = [] } = pod.status ?? {};
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  if (pod.metadata.deletionTimestamp !== undefined && !isOver) return 'Terminating';
  const trouble = containerStatuses.map(troubleOf).find(found => found !== undefined);
  const said = trouble ?? (reason || phase);
  if (said !== 'Completed' || !containerStatuses.some(isRunning)) return said;
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
    ? 'Running'
    : 'NotReady';
}

function restartsOf(pod: Pod, nowMs: number): string {
  const statuses = pod.status?.containerStatuses ?? [];
  const restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const last = statuses
    .flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? [])
    .sort()
    .at(-1);
  return restarts === 0 || last === undefined ? `${restarts}` : `${restarts} (${since(last, nowMs)} ago)`;
}

function readyOf({ spec, status }: Pod): string {
  return `${(status?.containerStatuses ?? []).filter(isRunning).length}/${spec.containers?.length ?? 0}`;
}

function gatesOf({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const isTrue = (type: string) =>
    status?.conditions?.some(condition => condition.type === type && condition.status === 'True') ?? false;
  return `${gates.filter(({ conditionType }) => isTrue(conditionType)).length}/${gates.length}`;
}

export const POD_COLUMNS: readonly Column<Pod>[] = [
  nameColumn,
  column('Ready', readyOf, {
    description: 'The aggregate readiness state of this pod for accepting traffic.',
  }),
  column('Status', statusOf, { description: 'The aggregate status of the containers in this pod.' }),
  column('Restarts', restartsOf, {
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
  }),
  ageColumn,
  wideColumn('IP', ({ status }) => status?.podIPs?.[0]?.ip || '<none>'),
  wideColumn('Node', ({ spec }) => spec.nodeName || '<none>'),
  wideColumn('Nominated Node', ({ status }) => status?.nominatedNodeName || '<none>'),
  wideColumn('Readiness Gates', gatesOf),
];

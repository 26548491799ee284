import { plainText } from '../plain-text.ts';
import { type ContainerStatus, containerStatuses } from './container-status.ts';
import { commonFacts, conditionsSection } from './describe-object.ts';
import { type DescribedRow, type DescribedSection, type DescribedStatus, fact } from './described.ts';
import { type JsonObject, listIn, numberIn, objectIn, textIn, timeIn } from './json.ts';
import type { KubeObject } from './metadata.ts';
import { readPod } from './pod.ts';

/** A pod in the words of `kubectl describe pod`: what it is, its containers with their state and why, its conditions. */
export function describePod(object: KubeObject): readonly DescribedSection[] {
  const status = objectIn(object.status);
  const pod = readPod(object);
  const node = textIn(objectIn(object.spec).nodeName) ?? 'none yet';
  const ip = textIn(status.podIP) ?? 'none yet';
  const facts = [
    fact(
      'Status',
      pod.why === '' || pod.why.startsWith(pod.status) ? pod.why || pod.status : `${pod.status}: ${pod.why}`,
      {
        status: statusOfPod(pod.isReady || pod.isFinished, pod.why !== ''),
      },
    ),
    fact('Node', plainText(node, 253)),
    fact('IP', plainText(ip, 60)),
    ...commonFacts(object),
  ];
  return [
    { heading: '', rows: facts, empty: '' },
    containersSection(object),
    conditionsSection(object.status),
  ];
}

function statusOfPod(isWell: boolean, hasWhy: boolean): DescribedStatus {
  if (isWell) return 'well';
  return hasWhy ? 'failing' : 'waiting';
}

/** Init containers first, as they start. */
export function containersSection({ spec, status }: KubeObject): DescribedSection {
  const { initContainers, containers } = objectIn(spec);
  const { initContainerStatuses, containerStatuses: ownStatuses } = objectIn(status);
  const inits = containerRows(
    listIn(initContainers).map(objectIn),
    containerStatuses(initContainerStatuses),
    'init ',
  );
  const own = containerRows(listIn(containers).map(objectIn), containerStatuses(ownStatuses), '');
  return { heading: 'Containers', rows: [...inits, ...own], empty: 'none' };
}

function containerRows(
  containers: readonly JsonObject[],
  statuses: readonly ContainerStatus[],
  prefix: string,
): readonly DescribedRow[] {
  return containers.flatMap(container => {
    const name = textIn(container.name) ?? '';
    const status = statuses.find(candidate => candidate.name === name);
    const image = plainText(textIn(container.image) ?? '', 200);
    return [
      { ...stateRow(status), label: plainText(`${prefix}${name}`, 80) },
      fact('Image', image, { isBelow: true }),
      ...(status ? historyRows(status) : []),
    ];
  });
}

/** `State` of `kubectl describe`. */
function stateRow(status: ContainerStatus | undefined): DescribedRow {
  if (!status) return fact('', 'Waiting', { status: 'waiting' });
  const { waiting, terminated, ready, isRunning, runningSinceMs } = status;
  if (waiting) {
    const reason = textIn(waiting.reason) ?? '';
    const message = textIn(waiting.message) ?? '';
    const words = [reason, message].filter(text => text !== '').join(': ');
    const isStarting = reason === 'ContainerCreating' || reason === 'PodInitializing';
    return fact('', plainText(words === '' ? 'Waiting' : `Waiting: ${words}`, 300), {
      status: isStarting ? 'waiting' : 'failing',
    });
  }
  if (terminated) {
    return { ...endRow('', terminated), status: numberIn(terminated.exitCode) === 0 ? 'well' : 'failing' };
  }
  if (!isRunning) return fact('', 'Waiting', { status: 'waiting' });
  const sinceMs = runningSinceMs === undefined ? {} : { sinceMs: runningSinceMs };
  return fact('', ready ? 'Running' : 'Running, not ready', {
    status: ready ? 'well' : 'warning',
    ...sinceMs,
  });
}

function historyRows({ restarts, lastTerminated }: ContainerStatus): readonly DescribedRow[] {
  if (restarts === 0 && !lastTerminated) return [];
  return [
    fact('Restart Count', String(restarts), { isBelow: true }),
    ...(lastTerminated ? [{ ...endRow('Last State', lastTerminated), isBelow: true }] : []),
  ];
}

/** `Terminated: OOMKilled, exit code 137`, and when. */
function endRow(label: string, ended: JsonObject): DescribedRow {
  const code = numberIn(ended.exitCode);
  const message = textIn(ended.message) ?? '';
  const words = [textIn(ended.reason) ?? '', code === undefined ? '' : `exit code ${code}`, message].filter(
    text => text !== '',
  );
  const finishedAtMs = timeIn(ended.finishedAt);
  return fact(label, plainText(`Terminated: ${words.join(', ')}`, 300), {
    ...(finishedAtMs === undefined ? {} : { sinceMs: finishedAtMs }),
  });
}

/** The container whose log tells most: the first that is not ready, else the one that kubectl takes. */
export function tellingContainer(object: KubeObject): string | undefined {
  const spec = objectIn(object.spec);
  const status = objectIn(object.status);
  const names = listIn(spec.containers).map(container => textIn(objectIn(container).name) ?? '');
  const statuses = [
    ...containerStatuses(status.initContainerStatuses).filter(
      ({ terminated }) => numberIn(terminated?.exitCode) !== 0,
    ),
    ...containerStatuses(status.containerStatuses),
  ];
  const hasBegun = ({ restarts, isRunning, terminated }: ContainerStatus) =>
    restarts > 0 || isRunning || terminated !== undefined;
  const troubled = statuses.find(container => !container.ready && hasBegun(container));
  const usual = textIn(
    objectIn(objectIn(object.metadata).annotations)['kubectl.kubernetes.io/default-container'],
  );
  return troubled?.name ?? (usual !== undefined && names.includes(usual) ? usual : names[0]);
}

import { plainText } from '../plain-text.ts';
import { type ContainerStatus, containerStatuses } from './container-status.ts';
import type { WarningEvent } from './event.ts';
import { type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, readConditions } from './metadata.ts';
import { containerWords } from './pod-columns.ts';
import { unschedulableWords } from './unschedulable.ts';

/** Why a pod is not well, from its status alone; empty when there is nothing to say. */
export function whyNotWell(object: KubeObject): string {
  return plainText(reasonNotWell(objectIn(object.spec), objectIn(object.status)), 300);
}

function reasonNotWell(spec: JsonObject, status: JsonObject): string {
  const unscheduled = readConditions(status).find(({ type, isTrue }) => type === 'PodScheduled' && !isTrue);
  if (unscheduled?.message) return unschedulableWords(unscheduled.message, spec);
  const troubled = [
    ...containerStatuses(status.initContainerStatuses),
    ...containerStatuses(status.containerStatuses),
  ].map(container => containerTrouble(container, spec));
  const first = troubled.find(words => words !== '');
  if (first) return first;
  // A pod that was evicted or lost its node says so in these two, beside containers that ended or never were.
  const reason = textIn(status.reason);
  return reason ? [reason, textIn(status.message)].filter(Boolean).join(': ') : '';
}

/** Empty for a container that is ready, or has ended as it should. */
function containerTrouble(container: ContainerStatus, spec: JsonObject): string {
  const { terminated, lastTerminated, restarts, ready, isRunning, name } = container;
  if (ready || (terminated && numberIn(terminated.exitCode) === 0)) return '';
  const ended = terminated ?? lastTerminated;
  const again = restarts > 0 ? `, ${counted(restarts, 'restart')}` : '';
  const end = ended ? `: ${terminationCause(ended, memoryLimit(name, spec))}` : '';
  const reason = containerWords(container);
  if (!reason) return isRunning ? `container ${name} is not ready${again}${end}` : '';
  const said = textIn(container.waiting?.message);
  return `${reason}${again}${end || (said ? `: ${said}` : '')}`;
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/** How a container ended: its exit code or the signal, and whether for want of memory. A shell's 128+n names the signal. */
function terminationCause(ended: JsonObject, limit: string | undefined): string {
  const code = numberIn(ended.exitCode);
  const signal = numberIn(ended.signal) || (code !== undefined && code > 128 ? code - 128 : 0);
  const name = SIGNALS[signal];
  const exit = code === undefined ? `signal ${signal || '?'}` : `exit ${code}`;
  const words = name ? `${exit} (${name})` : exit;
  if (ended.reason !== 'OOMKilled') return words;
  return `out of memory${limit ? ` at its limit of ${limit}` : ''} (OOMKilled), ${words}`;
}

function memoryLimit(name: string, spec: JsonObject): string | undefined {
  const container = [...listIn(spec.initContainers), ...listIn(spec.containers)]
    .map(objectIn)
    .find(candidate => candidate.name === name);
  const { memory } = objectIn(objectIn(container?.resources).limits);
  return textIn(memory) ?? numberIn(memory)?.toString();
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Events that only repeat what the pod's status says: the next try waits, or an error by its name alone. */
function repeatsStatus({ reason, message }: WarningEvent): boolean {
  return reason === 'BackOff' || /^Error: \w+$/.test(message);
}

/** The newest warning event about an object that tells more than the object's status; undefined where there is none. */
export function newestWarning(
  kind: string,
  name: string,
  events: readonly WarningEvent[],
): WarningEvent | undefined {
  return events
    .filter(event => event.about.kind === kind && event.about.name === name && !repeatsStatus(event))
    .reduce<WarningEvent | undefined>(
      (last, event) => (last && last.atMs > event.atMs ? last : event),
      undefined,
    );
}

/** Why a pod is not well: what its status says, and what the newest warning event about it adds. */
export function explainPod(
  { name, why }: { readonly name: string; readonly why: string },
  events: readonly WarningEvent[],
): string {
  const event = newestWarning('Pod', name, events);
  if (!event) return why;
  return why === '' || !repeats(event, why) ? [why, eventWords(event)].filter(Boolean).join('; ') : why;
}

/** The scheduler's event is the pod's condition again; others end with the cause, which the status may have told. */
function repeats({ reason, message }: WarningEvent, why: string): boolean {
  const cause = message.split(': ').at(-1) ?? message;
  return reason === 'FailedScheduling' || why.includes(cause);
}

function eventWords({ reason, message }: WarningEvent): string {
  return `${reason}: ${message}`;
}

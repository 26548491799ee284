import { type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts';

/** Words for the reasons that the scheduler's plugins give, the most frequent ones of one node's. */
const REASONS: readonly (readonly [pattern: RegExp, words: string, resource?: 'cpu' | 'memory'])[] = [
  [/^Insufficient cpu$/, 'not enough CPU', 'cpu'],
  [/^Insufficient memory$/, 'not enough memory', 'memory'],
  [/^Insufficient ephemeral-storage$/, 'not enough local disk'],
  [/^Too many pods$/, 'no room for another pod'],
  [/^Insufficient (.+)$/, 'not enough $1'],
  [/^node\(s\) had untolerated taint \{?([^:}]+).*$/, 'a taint that the pod does not tolerate ($1)'],
  [/^node\(s\) were unschedulable$/, 'cordoned'],
  [/^node\(s\) didn't match Pod's node affinity\/selector$/, "outside the pod's node selector"],
  [/^node\(s\) didn't have free ports for the requested pod ports$/, 'the host port is taken'],
];

/**
 * Why no node takes a pod, from the scheduler's message: `0/1 nodes are available: 1 Insufficient memory. preemption: …`
 * (k8s.io/kubernetes pkg/scheduler/framework/types.go, FitError) becomes `no node fits: not enough memory on 1 of 1 (asks for
 * 64Gi)`. A message of another form is kept as it is.
 */
export function unschedulableWords(message: string, spec: JsonObject): string {
  const [, total, causes] = /^0\/(\d+) nodes are available: (.+?)\.(?: |$)/.exec(message) ?? [];
  if (!total || !causes) return message;
  const words = causes.split(/, (?=\d)/).map(cause => causeWords(cause, total, spec));
  return `no node fits: ${words.join(', ')}`;
}

function causeWords(cause: string, total: string, spec: JsonObject): string {
  const [, count, reason] = /^(\d+) (.+)$/.exec(cause) ?? [];
  if (!count || !reason) return cause;
  for (const [pattern, words, resource] of REASONS) {
    if (!pattern.test(reason)) continue;
    const asked = resource === undefined ? undefined : requestOf(resource, spec);
    return `${reason.replace(pattern, words)} on ${count} of ${total}${asked ? ` (asks for ${asked})` : ''}`;
  }
  return `${reason} on ${count} of ${total}`;
}

/** What the containers ask for together, as they write it; several amounts are joined. Undefined where they ask for nothing. */
function requestOf(resource: 'cpu' | 'memory', spec: JsonObject): string | undefined {
  const amounts = listIn(spec.containers).flatMap(container => {
    const amount = objectIn(objectIn(objectIn(container).resources).requests)[resource];
    return textIn(amount) ?? numberIn(amount)?.toString() ?? [];
  });
  return amounts.length > 0 ? amounts.join(' + ') : undefined;
}

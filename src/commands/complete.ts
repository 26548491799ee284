import type { Command } from 'commander';
import { systemClock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { type ConnectedCluster, connect } from '../kube/connect.ts';
import { listContexts } from '../kube/kubeconfig.ts';
import { shellWord } from '../kube/kubectl-command.ts';
import { readMetadata } from '../kube/metadata.ts';
import { preferredIstioVersion } from '../kube/served-version.ts';
import {
  canBeShifted,
  ISTIO_GROUP,
  readVirtualService,
  type VirtualService,
} from '../kube/virtual-service.ts';
import { type Candidate, type CompletionPlace, completionPlace } from './completion-place.ts';
import type { Io } from './io.ts';

/** A shell waits for the answer, with the person before it: a cluster that takes longer completes nothing. */
const DEADLINE_MS = 1_500;

/** What the shell is to do with the possibilities, as kubectl has it. */
const NO_BLANK = 2;
const NO_FILES = 4;

/**
 * Writes what may stand in the place of the last word, a line for each, and what the shell is to do with it. Whatever goes wrong,
 * nothing is offered and nothing is said: the person is in the middle of a line.
 */
export async function complete(program: Command, words: readonly string[], io: Io): Promise<void> {
  const place = completionPlace(program, words);
  const { candidates, prefix, typed } = place;
  const found = await candidatesOf(place, io).catch(() => []);
  // What a cluster or a kubeconfig holds and a shell would not take as one word, as it is, is not offered.
  const matching = found.filter(({ value }) => shellWord(value) === value && value.startsWith(typed));
  const lines = matching.map(({ value, description }) => `${prefix}${value}\t${oneLine(description)}`);
  // Behind the name of a version its weight is still to come.
  const keepsTyping = matching.length > 0 && matching.every(({ value }) => value.endsWith('='));
  const directive = candidates.kind === 'files' ? 0 : NO_FILES + (keepsTyping ? NO_BLANK : 0);
  io.stdout.write([...lines, `:${directive}`, ''].join('\n'));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

async function candidatesOf(place: CompletionPlace, io: Io): Promise<readonly Candidate[]> {
  const { candidates } = place;
  switch (candidates.kind) {
    case 'words':
      return candidates.words;
    case 'contexts':
      return contexts(place, io);
    case 'scenarios':
      return scenarios();
    case 'namespaces':
      return withCluster(place, io, namespaces);
    case 'virtual-services':
      return withCluster(place, io, async (cluster, signal) => {
        const all = await shiftable(cluster, signal);
        return [
          ...all.map(virtualServiceCandidate),
          ...(candidates.orVersions ? versions(all, place, '=') : []),
        ];
      });
    case 'versions':
      return withCluster(place, io, async (cluster, signal) =>
        versions(await shiftable(cluster, signal), place, candidates.suffix),
      );
    default:
      return [];
  }
}

async function scenarios(): Promise<readonly Candidate[]> {
  const { SCENARIOS } = await import('../demo/scenarios/scenarios.ts');
  return SCENARIOS.map(({ name, summary }) => ({ value: name, description: summary }));
}

function contexts({ flags }: CompletionPlace, io: Io): readonly Candidate[] {
  const listed = listContexts({ kubeconfig: flags.get('--kubeconfig') }, io.env);
  if (!listed.ok) return [];
  return listed.value.map(({ name, serverHost }) => ({ value: name, description: serverHost }));
}

/** What `ask` finds out of the cluster that the flags mean; nothing where it takes too long. A demo is not booted for it. */
async function withCluster(
  { flags, args }: CompletionPlace,
  io: Io,
  ask: (cluster: ConnectedCluster, signal: AbortSignal) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  if (flags.has('--demo') || args[0] === 'demo') return [];
  const place = {
    kubeconfig: flags.get('--kubeconfig'),
    context: flags.get('--context'),
    namespace: flags.get('--namespace'),
  };
  const connected = connect(place, io.env, () => 'completion writes nothing');
  if (!connected.ok) return [];
  const deadline = new AbortController();
  const late = new Promise<readonly Candidate[]>(resolve => {
    deadline.signal.addEventListener('abort', () => resolve([]));
  });
  const cancel = systemClock.after(DEADLINE_MS, () => deadline.abort());
  try {
    return await Promise.race([ask(connected.value, deadline.signal), late]);
  } finally {
    cancel();
    deadline.abort();
    void connected.value.api.close();
  }
}

async function namespaces({ api }: ConnectedCluster, signal: AbortSignal): Promise<readonly Candidate[]> {
  const listed = await api.list({ group: '', version: 'v1', plural: 'namespaces' }, signal);
  return listed.ok
    ? listed.value.items.map(item => ({ value: readMetadata(item).name, description: '' }))
    : [];
}

/** The VirtualServices of the namespace that have a route with something to shift, with those routes alone. */
async function shiftable(
  { api, namespace }: ConnectedCluster,
  signal: AbortSignal,
): Promise<readonly VirtualService[]> {
  const version = await servedVersion(api, signal);
  const listed = await api.list(
    { group: ISTIO_GROUP, version, plural: 'virtualservices', namespace },
    signal,
  );
  if (!listed.ok) return [];
  return listed.value.items
    .map(readVirtualService)
    .map(one => ({ ...one, routes: one.routes.filter(canBeShifted) }))
    .filter(({ routes }) => routes.length > 0);
}

async function servedVersion(api: ClusterApi, signal: AbortSignal): Promise<string> {
  const group = await api.raw(`/apis/${ISTIO_GROUP}`, signal);
  return (group.ok ? preferredIstioVersion(group.value) : undefined) ?? 'v1';
}

function virtualServiceCandidate({ name, routes }: VirtualService): Candidate {
  const labels = routes.map(({ destinations }) => destinations.map(({ label }) => label).join(', '));
  return { value: name, description: labels.join('; ') };
}

/** The versions of the VirtualService that is named before, else of all; those that have been given a weight already are left out. */
function versions(
  all: readonly VirtualService[],
  { args }: CompletionPlace,
  suffix: '' | '=',
): readonly Candidate[] {
  const named = all.filter(({ name }) => args.includes(name));
  const given = new Set(args.map(word => word.split('=')[0]));
  const labels = (named.length > 0 ? named : all).flatMap(({ routes }) =>
    routes.flatMap(({ destinations }) => destinations.map(({ label }) => label)),
  );
  return [...new Set(labels)]
    .filter(label => !given.has(label))
    .map(label => ({ value: `${label}${suffix}`, description: '' }));
}

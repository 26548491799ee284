import { type Clock, pause } from '../clock.ts';
import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import type { ClusterError, Outcome } from '../kube/cluster-error.ts';
import { type KubeObject, readMetadata } from '../kube/metadata.ts';
import { madeHere } from '../tutorial/clean-up.ts';
import type { AnsweringCluster, Facts } from '../tutorial/facts.ts';
import { collectionFor, objectFor, objectWords, type TutorialObject } from '../tutorial/manifests.ts';
import { routingToApply } from '../tutorial/routing.ts';
import {
  commandLine,
  isPassed,
  type RUN_TO,
  STEP_IDS,
  type Step,
  type StepId,
  type Trouble,
} from '../tutorial/step.ts';
import { tutorialOf } from '../tutorial/tutorial.ts';
import { versionsToApply } from '../tutorial/versions.ts';

export type TutorialParts = {
  readonly api: ClusterApi;
  readonly clock: Clock;
  /** Looks again at the machine and the cluster. */
  readonly facts: () => Promise<Facts>;
  /** Takes one line of progress. */
  readonly tell: (line: string) => void;
  readonly look: TutorialLook;
  /** How long the versions may take until both are rolled out. */
  readonly rolloutMs: number;
  readonly signal: AbortSignal;
};

/** What shows a person that a step works. */
export type TutorialLook = {
  /** Looks at each version through its own port-forward; yields a line for each. */
  readonly atVersions: (cluster: AnsweringCluster) => Promise<readonly string[]>;
  /** Asks the gateway until every version that has weight has answered, and yields what it saw; or why it did not. */
  readonly throughGateway: (cluster: AnsweringCluster) => Promise<{ readonly seen: string } | Failure>;
};

export type Failure = { readonly headline: string; readonly nextStep: string };

export type TutorialEnd =
  | { readonly kind: 'done' }
  | ({ readonly kind: 'failed'; readonly step: Pick<Step, 'number' | 'title'> } & Failure);

/** How often the versions are looked at while they roll out, and how long the gateway is given to hear of what was applied. */
const LOOK_MS = 500;
export const PROPAGATION_MS = 1_000;

/**
 * Runs every step up to `through` that is not done, in order, and shows that it works. What only a person can do, and what cannot
 * be done as things are, ends it with the step and a next step. Never throws.
 */
export async function runThrough(
  through: (typeof RUN_TO)[number],
  parts: TutorialParts,
): Promise<TutorialEnd> {
  for (const id of STEP_IDS.slice(0, STEP_IDS.indexOf(through) + 1)) {
    const end = await runStep(id, parts);
    if (end.kind === 'failed') return end;
  }
  return { kind: 'done' };
}

async function runStep(id: StepId, parts: TutorialParts): Promise<TutorialEnd> {
  const step = stepOf(await parts.facts(), id);
  parts.tell(`${step.number}. ${step.title}: ${isPassed(step) ? evidenceWords(step) : 'to do'}`);
  const failure = await RUNNERS[id]?.(parts);
  if (failure) return { kind: 'failed', step, ...failure };
  const after = stepOf(await parts.facts(), id);
  return isPassed(after) ? { kind: 'done' } : { kind: 'failed', step, ...whyNotDone(after) };
}

const RUNNERS: Partial<Record<StepId, (parts: TutorialParts) => Promise<Failure | undefined>>> = {
  versions: runVersions,
  routing: runRouting,
};

function stepOf(facts: Facts, id: StepId): Step {
  const step = tutorialOf(facts).steps.find(one => one.id === id);
  if (!step) throw new Error(`no step ${id}`);
  return step;
}

function evidenceWords({ progress }: Step): string {
  return progress.kind === 'done' || progress.kind === 'not-needed' ? progress.evidence.join('; ') : '';
}

/** Why a step is not done, and what the person can do about it. */
export function whyNotDone(step: Step): Failure {
  const [trouble] = step.troubles;
  if (trouble) return { headline: trouble.sentence, nextStep: trouble.fix };
  const { progress, runs } = step;
  const [run] = runs;
  const headline = sentence(missingWords(progress));
  if (run?.kind === 'shell') return { headline, nextStep: run.line };
  if (run && 'command' in run) return { headline, nextStep: commandLine(run.command) };
  return { headline, nextStep: step.notes[0] ?? '' };
}

function missingWords(progress: Step['progress']): string {
  switch (progress.kind) {
    case 'to-do':
      return progress.missing.join('; ');
    case 'unknown':
      return progress.reason;
    default:
      return 'it is not done';
  }
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;
}

/** What waiting does not heal. */
const HOPELESS = new Set(['not-the-tutorials', 'scaled-to-0', 'changed-by-hand']);

/** Applies what is missing, and whatever the pods turn out to need instead, until both versions run. */
async function runVersions(parts: TutorialParts): Promise<Failure | undefined> {
  const { clock, signal } = parts;
  const untilMs = clock.now() + parts.rolloutMs;
  const applied = new Set<TutorialObject>();
  let told = '';
  for (;;) {
    const facts = await parts.facts();
    const { cluster } = facts;
    const step = stepOf(facts, 'versions');
    if (cluster.kind === 'none' || signal.aborted) return whyNotDone(step);
    if (isPassed(step)) return showVersions(cluster, parts);
    const next = versionsToApply(facts).filter(object => !applied.has(object));
    if (next.length > 0) tellWhy(step, parts);
    const failed = await applyAll(next, cluster, parts);
    if (failed) return failed;
    for (const object of next) applied.add(object);
    if (next.length > 0) continue;
    if (isHopeless(step) || clock.now() > untilMs) return whyNotDone(step);
    const words = missingWords(step.progress);
    if (words !== told) parts.tell(words);
    told = words;
    await pause(clock, LOOK_MS, signal);
  }
}

async function showVersions(cluster: AnsweringCluster, { look, tell }: TutorialParts): Promise<undefined> {
  for (const line of await look.atVersions(cluster)) tell(line);
}

/** Images that are replaced are said to be, and why. */
function tellWhy({ troubles }: Step, { tell }: TutorialParts): void {
  for (const { sentence, fix } of troubles.filter(isOfImage)) tell(`${sentence} ${fix}`);
}

function isOfImage({ id }: Trouble): boolean {
  return id.startsWith('image-');
}

function isHopeless({ progress, troubles }: Step): boolean {
  return progress.kind !== 'to-do' || troubles.some(({ id }) => HOPELESS.has(id));
}

/** Make before break: the versions are named, the gateway hears of it, and only then it is sent to them. */
async function runRouting(parts: TutorialParts): Promise<Failure | undefined> {
  const facts = await parts.facts();
  const { cluster } = facts;
  const step = stepOf(facts, 'routing');
  if (cluster.kind === 'none' || step.progress.kind === 'blocked') return whyNotDone(step);
  const { first } = routingToApply(facts);
  const notNamed = await applyAll(first, cluster, parts);
  if (notNamed) return notNamed;
  if (first.length > 0) await pause(parts.clock, PROPAGATION_MS, parts.signal);
  // Looked at again: whoever made a VirtualService in the meantime keeps it.
  const { last } = routingToApply(await parts.facts());
  const notRouted = await applyAll(last, cluster, parts);
  if (notRouted) return notRouted;
  const after = await parts.facts();
  const made = stepOf(after, 'routing');
  if (after.cluster.kind === 'none' || !isPassed(made)) return whyNotDone(made);
  const shown = await parts.look.throughGateway(after.cluster);
  if (!('seen' in shown)) return shown;
  parts.tell(shown.seen);
  return undefined;
}

async function applyAll(
  objects: readonly TutorialObject[],
  cluster: AnsweringCluster,
  parts: TutorialParts,
): Promise<Failure | undefined> {
  for (const object of objects) {
    const failed = await applyObject(object, cluster, parts);
    if (failed) return failed;
  }
  return undefined;
}

async function applyObject(
  object: TutorialObject,
  { place, istioVersion }: AnsweringCluster,
  { api, signal, tell }: TutorialParts,
): Promise<Failure | undefined> {
  const collection = collectionFor(object, place.namespace, istioVersion);
  const applied = await api.apply(collection, objectFor(object.object, collection), signal);
  if (!applied.ok) return whyNotWritten(applied.error, object, place.namespace);
  tell(`applied ${objectWords(object)}`);
  return undefined;
}

function whyNotWritten(
  { kind, headline, nextStep }: ClusterError,
  object: TutorialObject,
  namespace: string,
): Failure {
  if (kind !== 'conflict') return { headline, nextStep };
  const words = `${object.kind.toLowerCase()} ${object.name}`;
  return {
    headline,
    nextStep: `Somebody else set it otherwise, and it is left alone: kubectl -n ${namespace} get ${words} -o yaml --show-managed-fields tells who.`,
  };
}

/**
 * Deletes what weighbridge made, the route first, each object only as it was read. What is gone already is as good. Yields the step
 * that it failed in, which is the last one.
 */
export async function runCleanUp(parts: TutorialParts): Promise<TutorialEnd> {
  const facts = await parts.facts();
  const step = stepOf(facts, 'clean-up');
  const { cluster } = facts;
  if (cluster.kind === 'none') {
    return { kind: 'failed', step, headline: cluster.reason, nextStep: cluster.nextStep };
  }
  const made = madeHere(facts);
  if (made.length === 0) parts.tell('nothing of the tutorial is here that weighbridge made');
  for (const { wanted, found } of made) {
    if (!found) continue;
    const collection = collectionFor(wanted, cluster.place.namespace, cluster.istioVersion);
    const deleted = await deleteUnchanged(collection, found, parts);
    if (!deleted.ok && deleted.error.kind !== 'not-found') {
      return { kind: 'failed', step, ...whyNotWritten(deleted.error, wanted, cluster.place.namespace) };
    }
    parts.tell(`deleted ${objectWords(wanted)}`);
    // Nobody is to be sent where nobody answers any more.
    if (wanted.kind === 'VirtualService') await pause(parts.clock, PROPAGATION_MS, parts.signal);
  }
  return { kind: 'done' };
}

const MOST_TRIES = 5;

/** Controllers write the status of an object all the time, which is no reason to keep it; whoever changes its spec is. */
async function deleteUnchanged(
  collection: Collection,
  found: KubeObject,
  { api, signal }: TutorialParts,
): Promise<Outcome<void>> {
  let read = found;
  for (let tried = 1; ; tried += 1) {
    const deleted = await api.delete(collection, readMetadata(read), signal);
    if (deleted.ok || deleted.error.kind !== 'conflict' || tried === MOST_TRIES) return deleted;
    const again = await api.get(collection, readMetadata(found).name, signal);
    if (!again.ok) return again;
    const { uid, generation } = again.value.metadata;
    const isSame =
      uid === found.metadata.uid && generation !== undefined && generation === found.metadata.generation;
    if (!isSame) return deleted;
    read = again.value;
  }
}

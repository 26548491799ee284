import { pause } from '../clock.ts';
import type { ClusterApi, Collection } from '../kube/cluster-api.ts';
import type { ClusterError, Outcome } from '../kube/cluster-error.ts';
import { type KubeObject, readMetadata } from '../kube/metadata.ts';
import { madeHere } from '../tutorial/clean-up.ts';
import type { AnsweringCluster, ClusterFacts } from '../tutorial/facts.ts';
import { collectionFor, objectFor, objectWords, type TutorialObject } from '../tutorial/manifests.ts';
import { routingToApply } from '../tutorial/routing.ts';
import {
  isPassed,
  type Offer,
  type RUN_TO,
  STEP_IDS,
  type Step,
  type StepId,
  type Trouble,
} from '../tutorial/step.ts';
import type { RunFailure } from '../tutorial/step-run.ts';
import { versionsToApply } from '../tutorial/versions.ts';
import { runCluster, runDeleteCluster, runNewCluster } from './tutorial-cluster.ts';
import { runIstio, runNodePort } from './tutorial-istio.ts';
import {
  evidenceWords,
  missingWords,
  stepOf,
  type TutorialEnd,
  type TutorialParts,
  type TutorialReach,
  tell,
  whyNotDone,
} from './tutorial-parts.ts';
import { runShiftStep } from './tutorial-shift.ts';

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

/** Runs one step, whatever comes before it, and shows that it works. */
export async function runStep(id: StepId, parts: TutorialParts): Promise<TutorialEnd> {
  const step = stepOf(await parts.facts(), id);
  tell(parts, `${step.number}. ${step.title}: ${isPassed(step) ? evidenceWords(step) : 'to do'}`);
  const failure = await RUNNERS[id]?.(parts);
  if (failure) return { kind: 'failed', step, ...failure };
  // Nothing that is left behind shows that traffic has moved: the shift was seen, or failed.
  if (id === 'shift') return { kind: 'done' };
  const after = stepOf(await parts.facts(), id);
  return isPassed(after) ? { kind: 'done' } : { kind: 'failed', step, ...whyNotDone(after) };
}

/**
 * Does what a person may want of a step beside what it runs. The caller has shown them what that is, and they have agreed to it
 * and to nothing else.
 */
export async function runOffer(id: Offer['id'], parts: TutorialParts): Promise<TutorialEnd> {
  const { step: of, run } = OFFERS[id];
  const step = stepOf(await parts.facts(), of);
  const failure = await run(parts);
  return failure ? { kind: 'failed', step, ...failure } : { kind: 'done' };
}

type Runner = (parts: TutorialParts) => Promise<RunFailure | undefined>;

const OFFERS: Readonly<Record<Offer['id'], { readonly step: StepId; readonly run: Runner }>> = {
  'new-cluster': { step: 'cluster', run: runNewCluster },
  'node-port': { step: 'istio', run: runNodePort },
  'delete-cluster': { step: 'clean-up', run: runDeleteCluster },
};

const RUNNERS: Partial<Record<StepId, Runner>> = {
  cluster: runCluster,
  istio: runIstio,
  versions: runVersions,
  routing: runRouting,
  shift: runShiftStep,
};

/** What waiting does not heal. */
const HOPELESS = new Set(['not-the-tutorials', 'scaled-to-0', 'changed-by-hand']);

/** Applies what is missing, and whatever the pods turn out to need instead, until both versions run. */
async function runVersions(parts: TutorialParts): Promise<RunFailure | undefined> {
  const { clock, signal } = parts;
  const untilMs = clock.now() + parts.rolloutMs;
  const applied = new Set<TutorialObject>();
  let told = '';
  for (;;) {
    const facts = await parts.facts();
    const { cluster } = facts;
    const step = stepOf(facts, 'versions');
    const reach = parts.reach();
    if (cluster.kind === 'none' || !reach || signal.aborted) return whyNotDone(step);
    if (isPassed(step)) return showVersions(cluster, reach, parts);
    const next = versionsToApply(facts).filter(object => !applied.has(object));
    if (next.length > 0) tellWhy(step, parts);
    const failed = await applyAll(next, cluster, reach, parts);
    if (failed) return failed;
    for (const object of next) applied.add(object);
    if (next.length > 0) continue;
    if (isHopeless(step) || clock.now() > untilMs) return whyNotDone(step);
    const words = missingWords(step.progress);
    if (words !== told) tell(parts, words);
    told = words;
    await pause(clock, LOOK_MS, signal);
  }
}

async function showVersions(
  cluster: AnsweringCluster,
  { look }: TutorialReach,
  parts: TutorialParts,
): Promise<undefined> {
  for (const line of await look.atVersions(cluster)) tell(parts, line);
}

/** Images that are replaced are said to be, and why. */
function tellWhy({ troubles }: Step, parts: TutorialParts): void {
  for (const { sentence, fix } of troubles.filter(isOfImage)) tell(parts, `${sentence} ${fix}`);
}

function isOfImage({ id }: Trouble): boolean {
  return id.startsWith('image-');
}

function isHopeless({ progress, troubles }: Step): boolean {
  return progress.kind !== 'to-do' || troubles.some(({ id }) => HOPELESS.has(id));
}

/** Make before break: the versions are named, the gateway hears of it, and only then it is sent to them. */
async function runRouting(parts: TutorialParts): Promise<RunFailure | undefined> {
  const facts = await parts.facts();
  const { cluster } = facts;
  const step = stepOf(facts, 'routing');
  const reach = parts.reach();
  if (cluster.kind === 'none' || !reach || step.progress.kind === 'blocked') return whyNotDone(step);
  const { first } = routingToApply(facts);
  const notNamed = await applyAll(first, cluster, reach, parts);
  if (notNamed) return notNamed;
  if (first.length > 0) await pause(parts.clock, PROPAGATION_MS, parts.signal);
  // Looked at again: whoever made a VirtualService in the meantime keeps it.
  const { last } = routingToApply(await parts.facts());
  const notRouted = await applyAll(last, cluster, reach, parts);
  if (notRouted) return notRouted;
  const after = await parts.facts();
  const made = stepOf(after, 'routing');
  if (after.cluster.kind === 'none' || !isPassed(made)) return whyNotDone(made);
  const shown = await reach.look.throughGateway(after.cluster);
  if (!('seen' in shown)) return shown;
  tell(parts, shown.seen);
  return undefined;
}

async function applyAll(
  objects: readonly TutorialObject[],
  cluster: AnsweringCluster,
  reach: TutorialReach,
  parts: TutorialParts,
): Promise<RunFailure | undefined> {
  for (const object of objects) {
    const failed = await applyObject(object, cluster, reach, parts);
    if (failed) return failed;
  }
  return undefined;
}

async function applyObject(
  object: TutorialObject,
  { place, istioVersion }: AnsweringCluster,
  { api }: TutorialReach,
  parts: TutorialParts,
): Promise<RunFailure | undefined> {
  const collection = collectionFor(object, place.namespace, istioVersion);
  const applied = await api.apply(collection, objectFor(object.object, collection), parts.signal);
  if (!applied.ok) return whyNotWritten(applied.error, object, place.namespace);
  tell(parts, `applied ${objectWords(object)}`);
  return undefined;
}

function whyNotWritten(
  { kind, headline, nextStep }: ClusterError,
  object: TutorialObject,
  namespace: string,
): RunFailure {
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
  const reach = parts.reach();
  if (cluster.kind === 'none' || !reach) return { kind: 'failed', step, ...whyNoCluster(cluster) };
  const made = madeHere(facts);
  if (made.length === 0) tell(parts, 'nothing of the tutorial is here that weighbridge made');
  for (const { wanted, found } of made) {
    if (!found) continue;
    const collection = collectionFor(wanted, cluster.place.namespace, cluster.istioVersion);
    const deleted = await deleteUnchanged(collection, found, reach.api, parts.signal);
    if (!deleted.ok && deleted.error.kind !== 'not-found') {
      return { kind: 'failed', step, ...whyNotWritten(deleted.error, wanted, cluster.place.namespace) };
    }
    tell(parts, `deleted ${objectWords(wanted)}`);
    // Nobody is to be sent where nobody answers any more.
    if (wanted.kind === 'VirtualService') await pause(parts.clock, PROPAGATION_MS, parts.signal);
  }
  return { kind: 'done' };
}

function whyNoCluster(cluster: ClusterFacts): RunFailure {
  if (cluster.kind === 'answers') return { headline: 'The cluster is not reached any more.', nextStep: '' };
  return { headline: cluster.reason, nextStep: cluster.nextStep };
}

const MOST_TRIES = 5;

/** Controllers write the status of an object all the time, which is no reason to keep it; whoever changes its spec is. */
async function deleteUnchanged(
  collection: Collection,
  found: KubeObject,
  api: ClusterApi,
  signal: AbortSignal,
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

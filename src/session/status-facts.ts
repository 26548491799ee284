import { findingsOf } from '../kube/checks.ts';
import type { Finding } from '../kube/finding.ts';
import { ownerWords } from '../kube/owners.ts';
import type { Version } from '../kube/versions.ts';
import { plainText } from '../plain-text.ts';
import { accessRefusal } from './access.ts';
import { type HealthRow, healthRows } from './health-rows.ts';
import { ownerNotOverridden, ownerRefusal, ownersOfChosen } from './ownership.ts';
import type { Failure } from './route-known.ts';
import { type ConnectionPhase, connectionPhase, versions } from './selectors.ts';
import type { AppState } from './state.ts';

/** What is so of one route and of the cluster around it, as plain data without anything that moves by itself, such as ages. */
export type StatusFacts = {
  /** Why the API server is not heard; undefined while it is. */
  readonly lost: Failure | undefined;
  /** Why the route is not there; undefined while it is. */
  readonly routeGone: string | undefined;
  /** Who set the weights, where that was seen. */
  readonly setBy: string | undefined;
  /** In the order of the route. */
  readonly versions: readonly VersionFacts[];
  readonly health: readonly HealthFacts[];
  readonly owners: readonly string[];
  /** Why a shift would be refused. */
  readonly readOnlyBecause: string | undefined;
  /** Undefined until an examination has ended. */
  readonly findings: readonly FindingFacts[] | undefined;
};

export type VersionFacts = {
  readonly version: string;
  /** Null where the route states no weight. */
  readonly applied: number | null;
  /** Null where they may not be read. */
  readonly readyPods: number | null;
  readonly wantedPods: number | null;
} & Pick<Version, 'health' | 'words' | 'image' | 'why'>;

export type HealthFacts = Pick<HealthRow, 'key' | 'name' | 'status' | 'ready' | 'words' | 'why'>;

export type FindingFacts = Pick<Finding, 'severity' | 'code' | 'object' | 'sentence'>;

/** What is so in `state`. What cannot be told of it, as of a route that is not there, is as it was in `last`. */
export function statusFacts(state: AppState, last?: StatusFacts): StatusFacts {
  const phase = connectionPhase(state.cluster);
  const around = {
    lost: phase.kind === 'connecting' ? last?.lost : lostIn(phase, state.now),
    health: healthRows(state.cluster, state.now).map(healthFacts),
  };
  const { applied } = state.weights;
  if (!applied) return { ...(last ?? NOTHING), ...around, routeGone: whyGone(state) };
  const { source } = applied;
  return {
    ...around,
    routeGone: undefined,
    setBy: source.kind === 'outside' ? source.manager : undefined,
    versions: versions(state).map((version, at) => versionFacts(version, applied.weights[at])),
    owners: ownersOfChosen(state).map(owner => plainText(ownerWords(owner), 120)),
    readOnlyBecause: readOnlyBecause(state),
    findings: findingsIn(state, last),
  };
}

const NOTHING = {
  setBy: undefined,
  versions: [],
  owners: [],
  readOnlyBecause: undefined,
  findings: undefined,
} as const;

/** A watch that is back within this time has missed nothing. */
const SHORT_INTERRUPTION_MS = 3_000;

function lostIn(phase: ConnectionPhase, now: number): Failure | undefined {
  if (phase.kind !== 'lost' || now - phase.sinceMs < SHORT_INTERRUPTION_MS) return undefined;
  return { headline: phase.reason, nextStep: phase.nextStep };
}

function whyGone({ target, weights }: AppState): string {
  if (target.kind === 'choosing') return 'there are several routes now; start again with --route';
  const because = weights.refusedBecause;
  return because?.kind === 'changed' ? because.words : 'it is not there';
}

function versionFacts(
  { label, readyPods, wantedPods, health, words, image, why }: Version,
  weight: number | undefined,
): VersionFacts {
  const isUnread = health === 'unknown';
  return {
    version: label,
    applied: weight ?? null,
    readyPods: isUnread ? null : readyPods,
    wantedPods: isUnread ? null : wantedPods,
    health,
    words,
    image,
    why,
  };
}

/**
 * Of a route that was away what is known was found while it was, and says nothing of this one; nor does an examination that the API
 * server did not answer.
 */
function findingsIn(
  { doctor: { checks } }: AppState,
  last: StatusFacts | undefined,
): StatusFacts['findings'] {
  const isUnanswered = checks?.some(({ group, findings }) => group === 'connection' && findings.length > 0);
  if (checks === undefined || isUnanswered || last?.routeGone !== undefined) return last?.findings;
  return findingsOf(checks).map(({ severity, code, object, sentence }) => {
    return { severity, code, object, sentence };
  });
}

function healthFacts({ key, name, status, ready, words, why }: HealthRow): HealthFacts {
  return { key, name, status, ready, words, why };
}

/** As on the screen, without its keys. That nothing is written by who only looks is no reason. */
function readOnlyBecause(state: AppState): string | undefined {
  const rights = accessRefusal(state);
  if (rights !== undefined) return rights;
  const owner = ownerNotOverridden(state);
  return owner && ownerRefusal(owner, `--override-owner '${owner.name}'`);
}

import { findingsOf } from '../kube/checks.ts';
import { ownerWords } from '../kube/owners.ts';
import { splitWords } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import { examinedAnew } from '../session/findings.ts';
import { healthRows } from '../session/health-rows.ts';
import { ownersOfChosen } from '../session/ownership.ts';
import { versions, writeRefusal } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { answerHead, type Output, refuse, writeDocument } from './answer-document.ts';
import { type CanaryStatus, canaryPlace, canaryStatus } from './canary-note.ts';
import { type Cleanup, runHeadless } from './headless-cluster.ts';
import { EXIT, type Io } from './io.ts';
import { type HeadlessSessionFlags, openOnRoute } from './open-headless-session.ts';
import { placeOf, placeText } from './route-place.ts';

export type StatusFlags = HeadlessSessionFlags & {
  readonly route?: string | undefined;
  readonly output: Output;
};

const VERB = 'status';
/** How long the findings are waited for once the route is known. */
const FINDINGS_MS = 10_000;

/**
 * `weighbridge status`: what is so now, and nothing is written. Yields the exit code: 0 done, 1 usage or no such route, 2 no cluster, or
 * one that does not answer.
 */
export async function status(flags: StatusFlags, io: Io): Promise<number> {
  return runHeadless((cleanup, signal) => tellStatus(flags, io, cleanup, signal));
}

async function tellStatus(
  flags: StatusFlags,
  io: Io,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<number> {
  const { output } = flags;
  const purpose = { verb: VERB, wantsSamples: false, writes: false };
  const session = await openOnRoute(flags, purpose, io, cleanup, signal);
  if ('headline' in session) return refuse(io, VERB, output, session.code, session);
  // What was examined while pods were still starting is not so any more.
  session.store.setState(before => examinedAnew(before, session.clock.now()), true);
  const state = await session.until(({ doctor }) => doctor.checks !== undefined, FINDINGS_MS, signal);
  const place = canaryPlace(state);
  const canaries = place
    ? await canaryStatus(io.env, place, state.weights.applied?.weights)
    : { lines: [], json: [] };
  if (output === 'text') io.stdout.write(statusAsText(state, canaries));
  else await writeDocument(io, output, statusAsDocument(state, canaries));
  return EXIT.done;
}

function statusAsText(state: AppState, canaries: CanaryStatus): string {
  const { cluster, weights, doctor, now } = state;
  const { applied } = weights;
  if (!applied) return '';
  const health = healthRows(cluster, now).map(row => [row.name, row.ready, row.words, row.why]);
  const versionRows = versions(state).map(version => [
    version.label,
    `${version.readyPods}/${version.wantedPods}`,
    version.words,
    version.image,
    version.why,
  ]);
  const owners = ownersOfChosen(state).map(owner => `owner: ${plainText(ownerWords(owner), 120)}`);
  const findings = findingsOf(doctor.checks ?? [])
    .filter(({ severity }) => severity !== 'info')
    .map(({ severity, code, sentence }) => `${severity} ${code}: ${sentence}`);
  const lines = [
    placeText(state, applied),
    `applied: ${splitWords(applied.route, applied.weights)}`,
    ...canaries.lines,
    ...[...versionRows, ...health].map(cells => `  ${cells.filter(cell => cell !== '').join('  ')}`),
    ...owners,
    ...findings,
  ];
  return lines.map(line => `${line}\n`).join('');
}

function statusAsDocument(state: AppState, canaries: CanaryStatus) {
  const { connection, cluster, weights, doctor, now } = state;
  const { applied } = weights;
  const found = new Map(versions(state).map(version => [version.label, version]));
  return {
    ...answerHead(VERB, EXIT.done, undefined),
    place: placeOf(state),
    versions: (applied?.route.destinations ?? []).map(({ label }, at) => {
      const version = found.get(label);
      return {
        version: label,
        applied: applied?.weights[at] ?? null,
        readyPods: version?.readyPods ?? null,
        wantedPods: version?.wantedPods ?? null,
        health: version?.health ?? 'unknown',
        image: version?.image ?? '',
        why: version?.why ?? '',
      };
    }),
    health: healthRows(cluster, now).map(({ key, status: level, ready, words, why }) => {
      return { key, status: level, ready, words, why };
    }),
    owners: ownersOfChosen(state).map(owner => plainText(ownerWords(owner), 120)),
    readOnlyBecause: writeRefusal({ ...state, connection: { ...connection, isReadOnly: false } }) ?? null,
    findings: findingsOf(doctor.checks ?? []).map(({ severity, code, sentence }) => {
      return { severity, code, sentence };
    }),
    canaries: canaries.json,
  };
}

import { findingsOf } from '../kube/checks.ts';
import { ownerWords } from '../kube/owners.ts';
import { splitWords } from '../kube/split.ts';
import { routeWords } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import { healthRows } from '../session/health-rows.ts';
import { ownersOfChosen } from '../session/ownership.ts';
import { routeKnown } from '../session/route-known.ts';
import { versions, writeRefusal } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { answerHead, failureOf, type Output, refuse, writeDocument } from './answer-document.ts';
import { type CanaryStatus, canaryPlace, canaryStatus } from './canary-note.ts';
import { type Cleanup, runHeadless } from './headless-cluster.ts';
import { EXIT, type Io } from './io.ts';
import { type HeadlessSessionFlags, openHeadlessSession } from './open-headless-session.ts';

export type StatusFlags = HeadlessSessionFlags & {
  readonly route?: string | undefined;
  readonly output: Output;
};

const VERB = 'status';
const CONNECT_MS = 5_000;
/** A demo cluster that was just booted still starts its pods. */
const DEMO_START_MS = 20_000;
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
  const session = await openHeadlessSession(flags, purpose, io, cleanup);
  if ('problem' in session) return refuse(io, VERB, output, session.code, failureOf(session));
  const startMs = flags.demo ? DEMO_START_MS : 0;
  const known = await routeKnown(session, { route: flags.route, limitMs: CONNECT_MS, startMs }, signal);
  if (known.kind === 'stopped') {
    const code = typeof signal.reason === 'number' ? signal.reason : EXIT.signal;
    return refuse(io, VERB, output, code, { headline: 'Stopped by a signal.', nextStep: '' });
  }
  if (known.kind !== 'known') {
    const code = known.kind === 'cluster' ? EXIT.cluster : EXIT.usage;
    return refuse(io, VERB, output, code, known);
  }
  // What was examined while pods were still starting is not so any more.
  const askedAtMs = session.clock.now();
  session.store.setState(before => ({ ...before, doctor: { checks: undefined, askedAtMs } }), true);
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
  const { connection, cluster, weights, doctor, now } = state;
  const { applied } = weights;
  if (!applied) return '';
  const { namespace, name } = applied.virtualService;
  const where = connection.isDemo ? 'the demo cluster' : connection.context;
  const route = plainText(routeWords(applied.route, applied.virtualService), 120);
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
    `VirtualService ${namespace}/${name}, ${route}, on ${where}`,
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
    place: applied && {
      context: connection.context,
      isDemo: connection.isDemo,
      namespace: applied.virtualService.namespace,
      virtualService: applied.virtualService.name,
      route: plainText(routeWords(applied.route, applied.virtualService), 120),
    },
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

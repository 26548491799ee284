import { permissionKey } from '../kube/permission.ts';
import { sentence } from '../sentence.ts';
import { patchQuestion } from '../session/access.ts';
import { examinedAnew } from '../session/findings.ts';
import type { HeadlessSession } from '../session/headless-session.ts';
import type { AppState } from '../session/state.ts';
import { statusFacts } from '../session/status-facts.ts';
import { samplingTimeMs, type TakenSamples, takeSamples } from '../session/take-samples.ts';
import { failureText, type Output, refuse, writeDocument } from './answer-document.ts';
import { canaryPlace, canaryStatus } from './canary-note.ts';
import { type Cleanup, runHeadless, signalCode, stopped } from './headless-cluster.ts';
import { EXIT, type Io } from './io.ts';
import { type HeadlessSessionFlags, openOnRoute } from './open-headless-session.ts';
import { type StatusAnswer, statusAsDocument, statusAsText } from './status-answer.ts';
import { watchStatus } from './status-watch.ts';

export type StatusFlags = HeadlessSessionFlags & {
  readonly route?: string | undefined;
  /** Whether each change is told after the answer, until a signal. */
  readonly watch: boolean;
  /** How many samples are to show their version; none are taken where it is absent. */
  readonly samples?: number | undefined;
  readonly output: Output;
};

const VERB = 'status';
/** How long is waited for what is told besides, once the route is known: findings, rights, nodes and Istio's pods. */
const BESIDES_MS = 10_000;

/**
 * `weighbridge status`: what is so now, and nothing is written. Yields the exit code: 0 done, 1 usage or no such route, 2 no cluster, or
 * one that does not answer, 4 fewer samples than asked for, 128+n for a signal, which is how watching ends.
 */
export async function status(flags: StatusFlags, io: Io): Promise<number> {
  if (flags.watch && flags.samples !== undefined) {
    const headline = "Can't take --watch and --samples together: a share is of samples of one time.";
    const nextStep = 'Leave one of them out; weighbridge canary and the screen follow traffic.';
    return refuse(io, VERB, flags.output, EXIT.usage, { headline, nextStep });
  }
  return runHeadless((cleanup, signal) => tellStatus(flags, io, cleanup, signal));
}

async function tellStatus(
  flags: StatusFlags,
  io: Io,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<number> {
  const { output, samples: asked, watch } = flags;
  const purpose = { verb: VERB, wantsSamples: asked !== undefined, writes: false };
  const session = await openOnRoute(flags, purpose, io, cleanup, signal);
  if ('headline' in session) return refuse(io, VERB, output, session.code, session);
  const samples = asked === undefined ? undefined : await sample(session, asked, io, signal);
  // What was examined while pods were still starting is not so any more.
  session.store.setState(before => examinedAnew(before, session.clock.now()), true);
  const state = await session.until(isKnownBesides, BESIDES_MS, signal);
  if (signal.aborted) return refuse(io, VERB, output, signalCode(signal), stopped(signal));
  const facts = statusFacts(state);
  if (facts.routeGone !== undefined) {
    const gone = { headline: sentence(facts.routeGone), nextStep: 'Ask again.' };
    return refuse(io, VERB, output, EXIT.usage, gone);
  }
  const exitCode = samples?.problem ? EXIT.unverified : EXIT.done;
  const place = canaryPlace(state);
  const canaries = place
    ? await canaryStatus(io.env, place, state.weights.applied?.weights)
    : { lines: [], json: [] };
  const answer: StatusAnswer = { state, facts, canaries, samples, exitCode };
  if (samples?.problem) io.stderr.write(failureText(samples.problem));
  if (output === 'text') io.stdout.write(statusAsText(answer));
  else await writeDocument(io, output, statusAsDocument(answer), watch ? 'one of several' : 'alone');
  return watch ? watchStatus(session, facts, output, io, signal) : exitCode;
}

async function sample(
  session: HeadlessSession,
  asked: number,
  io: Io,
  signal: AbortSignal,
): Promise<TakenSamples> {
  const { ratePerSecond } = session.store.getState().traffic;
  const limit = samplingTimeMs(asked, ratePerSecond) / 1000;
  io.stderr.write(`sampling the gateway ${ratePerSecond} times a second, for ${limit} s at most\n`);
  return takeSamples(session, asked, signal);
}

/** Whether everything was looked for, with whatever result. */
function isKnownBesides(state: AppState): boolean {
  const { doctor, cluster, access } = state;
  const right = permissionKey(patchQuestion(state));
  return (
    doctor.checks !== undefined &&
    [cluster.nodes, cluster.istioPods].every(({ freshness }) => freshness.kind !== 'loading') &&
    access.answers.some(({ question }) => permissionKey(question) === right)
  );
}

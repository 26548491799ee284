import { examinedAnew } from '../session/findings.ts';
import type { HeadlessSession } from '../session/headless-session.ts';
import type { AppState } from '../session/state.ts';
import { changesBetween, changeWords, type StatusChange } from '../session/status-changes.ts';
import { type StatusFacts, statusFacts } from '../session/status-facts.ts';
import { timeOfDay } from '../session/time-of-day.ts';
import { FOREVER_MS } from '../session/wait-until.ts';
import { FORMAT_VERSION, type Output, writeDocument } from './answer-document.ts';
import { signalCode } from './headless-cluster.ts';
import type { Io } from './io.ts';

/**
 * Tells each change since `first`, until `signal`. An API server that does not answer is told as a change, and asked for ever. Yields
 * the exit code.
 */
export async function watchStatus(
  session: HeadlessSession,
  first: StatusFacts,
  output: Output,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const { store, clock } = session;
  let told = first;
  const isNews = (state: AppState) => changesBetween(told, statusFacts(state, told)).length > 0;
  while (!signal.aborted) {
    const facts = statusFacts(await session.until(isNews, FOREVER_MS, signal), told);
    if (signal.aborted) break;
    const changes = changesBetween(told, facts);
    told = facts;
    for (const change of changes) await writeChange(change, clock.now(), output, io);
    // What was found while the route or the server was away is about its being away.
    if (changes.some(({ event }) => event === 'route-back' || event === 'connection-back'))
      store.setState(state => examinedAnew(state, clock.now()), true);
  }
  return signalCode(signal);
}

async function writeChange(change: StatusChange, atMs: number, output: Output, io: Io): Promise<void> {
  if (output === 'text') {
    io.stdout.write(`${timeOfDay(atMs)}  ${changeWords(change)}\n`);
    return;
  }
  const { event, ...members } = change;
  const at = new Date(atMs).toISOString();
  await writeDocument(io, output, { version: FORMAT_VERSION, event, at, ...members }, 'one of several');
}

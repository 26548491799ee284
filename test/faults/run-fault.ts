import { setTimeout } from 'node:timers/promises';
import type { AppState } from '../../src/session/state.ts';
import { type Bench, isIdle, isWell, neededWatches, shownState } from './bench.ts';
import type { FaultRow } from './rows.ts';

export type FaultResult = {
  readonly name: string;
  /** From the end of the fault to a screen that is live again in every part, and shows what another client writes then. */
  readonly recoveredAfterMs: number;
  /** Keys that were taken and whose points neither came to be applied nor were kept to be asked again. */
  readonly keysLost: number;
};

const KEYS = 3;
const POINTS = 10;
/** A fault lasts this long at least, and until a request and the weights that were asked for have met it. */
const LEAST_MS = 1_500;
const MOST_MS = 4_000;
const LONGEST_RECOVERY_MS = 15_000;

/**
 * Takes a live session through a fault with keys pressed meanwhile. Throws for everything that a person would mind: a row that
 * goes, a key without effect, a screen that does not come back as it was or does not follow the cluster any more, and watches or
 * sockets that are left over.
 */
export async function runFault(bench: Bench, row: FaultRow): Promise<FaultResult> {
  await bench.setWeights(50, 50);
  const before = shownState(await bench.until(isWellAt(50), 'well, at 50/50'));
  const watches = neededWatches(bench);
  const flicker = noteFlicker(bench);
  const thrown = noteThrown();

  await bench.proxy.begin(row.fault);
  if (row.meanwhile === 'compact') {
    // Whatever was seen last is now older than the history of the server.
    await bench.setWeights(50, 50);
    bench.compact();
  }
  if (row.meanwhile === 'sleep') bench.sleep();
  const taken = pressKeys(bench);
  await lastLongEnough(bench);
  if (bench.proxy.met === 0) throw new Error('nothing has met the fault');
  await bench.proxy.heal();

  const healedMs = performance.now();
  await bench.until(isWell, 'the screen is live again');
  const keysLost = taken - (await pointsGained(bench)) / POINTS;
  await bench.setWeights(30, 70);
  await bench.until(isWellAt(70), 'it follows what others write');
  const recoveredAfterMs = Math.round(performance.now() - healedMs);
  const { recoversWithinMs = LONGEST_RECOVERY_MS } = row;
  if (recoveredAfterMs > recoversWithinMs) throw new Error(`not well for ${recoveredAfterMs} ms`);

  await bench.setWeights(50, 50);
  const after = shownState(await bench.until(isWellAt(50), 'well, at 50/50 again'));
  flicker.stop();
  thrown.stop();
  if (after !== before) throw new Error(`another screen than before\n${before}\n${after}`);
  if (flicker.seen.length > 0) throw new Error(`rows went away: ${flicker.seen.join(', ')}`);
  if (thrown.seen.length > 0) throw new Error(`not handled: ${thrown.seen.join('\n')}`);
  await nothingLeftOver(bench, watches);
  return { name: row.name, recoveredAfterMs, keysLost };
}

/**
 * All in one chunk, as a terminal hands over what was typed quickly. Each counts at once, or is refused with the reason. Yields
 * how many were taken.
 */
function pressKeys({ press, store }: Bench): number {
  let taken = 0;
  for (let key = 1; key <= KEYS; key += 1) {
    const before = store.getState();
    press({ kind: 'shift', points: POINTS });
    const after = store.getState();
    if (after.weights.requested[1] === 50 + (taken + 1) * POINTS) taken += 1;
    else if (after.notices === before.notices)
      throw new Error(`key ${key} did nothing, and nothing was said`);
  }
  return taken;
}

async function lastLongEnough({ store }: Bench): Promise<void> {
  const startedMs = performance.now();
  const elapsedMs = () => performance.now() - startedMs;
  while (elapsedMs() < LEAST_MS || (elapsedMs() < MOST_MS && !isIdle(store.getState()))) {
    await setTimeout(50);
  }
}

/** What became of the keys: applied, or kept in what `r` asks for again. */
async function pointsGained({ store, press, until }: Bench): Promise<number> {
  if (store.getState().weights.refusedAsk) press({ kind: 'ask-again' });
  const { weights } = await until(isIdle, 'nothing is asked for any more');
  return (weights.applied?.weights[1] ?? 0) - 50;
}

function isWellAt(weight: number): (state: AppState) => boolean {
  return state => isWell(state) && state.weights.applied?.weights[1] === weight;
}

/** Notes which parts of the cluster had rows and then had none. */
function noteFlicker({ store }: Bench) {
  const seen: string[] = [];
  const stop = store.subscribe((state, before) => {
    for (const name of Object.keys(state.cluster) as (keyof AppState['cluster'])[]) {
      if (name === 'warningEvents') continue;
      if (before.cluster[name].items.length > state.cluster[name].items.length) seen.push(name);
    }
  });
  return { seen, stop };
}

function noteThrown() {
  const seen: unknown[] = [];
  const note = (reason: unknown) => seen.push(reason);
  process.on('unhandledRejection', note);
  return {
    seen,
    stop: () => {
      process.off('unhandledRejection', note);
    },
  };
}

/** One watch for each part, nothing else under way, and only as many idle sockets as requests of a moment leave for the next. */
async function nothingLeftOver(bench: Bench, watches: number): Promise<void> {
  const { proxy } = bench;
  const limitMs = performance.now() + 10_000;
  const isClean = () =>
    proxy.openWatches === watches && proxy.openRequests === watches && proxy.openSockets <= 4 * watches;
  while (!isClean() && performance.now() < limitMs) await setTimeout(50);
  if (isClean()) return;
  const { openWatches, openRequests, openSockets } = proxy;
  throw new Error(
    `${openWatches} watches, ${openRequests} requests and ${openSockets} sockets are open, for ${watches} watches`,
  );
}

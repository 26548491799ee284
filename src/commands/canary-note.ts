import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type RawWeights, sameWeights } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import { backCommand, type CanarySubject, namedWeights } from '../session/canary-words.ts';
import { routeLabel } from '../session/remembered.ts';
import type { AppState } from '../session/state.ts';
import { loadOwnFile, saveOwnFile } from './own-file.ts';
import { isRunning } from './running-process.ts';
import { stateFolder } from './state-folder.ts';

/** What is noted of a canary while it is under way, so that somebody else can say how to go back. */
export type CanaryNote = CanarySubject & {
  readonly formatVersion: 1;
  /** The weights of the version, one after the other, and how many of them were set when it was noted. */
  readonly steps: readonly number[];
  readonly stepsSet: number;
  readonly pid: number;
  readonly host: string;
  readonly startedAtMs: number;
  readonly notedAtMs: number;
};

/** A canary that was noted and whose note was never taken away. */
type FoundCanary = {
  readonly file: string;
  readonly note: CanaryNote;
  /** `unknown`: it runs, or ran, on another machine that shares this folder. */
  readonly process: 'running' | 'gone' | 'unknown';
};

/** Far above what a note takes. */
const MAX_BYTES = 100_000;

function canaryFolder(env: NodeJS.ProcessEnv): string {
  return join(stateFolder(env), 'canaries');
}

/** What a canary tells of itself each time. */
type Noted = Omit<CanaryNote, 'formatVersion' | 'pid' | 'host' | 'startedAtMs'>;

/** The note of one canary, in a file of this user alone. */
export class CanaryNoteFile {
  readonly #file: string;
  readonly #startedAtMs: number;
  /** One write after the other, so that none outlives the removal. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(env: NodeJS.ProcessEnv, startedAtMs: number) {
    this.#file = join(canaryFolder(env), `${startedAtMs}-${crypto.randomUUID()}.json`);
    this.#startedAtMs = startedAtMs;
  }

  /** Rejects where it cannot be written. */
  write(note: Noted): Promise<void> {
    const written = this.#turn.then(() => this.#write(note));
    this.#turn = written.catch(() => undefined);
    return written;
  }

  async #write(note: Noted): Promise<void> {
    const startedAtMs = this.#startedAtMs;
    const whole: CanaryNote = { ...note, formatVersion: 1, pid: process.pid, host: hostname(), startedAtMs };
    const stated = { ...whole, start: whole.start.map(weight => weight ?? null) };
    await saveOwnFile(this.#file, `${JSON.stringify(stated, null, 2)}\n`);
  }

  /** Takes the note away. Never rejects. */
  async remove(): Promise<void> {
    await this.#turn;
    await rm(this.#file, { force: true }).catch(() => undefined);
  }
}

/** Every canary that is noted, the oldest first. Files that are none of ours are passed over. Never rejects. */
async function findCanaries(env: NodeJS.ProcessEnv): Promise<readonly FoundCanary[]> {
  const folder = canaryFolder(env);
  const names = await readdir(folder).catch(() => []);
  const files = names.filter(name => name.endsWith('.json')).map(name => join(folder, name));
  const notes = await Promise.all(files.map(async file => ({ file, note: await readNote(file) })));
  return notes
    .flatMap(({ file, note }) => (note ? [{ file, note, process: processOf(note) }] : []))
    .toSorted((left, right) => left.note.startedAtMs - right.note.startedAtMs);
}

async function readNote(file: string): Promise<CanaryNote | undefined> {
  const { content } = await loadOwnFile(file, MAX_BYTES, text => asNote(JSON.parse(text)));
  return content;
}

const TEXTS = ['context', 'namespace', 'virtualService', 'route', 'routeName', 'version', 'host'] as const;
const NUMBERS = ['stepsSet', 'pid', 'startedAtMs', 'notedAtMs'] as const;

function asNote(read: unknown): CanaryNote | undefined {
  if (typeof read !== 'object' || read === null) return undefined;
  const json = read as Readonly<Record<string, unknown>>;
  const hasMembers =
    json.formatVersion === 1 &&
    TEXTS.every(name => typeof json[name] === 'string') &&
    NUMBERS.every(name => typeof json[name] === 'number') &&
    isListOf(json.labels, 'string') &&
    isListOf(json.steps, 'number') &&
    Array.isArray(json.start);
  if (!hasMembers) return undefined;
  const start = (json.start as readonly unknown[]).map(weight =>
    typeof weight === 'number' ? weight : undefined,
  );
  // Every member was looked at.
  return { ...(json as unknown as CanaryNote), start };
}

function isListOf(value: unknown, type: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every(item => typeof item === type);
}

function processOf({ host, pid }: CanaryNote): FoundCanary['process'] {
  if (host !== hostname()) return 'unknown';
  return isRunning(pid) ? 'running' : 'gone';
}

/** What a canary is on. */
export type CanaryPlace = Pick<CanarySubject, 'context' | 'namespace' | 'virtualService' | 'routeName'>;

/** The place of the route that is chosen; undefined where there is none. */
export function canaryPlace({ connection, weights: { applied } }: AppState): CanaryPlace | undefined {
  if (!applied) return undefined;
  const { namespace, name } = applied.virtualService;
  return {
    context: connection.context,
    namespace: plainText(namespace, 63),
    virtualService: plainText(name, 253),
    routeName: plainText(routeLabel(applied.route), 253),
  };
}

const PLACE = ['context', 'namespace', 'virtualService', 'routeName'] as const;

function isOf(note: CanaryNote, place: CanaryPlace): boolean {
  return PLACE.every(name => note[name] === place[name]);
}

/**
 * Takes away the notes of canaries on a route whose process is gone: somebody sets other weights now, on purpose.
 */
export async function forgetCanaries(env: NodeJS.ProcessEnv, place: CanaryPlace | undefined): Promise<void> {
  if (!place) return;
  for (const { file, note, process } of await findCanaries(env)) {
    if (isOf(note, place) && process === 'gone') await rm(file, { force: true }).catch(() => undefined);
  }
}

/** What `status` says of canaries on one route: lines for people, and the same for programs. */
export type CanaryStatus = {
  readonly lines: readonly string[];
  readonly json: readonly Readonly<Record<string, unknown>>[];
};

/**
 * What was noted of canaries on a route that are under way, or ended without going back: then with how to. A canary that
 * ended otherwise took its note away; one that was killed with the weights from before it applied is none to speak of.
 */
export async function canaryStatus(
  env: NodeJS.ProcessEnv,
  place: CanaryPlace,
  applied: RawWeights | undefined,
): Promise<CanaryStatus> {
  const all = await findCanaries(env);
  const worthTelling = all.filter(({ note, process }) => {
    const isBack = applied !== undefined && sameWeights(applied, note.start);
    return isOf(note, place) && (process === 'running' || !isBack);
  });
  return { lines: worthTelling.map(foundWords), json: worthTelling.map(foundJson) };
}

function foundWords({ note, process }: FoundCanary): string {
  const { version, steps, stepsSet, startedAtMs, pid, labels, start } = note;
  const since = new Date(startedAtMs).toISOString();
  const weight = steps[stepsSet - 1];
  const step =
    weight === undefined
      ? 'before its first step'
      : `at step ${stepsSet} of ${steps.length}, ${version} ${weight}`;
  if (process === 'running')
    return `a canary of ${version} is under way since ${since} (process ${pid}), ${step}`;
  const ended = process === 'gone' ? 'ended' : `on ${note.host} was under way or ended`;
  const before = `before it: ${namedWeights(labels, start)}`;
  return `a canary of ${version}, begun ${since}, ${ended} ${step}; ${before}. Go back with: ${backCommand(note)}`;
}

function foundJson({ note, process }: FoundCanary): Readonly<Record<string, unknown>> {
  const { version, route, steps, stepsSet, startedAtMs, notedAtMs, pid, host, labels, start } = note;
  return {
    to: version,
    route,
    process,
    pid,
    host,
    startedAt: new Date(startedAtMs).toISOString(),
    notedAt: new Date(notedAtMs).toISOString(),
    steps,
    stepsSet,
    weight: steps[stepsSet - 1] ?? null,
    start: Object.fromEntries(labels.map((label, index) => [label, start[index] ?? null])),
    backCommand: backCommand(note),
  };
}

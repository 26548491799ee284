import type { Clock } from '../clock.ts';
import type { JsonObject } from '../kube/json.ts';
import { plainText } from '../plain-text.ts';
import type { ObservedSample, RawSample } from '../traffic/sample.ts';
import { version } from '../version.ts';
import type { Intent } from './intents.ts';
import { noticesSince } from './notices.ts';
import { changesOf, FACTS, type FactKind, podFacts, tenths } from './recorded-facts.ts';
import { intentForRecording, privateTexts, textForRecording } from './recorded-text.ts';
import type { AppState } from './state.ts';
import type { AppStore } from './store.ts';

/** What the first line of a recording says it is. */
export const RECORDING_FORMAT = 'weighbridge-recording';
export const RECORDING_VERSION = 1;

/** Where the lines of a recording go. */
export interface RecordingSink {
  /** Bytes that the present file holds already. */
  readonly bytes: number;
  /**
   * Takes one line, without its line break. Neither blocks nor throws: `full` where lines come faster than they can be
   * written, and this one is lost; `closed` where nothing is written any more.
   */
  write(line: string): 'taken' | 'full' | 'closed';
  /** What follows goes into a new file; the present one takes the place of the one before it. */
  rotate(): void;
}

/** A file, at most; the one before it is kept, so that a recording takes twice as much. */
export const MAX_FILE_BYTES = 10_000_000;

const KINDS = Object.keys(FACTS) as readonly FactKind[];
const NOTHING: JsonObject = {};

/**
 * Writes a session as lines of JSON: what the state becomes, each sample, each intent. CONTRIBUTING.md describes the lines.
 * A file begins with all that is known, so each can be read alone. Costs nothing until it is started.
 */
export class Recorder {
  readonly #store: AppStore;
  readonly #sink: RecordingSink;
  readonly #clock: Clock;
  readonly #hidden = new Set<string>();
  readonly #maxFileBytes: number;
  #bytes: number;
  #lost = 0;
  readonly #parts = new Map<FactKind, readonly unknown[]>();
  readonly #facts = new Map<FactKind, JsonObject>();
  #pods: ReadonlyMap<string, JsonObject> = new Map();
  #seenPods: readonly unknown[] = [];
  #notices: AppState['notices'] = [];
  #unsubscribe: (() => void) | undefined;

  constructor(store: AppStore, sink: RecordingSink, clock: Clock, maxFileBytes: number = MAX_FILE_BYTES) {
    this.#store = store;
    this.#sink = sink;
    this.#clock = clock;
    this.#maxFileBytes = maxFileBytes;
    this.#bytes = sink.bytes;
  }

  /** Keeps these texts, such as paths of kubeconfigs and what they hold, out of every line from now on. */
  hide(texts: readonly string[]): void {
    for (const text of texts) this.#hidden.add(text);
  }

  /** Begins with all that is known. One that has begun goes on. */
  start(): void {
    if (this.#isOn) return;
    this.#notices = this.#store.getState().notices;
    this.#writeAll();
    this.#unsubscribe = this.#store.subscribe(state => this.#noteState(state));
  }

  /** Before the intent is taken, so that what it changes follows it. */
  noteIntent(intent: Intent): void {
    if (!this.#isOn) return;
    this.#write('intent', intentForRecording(intent, this.#store.getState().ui.overlay));
  }

  readonly noteSample = (raw: RawSample, { startedAtMs, latencyMs, outcome }: ObservedSample): void => {
    if (!this.#isOn) return;
    const status = raw.outcome.kind === 'answered' ? { status: raw.outcome.answer.status } : {};
    const version =
      outcome.kind !== 'unknown' && outcome.version !== undefined
        ? { version: plainText(outcome.version, 200) }
        : {};
    const failure =
      outcome.kind === 'failed'
        ? { failure: outcome.failure.kind, detail: this.#clean(outcome.failure.detail) }
        : {};
    this.#write('sample', {
      startedAtMs: tenths(startedAtMs),
      latencyMs: tenths(latencyMs),
      outcome: outcome.kind,
      ...status,
      ...version,
      ...failure,
    });
  };

  /** The last line. Nothing is noted after it. */
  end(): void {
    if (!this.#isOn) return;
    this.#write('end', {});
    this.#stop();
  }

  get #isOn(): boolean {
    return this.#unsubscribe !== undefined;
  }

  #stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  /** Compares with what was noted: a write from within a write is heard before the one around it. */
  #noteState(state: AppState): void {
    this.#noteFacts(state);
    this.#notePods(state);
    const { notices } = state;
    if (notices === this.#notices) return;
    const added = noticesSince(this.#notices, notices);
    this.#notices = notices;
    for (const { level, text } of added) this.#write('notice', { level, text: this.#clean(text) });
  }

  #noteFacts(state: AppState): void {
    for (const kind of KINDS) {
      const { parts, read } = FACTS[kind];
      const known = this.#parts.get(kind);
      const present = parts(state);
      if (known !== undefined && present.every((part, index) => part === known[index])) continue;
      this.#parts.set(kind, present);
      const fact = read(state, text => this.#clean(text));
      const changes = changesOf(this.#facts.get(kind) ?? NOTHING, fact);
      this.#facts.set(kind, fact);
      if (Object.keys(changes).length > 0) this.#write(kind, changes);
    }
  }

  #notePods(state: AppState): void {
    if (!this.#seePods(state)) return;
    const before = this.#pods;
    this.#pods = podFacts(state);
    for (const [pod, fact] of this.#pods) {
      const changes = changesOf(before.get(pod) ?? NOTHING, fact);
      if (Object.keys(changes).length > 0) this.#write('pod', { pod, ...changes });
    }
    for (const pod of before.keys()) {
      if (!this.#pods.has(pod)) this.#write('pod', { pod, isGone: true });
    }
  }

  /** Whether they are others than those seen last. */
  #seePods({ cluster: { pods, istioPods } }: AppState): boolean {
    const [seenPods, seenIstioPods] = this.#seenPods;
    this.#seenPods = [pods, istioPods];
    return pods !== seenPods || istioPods !== seenIstioPods;
  }

  #write(kind: string, members: JsonObject): void {
    if (this.#lost > 0 && !this.#resume()) return;
    const line = this.#lineOf(kind, members);
    const isOver = this.#bytes + Buffer.byteLength(line) >= this.#maxFileBytes;
    if (isOver) {
      this.#sink.rotate();
      this.#bytes = 0;
      this.#writeAll();
    }
    this.#put(line);
  }

  /** Says how much was lost and, because changes may have been among it, all that is known. */
  #resume(): boolean {
    const lines = this.#lost;
    this.#lost = 0;
    this.#put(this.#lineOf('lost', { lines }));
    if (this.#lost > 0) {
      this.#lost += lines;
      return false;
    }
    this.#writeAll();
    return this.#lost === 0;
  }

  /** The header, and everything that changes are told of. */
  #writeAll(): void {
    const state = this.#store.getState();
    this.#put(this.#lineOf('header', headerOf(state)));
    for (const kind of KINDS) {
      const fact = FACTS[kind].read(state, text => this.#clean(text));
      this.#parts.set(kind, FACTS[kind].parts(state));
      this.#facts.set(kind, fact);
      this.#put(this.#lineOf(kind, fact));
    }
    this.#seePods(state);
    this.#pods = podFacts(state);
    for (const [pod, fact] of this.#pods) this.#put(this.#lineOf('pod', { pod, ...fact }));
  }

  #put(line: string): void {
    switch (this.#sink.write(line)) {
      case 'taken':
        this.#bytes += Buffer.byteLength(line) + 1;
        return;
      case 'full':
        this.#lost += 1;
        return;
      case 'closed':
        this.#stop();
    }
  }

  #lineOf(kind: string, members: JsonObject): string {
    return JSON.stringify({ t: tenths(this.#clock.now()), kind, ...members });
  }

  #clean(text: string): string {
    return textForRecording(text, [...this.#hidden, ...privateTexts(this.#store.getState())]);
  }
}

function headerOf({ connection }: AppState): JsonObject {
  return {
    format: RECORDING_FORMAT,
    formatVersion: RECORDING_VERSION,
    programVersion: version,
    node: process.versions.node,
    platform: process.platform,
    context: connection.context,
  };
}

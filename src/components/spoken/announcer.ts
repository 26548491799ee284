import type { Clock } from '../../clock.ts';
import type { Intent } from '../../session/intents.ts';
import type { AppState } from '../../session/state.ts';
import type { AppStore } from '../../session/store.ts';
import { paneSentences } from './pane-sentences.ts';
import { sentencesBetween } from './sentences.ts';

/** After a key has been still for so long, what it did is said: a held key is one change. */
const KEY_QUIET_MS = 150;
/** And after so long at most, while it is held. */
const KEY_MOST_MS = 1_500;
/** What comes by itself waits so long for more of its kind, and comes at most once in so long. */
const NEWS_QUIET_MS = 250;
const NEWS_MS = 3_000;
/** More lines than this at once are not listened to. */
const MOST_NEWS = 12;

/**
 * Says what changes, a line each, for as long as it is started: what keys do soon after them, all else at most every three
 * seconds. Nothing is said of what is as it was by then.
 */
export class Announcer {
  readonly #store: AppStore;
  readonly #clock: Clock;
  readonly #write: (line: string) => void;
  #said: AppState;
  #seen: AppState;
  #newsAtMs = Number.NEGATIVE_INFINITY;
  #keyAtMs: number | undefined;
  #alarm: (() => void) | undefined;
  #stop = () => {};

  constructor(store: AppStore, clock: Clock, write: (line: string) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#write = write;
    this.#said = store.getState();
    this.#seen = this.#said;
  }

  /** Says the notices that are there already, and each change from now on. Returns a function that stops it. */
  start(): () => void {
    this.#said = { ...this.#said, notices: [] };
    this.#stop = this.#store.subscribe(state => this.#changed(state));
    this.#changed(this.#seen);
    return () => {
      this.#stop();
      this.#alarm?.();
      this.#say();
    };
  }

  /** Says a pane again whose key is pressed where it is focused already, so that it can be asked for at any time. */
  intended(intent: Intent): void {
    const { focus, overlay } = this.#store.getState().ui;
    if (intent.kind !== 'focus' || intent.pane !== focus || overlay.kind !== 'none') return;
    this.#say();
    for (const line of paneSentences(this.#said, focus)) this.#write(line);
  }

  #changed(state: AppState): void {
    const isKey = isByKey(this.#seen, state);
    this.#seen = state;
    const now = this.#clock.now();
    if (isKey) {
      this.#keyAtMs ??= now;
      this.#sayAt(Math.min(now + KEY_QUIET_MS, this.#keyAtMs + KEY_MOST_MS), true);
    } else this.#sayAt(Math.max(now + NEWS_QUIET_MS, this.#newsAtMs + NEWS_MS), false);
  }

  /** A key's time takes the place of the one before, also of a later one; news waits for what is set. */
  #sayAt(atMs: number, isKey: boolean): void {
    if (this.#alarm && !isKey) return;
    this.#alarm?.();
    this.#alarm = this.#clock.after(atMs - this.#clock.now(), () => this.#say());
  }

  #say(): void {
    this.#alarm?.();
    this.#alarm = undefined;
    const isNews = this.#keyAtMs === undefined;
    const state = this.#store.getState();
    const lines = sentencesBetween(this.#said, state);
    this.#said = state;
    this.#seen = state;
    this.#keyAtMs = undefined;
    if (isNews && lines.length > 0) this.#newsAtMs = this.#clock.now();
    const shown = isNews ? lines.slice(0, MOST_NEWS) : lines;
    for (const line of shown) this.#write(line);
    const left = lines.length - shown.length;
    if (left > 0) this.#write(`And ${left} more changes; 1 to 4 read the panes.`);
  }
}

/** Whether a change came of a key, and is waited for. */
function isByKey(before: AppState, after: AppState): boolean {
  return before.ui !== after.ui || before.weights.requested !== after.weights.requested;
}

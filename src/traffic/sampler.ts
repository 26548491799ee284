import type { Clock } from '../clock.ts';
import { AnswerReader, type ReadOutcome } from './answer-reader.ts';
import { ConnectionRotation } from './connection-rotation.ts';
import type { RawSample, SampleTarget, TransportFailure } from './sample.ts';
import { DEFAULT_RATE_PER_SECOND, isSamplingRate, RATE_WORDS } from './sampling-rate.ts';
import { isUnreachable } from './transport-failure.ts';

const DEFAULT_DEADLINE_MS = 2000;
const DEFAULT_CONNECTIONS = 4;

/** Requests in flight at once, and so sockets: 20/s with every answer hanging until its deadline needs 40. */
const MAX_OUTSTANDING = 128;

/** A start that comes later than this is missed: what a computer slept through must not arrive as a burst. */
const MAX_LATE_MS = 250;

/** A process that is later than this was stopped, or its computer slept: how long answers took meanwhile nobody knows. */
const STOOD_STILL_MS = 1_000;

/** A gateway that nothing answers at is asked at full rate for this long (a restart takes less), then seldom. */
const BACK_OFF_AFTER_MS = 2000;
const FIRST_BACK_OFF_MS = 500;
const MAX_BACK_OFF_MS = 2000;

export interface SamplerOptions {
  readonly target: SampleTarget;
  /** From `MIN_RATE_PER_SECOND` to `MAX_RATE_PER_SECOND`. @default 20 */
  readonly ratePerSecond?: number;
  /** From the intended start to the end of the answer. @default 2000 */
  readonly deadlineMs?: number;
  /** @default 4 */
  readonly connections?: number;
  /** A connection of its own for every sample, whose latency then includes the handshake. @default false */
  readonly freshConnections?: boolean;
  /** PEM certificates that are trusted in the place of the system's. */
  readonly ca?: string | undefined;
  readonly clock: Clock;
  /** Called once per sample, in the order in which they end, never after `stop`. What it throws is an uncaught exception. */
  readonly onSample: (sample: RawSample) => void;
}

/** What a sampler says of itself: plain data. */
export interface SamplerStatus {
  /** Nothing answers at the gateway's address, so it is asked less often than the rate says. */
  readonly isBackingOff: boolean;
  /** Starts that the rate asked for and that were not made, since sampling began. */
  readonly missedStarts: number;
  readonly connections: 'kept' | 'fresh';
}

export interface Sampler {
  /** `backing-off`: nothing answers there, so one start every 0.5 to 2 s stands for the rate until something does. */
  readonly state: 'sampling' | 'backing-off' | 'paused' | 'stopped';
  /** Starts that the rate asked for and that were not made: this process was late, or too many requests were unanswered. */
  readonly missedStarts: number;
  readonly status: SamplerStatus;
  /** Starts no more samples; those in flight still end. */
  pause(): void;
  resume(): void;
  /** Throws a RangeError outside the limits. */
  setRate(ratePerSecond: number): void;
  /**
   * Later samples take another way to the same gateway. Those in flight end on the old way and are reported, so that what
   * was lost on it is counted. Throws a TypeError when the URL is none.
   */
  reroute(target: SampleTarget): void;
  /** Resolves when no socket and no timer is left. May be called again. */
  stop(): Promise<void>;
}

/**
 * Samples the gateway in an open loop: starts are at multiples of the interval whatever the answers do, so a slow
 * gateway does not slow its own measurement (no coordinated omission).
 */
export function startSampler(options: SamplerOptions): Sampler {
  return new OpenLoopSampler(options);
}

type Target = ReturnType<typeof readTarget>;

interface Outstanding {
  readonly intendedAtMs: number;
  readonly reader: AnswerReader;
  cancelDeadline: () => void;
}

class OpenLoopSampler implements Sampler {
  readonly #clock: Clock;
  readonly #onSample: (sample: RawSample) => void;
  readonly #deadlineMs: number;
  readonly #connections: number;
  readonly #freshConnections: boolean;
  readonly #ca: string | undefined;
  /** In the order of their intended starts. */
  readonly #outstanding = new Set<Outstanding>();
  readonly #closing = new Set<Promise<void>>();
  #target: Target;
  /** Connections of ways that are left, while samples in flight may still end on them, by how to keep them longer. */
  readonly #leaving = new Map<ConnectionRotation, () => void>();
  #rotation: ConnectionRotation;
  #intervalMs: number;
  #nextAtMs: number;
  #cancelTick: () => void = () => {};
  #isPaused = false;
  #missedStarts = 0;
  #unreachableSinceMs: number | undefined;
  #backOffMs = 0;
  #stopped: Promise<void> | undefined;

  constructor(options: SamplerOptions) {
    this.#clock = options.clock;
    this.#onSample = options.onSample;
    this.#deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    this.#connections = options.connections ?? DEFAULT_CONNECTIONS;
    this.#intervalMs = intervalOf(options.ratePerSecond ?? DEFAULT_RATE_PER_SECOND);
    this.#freshConnections = options.freshConnections ?? false;
    this.#ca = options.ca;
    this.#target = readTarget(options.target);
    this.#rotation = this.#newRotation();
    this.#nextAtMs = this.#clock.now();
    this.#schedule();
  }

  get state(): Sampler['state'] {
    if (this.#stopped !== undefined) return 'stopped';
    if (this.#isPaused) return 'paused';
    return this.#backOffMs > 0 ? 'backing-off' : 'sampling';
  }

  get missedStarts(): number {
    return this.#missedStarts;
  }

  get status(): SamplerStatus {
    return {
      isBackingOff: this.#backOffMs > 0,
      missedStarts: this.#missedStarts,
      connections: this.#freshConnections ? 'fresh' : 'kept',
    };
  }

  pause(): void {
    this.#isPaused = true;
    this.#cancelTick();
  }

  resume(): void {
    if (!this.#isPaused || this.#stopped !== undefined) return;
    this.#isPaused = false;
    this.#restartSchedule(0);
  }

  setRate(ratePerSecond: number): void {
    const intervalMs = intervalOf(ratePerSecond);
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    this.#restartSchedule(intervalMs);
  }

  reroute(target: SampleTarget): void {
    const next = readTarget(target);
    if (this.#stopped !== undefined) return;
    this.#target = next;
    const left = this.#rotation;
    const close = () => {
      this.#leaving.delete(left);
      this.#retire(left);
    };
    this.#leaving.set(left, this.#clock.after(this.#deadlineMs, close));
    this.#rotation = this.#newRotation();
    this.#markReachable();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stopNow();
    return this.#stopped;
  }

  async #stopNow(): Promise<void> {
    this.#cancelTick();
    this.#dropOutstanding();
    this.#retire(this.#rotation);
    for (const [rotation, cancelClose] of this.#leaving) {
      cancelClose();
      this.#retire(rotation);
    }
    this.#leaving.clear();
    await Promise.all(this.#closing);
  }

  #newRotation(): ConnectionRotation {
    return new ConnectionRotation({
      origin: this.#target.origin,
      connect: this.#target.connect,
      connections: this.#connections,
      freshConnections: this.#freshConnections,
      ca: this.#ca,
      connectTimeoutMs: this.#deadlineMs,
      clock: this.#clock,
    });
  }

  #retire(rotation: ConnectionRotation): void {
    const closed = rotation.close();
    this.#closing.add(closed);
    closed.then(() => this.#closing.delete(closed));
  }

  #dropOutstanding(): void {
    for (const request of this.#outstanding) {
      request.cancelDeadline();
      request.reader.abandon();
    }
    this.#outstanding.clear();
  }

  /** Begins a new series of starts, the first one `delayMs` from now. */
  #restartSchedule(delayMs: number): void {
    this.#nextAtMs = this.#clock.now() + delayMs;
    this.#schedule();
  }

  #schedule(): void {
    this.#cancelTick();
    if (this.#isPaused || this.#stopped !== undefined) return;
    const delayMs = Math.max(0, this.#nextAtMs - this.#clock.now());
    this.#cancelTick = this.#clock.after(delayMs, () => this.#startDue());
  }

  /** Makes every start that is due and not too late, and counts the rest as missed. */
  #startDue(): void {
    const now = this.#clock.now();
    if (now - this.#nextAtMs > STOOD_STILL_MS) this.#dropOutstanding();
    const intervalMs = Math.max(this.#intervalMs, this.#backOffMs);
    const lateMs = now - this.#nextAtMs - Math.max(MAX_LATE_MS, intervalMs);
    if (lateMs > 0) {
      const tooLate = Math.ceil(lateMs / intervalMs);
      this.#missedStarts += tooLate;
      this.#nextAtMs += tooLate * intervalMs;
    }
    while (this.#nextAtMs <= now) {
      if (this.#outstanding.size < MAX_OUTSTANDING) this.#startOne(this.#nextAtMs, now);
      else this.#missedStarts += 1;
      this.#nextAtMs += intervalMs;
    }
    this.#schedule();
  }

  #startOne(intendedAtMs: number, now: number): void {
    const reader = new AnswerReader(outcome => this.#end(request, outcome));
    const request: Outstanding = { intendedAtMs, reader, cancelDeadline: () => {} };
    this.#outstanding.add(request);
    const leftMs = Math.max(0, intendedAtMs + this.#deadlineMs - now);
    request.cancelDeadline = this.#clock.after(leftMs, () => this.#endAtDeadline(request));
    const { method, path, headers } = this.#target;
    this.#rotation.send({ method, path, headers }, reader);
  }

  #endAtDeadline(request: Outstanding): void {
    const lateMs = this.#clock.now() - request.intendedAtMs - this.#deadlineMs;
    if (lateMs > STOOD_STILL_MS) {
      this.#dropOutstanding();
      return;
    }
    const failure: TransportFailure = {
      kind: request.reader.isSent ? 'timeout' : 'connect-timeout',
      detail: '',
    };
    request.reader.abandon();
    this.#end(request, { kind: 'failed', failure });
  }

  #end(request: Outstanding, outcome: ReadOutcome): void {
    if (!this.#outstanding.delete(request)) return;
    request.cancelDeadline();
    this.#noteReach(outcome);
    const [oldest] = this.#outstanding;
    const sample: RawSample = {
      intendedAtMs: request.intendedAtMs,
      latencyMs: Math.max(0, this.#clock.now() - request.intendedAtMs),
      completeBeforeMs: Math.min(oldest?.intendedAtMs ?? Number.POSITIVE_INFINITY, this.#nextAtMs),
      outcome,
    };
    // In a turn of its own: an exception in the callback is the callback's, not an error of the connection.
    queueMicrotask(() => {
      if (this.#stopped === undefined) this.#onSample(sample);
    });
  }

  #noteReach(outcome: ReadOutcome): void {
    if (outcome.kind === 'answered' || !isUnreachable(outcome.failure.kind)) {
      this.#markReachable();
      return;
    }
    const now = this.#clock.now();
    this.#unreachableSinceMs ??= now;
    if (now - this.#unreachableSinceMs < BACK_OFF_AFTER_MS) return;
    this.#backOffMs = Math.min(MAX_BACK_OFF_MS, Math.max(FIRST_BACK_OFF_MS, this.#backOffMs * 2));
  }

  #markReachable(): void {
    this.#unreachableSinceMs = undefined;
    if (this.#backOffMs === 0) return;
    this.#backOffMs = 0;
    this.#restartSchedule(this.#intervalMs);
  }
}

function intervalOf(ratePerSecond: number): number {
  if (!isSamplingRate(ratePerSecond)) throw new RangeError(`the rate must be ${RATE_WORDS}`);
  return 1000 / ratePerSecond;
}

/** What a target asks for on the wire. Compression is declined, as a gateway's differs from what a version sends directly. */
function readTarget(target: SampleTarget) {
  const url = new URL(target.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`a gateway URL begins with http:// or https://, not ${url.protocol}//`);
  }
  return {
    origin: url.origin,
    method: target.method ?? 'GET',
    path: `${url.pathname}${url.search}`,
    headers: { 'accept-encoding': 'identity', ...target.headers },
    connect: target.connect,
  };
}

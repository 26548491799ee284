import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { AnswerKind } from '../traffic/fingerprint.ts';
import { GroupedVersions } from '../traffic/grouped-versions.ts';
import { ReadVersions, type Recognition } from '../traffic/recognition.ts';
import type { Answer } from '../traffic/sample.ts';
import { NamedVersions } from '../traffic/version-naming.ts';
import { portForwardRefusal } from './access.ts';
import { readVersions, type VersionRead } from './read-versions.ts';
import type { FoundTarget } from './sample-target.ts';
import type { AppState } from './state.ts';

/** How long answers of pods that are gone still count: a terminating pod answers on for a while. */
const GONE_MS = 60_000;

/** What the pods of one template of a version answered. */
type Known = { readonly answers: readonly Answer[]; readonly seenAtMs: number };

/**
 * Learns what tells the versions of one route apart. Each template of a version's pods is read by itself, so that old and new
 * pods both count in the middle of a rollout. Where nothing can be read, the samples themselves are grouped.
 */
export class VersionLearner {
  readonly #api: ClusterApi;
  readonly #clock: Clock;
  readonly #labels: readonly string[];
  /** By label and by template. */
  readonly #known = new Map<string, Map<string, Known>>();
  readonly #read = new ReadVersions();
  #named: NamedVersions | undefined;
  #grouped: GroupedVersions | undefined;
  #shares: { readonly shares: readonly number[]; readonly atMs: number } | undefined;
  #problem = '';
  #hasGone = false;

  constructor(api: ClusterApi, clock: Clock, labels: readonly string[]) {
    this.#api = api;
    this.#clock = clock;
    this.#labels = labels;
  }

  get recognition(): Recognition {
    return this.#named ?? this.#grouped ?? this.#read;
  }

  /** Whether reading again before long would tell more: a version could not be read, or pods are on their way out. */
  get isIncomplete(): boolean {
    return this.#problem !== '' || this.#hasGone;
  }

  /** How versions are told apart, and what could not be read; safe to draw. */
  get words(): string {
    const { words } = this.recognition;
    return this.#problem === '' || this.#grouped ? words : `${words} (${this.#problem})`;
  }

  /** Shares that are applied from now on, in the order of the labels. */
  weightsApplied(shares: readonly number[], atMs: number): void {
    this.#shares = { shares, atMs };
    this.#grouped?.weightsApplied(shares, atMs);
  }

  /** Reads the versions as they are now. */
  async learn(state: AppState, target: FoundTarget, signal: AbortSignal): Promise<void> {
    const reads = await readVersions(this.#api, state, target, signal);
    if (signal.aborted) return;
    this.#remember(reads);
    this.#problem = reads.find(({ problem }) => problem !== '')?.problem ?? '';
    const kinds = this.#kinds();
    const { naming } = state.traffic;
    if (naming) {
      this.#named ??= new NamedVersions(naming);
      this.#named.learn(this.#labels, kinds);
      return;
    }
    this.#read.learn(kinds);
    if (kinds.some(({ answers }) => answers.length > 0)) this.#grouped = undefined;
    else if (this.#problem !== '') this.#group(portForwardRefusal(state) ?? this.#problem);
  }

  #group(why: string): void {
    if (this.#grouped) return;
    this.#grouped = new GroupedVersions(this.#labels, why);
    if (this.#shares) this.#grouped.weightsApplied(this.#shares.shares, this.#shares.atMs);
  }

  #remember(reads: readonly VersionRead[]): void {
    const seenAtMs = this.#clock.now();
    for (const { label, template, answers } of reads) {
      const templates = this.#known.get(label) ?? new Map<string, Known>();
      this.#known.set(label, templates);
      if (answers.length > 0) templates.set(template, { answers, seenAtMs });
    }
    this.#hasGone = false;
    for (const templates of this.#known.values()) this.#forgetGone(templates, seenAtMs);
  }

  /** A version whose pods are all gone for now is still known by what the last of them answered. */
  #forgetGone(templates: Map<string, Known>, nowMs: number): void {
    const newestMs = Math.max(...[...templates.values()].map(({ seenAtMs }) => seenAtMs));
    for (const [template, { seenAtMs }] of templates) {
      if (seenAtMs === newestMs) continue;
      if (nowMs - seenAtMs > GONE_MS) templates.delete(template);
      else this.#hasGone = true;
    }
  }

  #kinds(): readonly AnswerKind[] {
    return this.#labels.flatMap(version => {
      const templates = [...(this.#known.get(version)?.values() ?? [])];
      if (templates.length === 0) return [{ version, answers: [] }];
      return templates.map(({ answers }) => ({ version, answers }));
    });
  }
}

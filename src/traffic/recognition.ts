import {
  type AnswerKind,
  canTellApart,
  classify,
  describeFingerprints,
  type Fingerprints,
  learnKinds,
} from './fingerprint.ts';
import type { Answer } from './sample.ts';

/** How the version of an answer is known. */
export interface Recognition {
  /** The version that an answer shows; undefined where it shows none. `startedAtMs` is when it was asked for. */
  classify(answer: Answer, startedAtMs: number): string | undefined;
  /** Whether every version of the route can be told from every other. */
  readonly canTellApart: boolean;
  /** In one sentence how they are told apart, or why not and what would change that. Safe to draw. */
  readonly words: string;
}

/** Knows versions by what was read of each through a port-forward of its own. */
export class ReadVersions implements Recognition {
  #fingerprints: Fingerprints = learnKinds([]);

  learn(kinds: readonly AnswerKind[]): void {
    this.#fingerprints = learnKinds(kinds);
  }

  classify(answer: Answer): string | undefined {
    return classify(this.#fingerprints, answer);
  }

  get canTellApart(): boolean {
    return canTellApart(this.#fingerprints);
  }

  get words(): string {
    return describeFingerprints(this.#fingerprints);
  }
}

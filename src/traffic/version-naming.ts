import { plainText } from '../plain-text.ts';
import { BoundedPattern } from './bounded-pattern.ts';
import type { AnswerKind } from './fingerprint.ts';
import { isOwnHeader } from './mark.ts';
import type { Recognition } from './recognition.ts';
import type { Answer } from './sample.ts';

/** What a person says tells the version of an answer: the value of a header, or what a pattern finds in it. */
export type VersionNaming =
  /** In lower case. */
  | { readonly kind: 'header'; readonly name: string }
  /** A regular expression: its first group, or all that it matches where it has none. */
  | { readonly kind: 'pattern'; readonly source: string };

/** Why a text is no regular expression, in the words of the engine; undefined where it is one. */
export function patternProblem(source: string): string | undefined {
  try {
    new RegExp(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Knows versions by what a person said tells them. A version that was read is known by what it said then; one that was not,
 * by its own label.
 */
export class NamedVersions implements Recognition {
  readonly #naming: VersionNaming;
  readonly #pattern: BoundedPattern | undefined;
  #labels: readonly string[] = [];
  /** Undefined where several versions say it. */
  #versions = new Map<string, string | undefined>();
  #silent: readonly string[] = [];

  constructor(naming: VersionNaming) {
    this.#naming = naming;
    this.#pattern = naming.kind === 'pattern' ? new BoundedPattern(naming.source) : undefined;
  }

  /** Takes what the versions of the route, `labels`, were read to answer. */
  learn(labels: readonly string[], kinds: readonly AnswerKind[]): void {
    this.#labels = labels;
    this.#versions = new Map();
    const said = kinds.flatMap(({ version, answers }) =>
      answers.flatMap(answer => ({ version, text: this.#textOf(answer) })),
    );
    for (const { version, text } of said) {
      if (text === undefined) continue;
      const isNew = !this.#versions.has(text) || this.#versions.get(text) === version;
      this.#versions.set(text, isNew ? version : undefined);
    }
    const read = new Set(said.map(({ version }) => version));
    const speaking = new Set(said.flatMap(({ version, text }) => (text === undefined ? [] : [version])));
    this.#silent = [...read].filter(version => !speaking.has(version));
    for (const label of labels) {
      if (!read.has(label) && !this.#versions.has(label)) this.#versions.set(label, label);
    }
  }

  classify(answer: Answer): string | undefined {
    const text = this.#textOf(answer);
    return text === undefined ? undefined : this.#versions.get(text);
  }

  get canTellApart(): boolean {
    const known = new Set(this.#versions.values());
    return !this.#pattern?.isGivenUp && this.#labels.every(label => known.has(label));
  }

  get words(): string {
    const how = this.#naming.kind === 'header' ? `the header ${this.#naming.name}` : '--version-pattern';
    if (this.#pattern?.isGivenUp)
      return '--version-pattern takes too long on an answer and was given up: make it simpler';
    const [silent] = this.#silent;
    if (silent !== undefined) return `${plainText(silent, 40)} answers without what ${how} is to tell`;
    const [shared] = [...this.#versions].filter(([, version]) => version === undefined);
    if (shared) return `${how} is ${plainText(shared[0], 40)} for more than one version: name another`;
    return `told apart by ${how}, as asked`;
  }

  #textOf(answer: Answer): string | undefined {
    if (this.#naming.kind === 'header') return answer.headers[this.#naming.name]?.trim();
    return this.#pattern?.find(textOf(answer));
  }
}

/** An answer as the pattern sees it: the application's own headers, a line each, then the body. */
function textOf({ headers, body }: Answer): string {
  const lines = Object.entries(headers)
    .filter(([name]) => isOwnHeader(name))
    .map(([name, value]) => `${name}: ${value}\n`);
  return `${lines.join('')}\n${body}`;
}

import { createContext, Script } from 'node:vm';

/** A pattern that takes longer than this on one answer is one that backtracks for ever on some. */
const TIME_LIMIT_MS = 25;

/** So much of an answer is searched. */
const MAX_CHARACTERS = 16 * 1024;

/** Texts whose finding is remembered: pages of a version are mostly the same. */
const MAX_REMEMBERED = 32;

/**
 * A regular expression of a person's own, which cannot hold the program up: a search ends at a limit of time, and a pattern
 * that has reached it once is not tried again. (The engine's own watchdog can end a search; nothing on this side of it can.)
 */
export class BoundedPattern {
  readonly #context: { text: string; found: RegExpExecArray | null };
  readonly #search = new Script('found = pattern.exec(text)');
  readonly #remembered = new Map<string, string | undefined>();
  #isGivenUp = false;

  /** Throws a SyntaxError where the source is no regular expression. */
  constructor(source: string) {
    const globals = { pattern: new RegExp(source), text: '', found: null };
    this.#context = createContext(globals) as typeof globals;
  }

  /** Whether a search took too long, so that nothing is found any more. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** The first group of the first match, or all of it where the pattern has no group; undefined where nothing matches. */
  find(text: string): string | undefined {
    const searched = text.slice(0, MAX_CHARACTERS);
    if (this.#remembered.has(searched)) return this.#remembered.get(searched);
    const found = this.#isGivenUp ? undefined : this.#searchFor(searched);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(searched, found);
    return found;
  }

  #searchFor(text: string): string | undefined {
    this.#context.text = text;
    try {
      this.#search.runInContext(this.#context, { timeout: TIME_LIMIT_MS });
    } catch {
      this.#isGivenUp = true;
      return undefined;
    }
    const { found } = this.#context;
    return found === null ? undefined : (found[1] ?? found[0]);
  }
}

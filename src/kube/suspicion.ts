/**
 * Tells those who wait on a connection that it may have died unseen, as all have of a computer that slept: they ask again at
 * once, long before TCP would tell them.
 */
export class Suspicion {
  readonly #listeners = new Set<() => void>();

  raise(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` whenever suspicion is raised, until the returned function is called. */
  onRaised(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

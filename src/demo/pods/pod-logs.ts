/** One line that a container wrote. */
export type LogLine = { readonly atMs: number; readonly text: string };

/** What a container wrote from one start to its end. */
export interface LogOfRun {
  /** Oldest first. */
  lines(): readonly LogLine[];
  /** Calls `onLine` for each further line, and `onEnd` when the container ends. Returns how to stop listening. */
  follow(onLine: (line: LogLine) => void, onEnd: () => void): () => void;
}

/** The logs of all containers, as the kubelet keeps them: of each the present run and the one before. */
export interface PodLogs {
  /** A container starts. What it wrote in the run before is kept as `previous`, and what was before that is dropped. */
  begin(podUid: string, container: string): void;
  /** The container writes a line, by default now. Nothing happens while it does not run. */
  write(podUid: string, container: string, text: string, atMs?: number): void;
  /** The container ends: whoever follows its log is told. */
  end(podUid: string, container: string): void;
  /** The pod is gone, and its logs with it. */
  forget(podUid: string): void;
  find(podUid: string, container: string, which: 'current' | 'previous'): LogOfRun | undefined;
}

/** A kubelet rotates by size; here a count bounds the memory of a container, whatever traffic there is. */
const MOST_LINES = 5_000;

/** A container runtime breaks longer lines into parts. */
const LONGEST_LINE = 16_384;

type Follower = { readonly onLine: (line: LogLine) => void; readonly onEnd: () => void };

class RunLog implements LogOfRun {
  #lines: LogLine[] = [];
  #isOver = false;
  readonly #followers = new Set<Follower>();

  write(line: LogLine): void {
    if (this.#isOver) return;
    this.#lines.push(line);
    // Cut rarely and by much, so that a line costs the same however many there were.
    if (this.#lines.length >= 2 * MOST_LINES) this.#lines = this.#lines.slice(-MOST_LINES);
    for (const { onLine } of this.#followers) onLine(line);
  }

  end(): void {
    this.#isOver = true;
    const followers = [...this.#followers];
    this.#followers.clear();
    for (const { onEnd } of followers) onEnd();
  }

  lines(): readonly LogLine[] {
    return this.#lines.slice(-MOST_LINES);
  }

  follow(onLine: (line: LogLine) => void, onEnd: () => void): () => void {
    if (this.#isOver) {
      onEnd();
      return () => {};
    }
    const follower = { onLine, onEnd };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}

type Runs = { readonly current: RunLog; readonly previous: RunLog | undefined };

/** `now` gives each line its time. */
export function createPodLogs(now: () => number): PodLogs {
  const pods = new Map<string, Map<string, Runs>>();
  return {
    begin: (podUid, container) => {
      const containers = pods.get(podUid) ?? new Map<string, Runs>();
      pods.set(podUid, containers);
      const before = containers.get(container)?.current;
      before?.end();
      containers.set(container, { current: new RunLog(), previous: before });
    },
    write: (podUid, container, text, atMs = now()) =>
      pods
        .get(podUid)
        ?.get(container)
        ?.current.write({ atMs, text: text.slice(0, LONGEST_LINE) }),
    end: (podUid, container) => pods.get(podUid)?.get(container)?.current.end(),
    forget: podUid => {
      for (const { current } of pods.get(podUid)?.values() ?? []) current.end();
      pods.delete(podUid);
    },
    find: (podUid, container, which) => pods.get(podUid)?.get(container)?.[which],
  };
}

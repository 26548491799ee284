import { crashLines, entrypointLines, stopLines } from '../pods/nginx-log.ts';
import type { ContainerContents } from '../pods/pod-contents.ts';
import type { PodLogs } from '../pods/pod-logs.ts';
import type { Timers } from '../timers.ts';

/** What the containers of one pod write of their own accord. Web servers write their access logs themselves. */
export class ContainerLogs {
  readonly #logs: PodLogs;
  readonly #timers: Timers;
  readonly #podUid: string;
  #containers: readonly ContainerContents[] = [];

  constructor(logs: PodLogs, timers: Timers, podUid: string) {
    this.#logs = logs;
    this.#timers = timers;
    this.#podUid = podUid;
  }

  /** The containers start, or started at `atMs`. One that will crash does not get as far as serving. */
  begin(
    containers: readonly ContainerContents[],
    willCrash: boolean,
    atMs: number = this.#timers.now(),
  ): void {
    this.#containers = containers;
    for (const { name, startLines, web } of containers) {
      this.#logs.begin(this.#podUid, name);
      this.#write(name, willCrash && web ? entrypointLines() : startLines(atMs), atMs);
    }
  }

  crash(): void {
    this.#end(crashLines);
  }

  stop(): void {
    this.#end(stopLines);
  }

  #end(lastWords: (atMs: number) => readonly string[]): void {
    const nowMs = this.#timers.now();
    for (const { name, web } of this.#containers) {
      if (web) this.#write(name, lastWords(nowMs), nowMs);
      this.#logs.end(this.#podUid, name);
    }
  }

  #write(container: string, lines: readonly string[], atMs: number): void {
    for (const line of lines) this.#logs.write(this.#podUid, container, line, atMs);
  }
}

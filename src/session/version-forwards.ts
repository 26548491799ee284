import { connect as connectTcp } from 'node:net';
import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { forwardLocally, type LocalForward } from '../kube/local-forward.ts';
import type { Pod } from '../kube/pod.ts';
import { readThrough } from '../traffic/read-version.ts';
import type { AnsweringCluster } from '../tutorial/facts.ts';
import { VERSIONS, type VersionName } from '../tutorial/manifests.ts';
import { pageWords } from '../tutorial/page.ts';
import type { VersionPage } from './tutorial-state.ts';

/** As in the tutorial: the first version on this port of the computer, the second on the one after it. */
const FIRST_PORT = 8080;
const READ_DEADLINE_MS = 5_000;

export type ForwardParts = {
  readonly api: ClusterApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/** The versions of the application on ports of this computer, each reached by itself: for a person's browser as well as for us. */
export class VersionForwards {
  readonly #parts: ForwardParts;
  readonly #forwards = new Map<VersionName, LocalForward>();
  #pods: readonly Pod[] = [];

  constructor(parts: ForwardParts) {
    this.#parts = parts;
  }

  /** Takes note of which pods there are: each connection goes to one that is ready when it is made. */
  update({ pods }: AnsweringCluster): void {
    this.#pods = pods;
  }

  /** Opens the ports that are not open yet, and looks at each version through its own. Never rejects. */
  async look(cluster: AnsweringCluster): Promise<readonly VersionPage[]> {
    this.update(cluster);
    // One after the other, so that each gets the port that the tutorial names.
    const pages: VersionPage[] = [];
    for (const [index, version] of VERSIONS.entries()) pages.push(await this.#lookAt(version, index));
    return pages;
  }

  /** Closes every port, with the connections through it. */
  async close(): Promise<void> {
    const open = [...this.#forwards.values()];
    this.#forwards.clear();
    await Promise.all(open.map(forward => forward.close()));
  }

  async #lookAt(version: VersionName, index: number): Promise<VersionPage> {
    const forward = await this.#open(version, index);
    if (typeof forward === 'string') return { version, url: '', words: forward, isShown: false };
    const url = `http://localhost:${forward.port}`;
    const { signal, clock } = this.#parts;
    const request = { path: '/', headers: { host: `localhost:${forward.port}` } };
    const dial = async () => connectTcp({ host: '127.0.0.1', port: forward.port, signal });
    const answer = await readThrough(dial, request, READ_DEADLINE_MS, signal, clock);
    if ('failed' in answer) return { version, url, words: answer.failed, isShown: false };
    return { version, url, words: pageWords(answer.body), isShown: true };
  }

  async #open(version: VersionName, index: number): Promise<LocalForward | string> {
    const known = this.#forwards.get(version);
    if (known) return known;
    try {
      const toPod = () => this.#connect(version);
      const forward = await forwardLocally(toPod, FIRST_PORT + index, VERSIONS.length);
      this.#forwards.set(version, forward);
      return forward;
    } catch (error) {
      return `no port of this computer can be opened: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  async #connect(version: VersionName) {
    const { api, signal } = this.#parts;
    const pod = this.#pods.find(({ isReady, labels }) => isReady && labels.version === version);
    if (!pod) throw new Error(`${version} has no ready pod`);
    return api.portForward(pod.namespace, pod.name, pod.namedPorts.http ?? 80, signal);
  }
}

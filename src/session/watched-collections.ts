import { untilAborted } from '../clock.ts';
import { readDeployment } from '../kube/deployment.ts';
import { readWarningEvent } from '../kube/event.ts';
import { type ListWatchParts, type ListWatchReport, listAndWatch } from '../kube/list-watch.ts';
import { type KubeObject, matchesSelector } from '../kube/metadata.ts';
import { readNode } from '../kube/node.ts';
import { readPod } from '../kube/pod.ts';
import { readService } from '../kube/service.ts';
import { readDestinationRule, readGateway } from '../kube/traffic-objects.ts';
import { readVirtualService } from '../kube/virtual-service.ts';
import { type CollectionName, type CollectionReport, foldReport, type ItemOf } from './cluster-events.ts';
import { composeParts, type Part } from './collection-parts.ts';
import type { ClusterState, Collected } from './state.ts';
import type { PlannedWatch, WatchPlan } from './watch-plan.ts';

/** A change of one collection, to be made when its turn comes. */
export type CollectionChange = {
  readonly name: CollectionName;
  readonly fold: (cluster: ClusterState, now: number) => ClusterState;
};

type WatchedPart<Item> = Part<Item> & { readonly stop: () => void };

const READERS: { readonly [Name in CollectionName]: (object: KubeObject) => ItemOf<Name> } = {
  nodes: readNode,
  istioPods: readPod,
  pods: readPod,
  deployments: readDeployment,
  services: readService,
  destinationRules: readDestinationRule,
  gateways: readGateway,
  virtualServices: readVirtualService,
  warningEvents: readWarningEvent,
};

/** The list and watches that are under way: started and stopped as the plan says, without a row that goes and comes. */
export class WatchedCollections {
  readonly #parts: ListWatchParts;
  readonly #report: (change: CollectionChange) => void;
  readonly #signal: AbortSignal;
  readonly #watched: { [Name in CollectionName]?: Map<string, WatchedPart<ItemOf<Name>>> } = {};
  readonly #running = new Set<Promise<void>>();
  readonly #failed = Promise.withResolvers<never>();

  /** @param report takes what changes, in its order. */
  constructor(parts: ListWatchParts, report: (change: CollectionChange) => void, signal: AbortSignal) {
    this.#parts = parts;
    this.#report = report;
    this.#signal = signal;
  }

  /** Starts what is new in the plan, and stops what it no longer has. */
  follow(plan: WatchPlan): void {
    if (this.#signal.aborted) return;
    for (const name of Object.keys(plan) as CollectionName[]) this.#followOne(name, plan[name] ?? []);
  }

  /** Resolves once the signal is aborted and no watch is left; rejects when one throws, which is a bug. */
  async ended(): Promise<void> {
    await Promise.race([untilAborted(this.#signal), this.#failed.promise]);
    await Promise.all(this.#running);
  }

  #followOne<Name extends CollectionName>(name: Name, planned: readonly PlannedWatch[]): void {
    const watched = this.#watchedOf(name);
    const wanted = new Map(planned.map(watch => [JSON.stringify(watch), watch]));
    let isChanged = watched.size === 0 && wanted.size === 0;
    for (const [key, part] of watched) {
      if (part.isRetired || wanted.has(key)) continue;
      part.stop();
      watched.set(key, { ...part, isRetired: true });
      isChanged = true;
    }
    for (const [key, watch] of wanted) {
      if (watched.get(key)?.isRetired === false) continue;
      watched.set(key, this.#start(name, key, watch));
      isChanged = true;
    }
    if (isChanged) this.#report({ name, fold: cluster => this.#composed(name, cluster) });
  }

  #start<Name extends CollectionName>(
    name: Name,
    key: string,
    { collection, podSelectors, isOptional = false }: PlannedWatch,
  ): WatchedPart<ItemOf<Name>> {
    const controller = new AbortController();
    const stop = () => controller.abort();
    this.#signal.addEventListener('abort', stop, { once: true });
    const isKept = keeperOf(podSelectors);
    const report = (raw: ListWatchReport) => {
      const read = readReport(raw, READERS[name], isKept);
      this.#report({ name, fold: (cluster, now) => this.#folded(name, key, read, cluster, now) });
    };
    const run = listAndWatch(this.#parts, collection, report, controller.signal)
      .catch(this.#failed.reject)
      .finally(() => {
        this.#signal.removeEventListener('abort', stop);
        this.#running.delete(run);
      });
    this.#running.add(run);
    return { collected: { items: [], freshness: { kind: 'loading' } }, isOptional, isRetired: false, stop };
  }

  #folded<Name extends CollectionName>(
    name: Name,
    key: string,
    report: CollectionReport<ItemOf<Name>>,
    cluster: ClusterState,
    now: number,
  ): ClusterState {
    const watched = this.#watchedOf(name);
    const part = watched.get(key);
    // What was on its way when its watch was no longer wanted.
    if (!part || part.isRetired) return cluster;
    watched.set(key, { ...part, collected: foldReport(part.collected, report, now) });
    return this.#composed(name, cluster);
  }

  #composed<Name extends CollectionName>(name: Name, cluster: ClusterState): ClusterState {
    const watched = this.#watchedOf(name);
    const before = cluster[name] as Collected<ItemOf<Name>>;
    const after = composeParts([...watched.values()], before);
    const isRead = [...watched.values()].every(
      ({ isRetired, collected }) => isRetired || collected.freshness.kind !== 'loading',
    );
    if (isRead) for (const [key, { isRetired }] of watched) if (isRetired) watched.delete(key);
    return after === before ? cluster : { ...cluster, [name]: after };
  }

  #watchedOf<Name extends CollectionName>(name: Name): Map<string, WatchedPart<ItemOf<Name>>> {
    const known = this.#watched[name] as Map<string, WatchedPart<ItemOf<Name>>> | undefined;
    if (known) return known;
    const watched = new Map<string, WatchedPart<ItemOf<Name>>>();
    Object.assign(this.#watched, { [name]: watched });
    return watched;
  }
}

/** Which objects are worth keeping at all: everything, or what makes pods that one of the selectors matches. */
function keeperOf(podSelectors: PlannedWatch['podSelectors']): (item: object) => boolean {
  if (!podSelectors) return () => true;
  return item =>
    'podLabels' in item &&
    podSelectors.some(selector => matchesSelector(selector, item.podLabels as Record<string, string>));
}

function readReport<Item extends object>(
  report: ListWatchReport,
  read: (object: KubeObject) => Item,
  isKept: (item: object) => boolean,
): CollectionReport<Item> {
  switch (report.kind) {
    case 'listed':
      return { kind: 'listed', items: report.objects.map(read).filter(isKept) };
    case 'changed':
      return {
        kind: 'changed',
        changes: report.events.map(({ type, object }) => {
          const item = read(object);
          // An object that ceases to be of interest is gone from here.
          return { type: isKept(item) ? type : 'DELETED', item };
        }),
      };
    default:
      return report;
  }
}

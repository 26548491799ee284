import { type Clock, pause } from '../clock.ts';
import { ALL_REACHED, type GatewayReach, noteSample, seemsBroken } from '../traffic/gateway-reach.ts';
import type { RawSample } from '../traffic/sample.ts';
import type { GatewayLink, LinkParts } from './gateway-link.ts';
import { gatewayObjects } from './gateway-objects.ts';
import { withNotice } from './notices.ts';
import { type FoundTarget, findTarget } from './sample-target.ts';
import type { Notice } from './state.ts';
import type { AppStore } from './store.ts';
import { WideningWait } from './widening-wait.ts';

const LOOK_INTERVAL_MS = 334;
/** While there is no way that works: each look asks the API server and every address. */
const FIRST_RETRY_MS = 3_000;
const LAST_RETRY_MS = 15_000;
/** After a look that found nothing wrong with the way in use, however often samples miss. */
const PATIENCE_MS = 15_000;
/**
 * While something other than an Envoy answers, for the gateway to come; and while a way only stands in for an address. A gateway
 * pod is ready before its NodePort leads to it, and `minikube tunnel` changes no pod: neither would be noticed otherwise.
 */
const HOPE_MS = 30_000;
/** Before an address is left for a port-forward: a new pod is ready a moment before its NodePort leads to it. */
const DOUBT_MS = 1_000;
/** A link that is left is closed once the samples in flight on it have had their time. */
const FAREWELL_MS = 2_000;

/**
 * Keeps the gateway reached while it is sampled: when samples miss it, or its Gateways or pods change, it looks for the best
 * way again in the background, and samples go on and are counted meanwhile. It changes the way only for a reason: the one in
 * use does not reach an Envoy any more, or it only stands in (a port-forward, minikube's command) and an address answers, which
 * it looks for now and then. So it comes back to a better way, and never swings between two that work.
 */
export class GatewayKeeper {
  readonly #store: AppStore;
  readonly #parts: LinkParts;
  readonly #onTarget: (target: FoundTarget) => void;
  #target: FoundTarget;
  #reach: GatewayReach = ALL_REACHED;
  #isLost = false;
  /** Whether the last look would have left an address for a port-forward. */
  #isDoubted = false;

  constructor(
    store: AppStore,
    parts: LinkParts,
    target: FoundTarget,
    onTarget: (target: FoundTarget) => void,
  ) {
    this.#store = store;
    this.#parts = parts;
    this.#target = target;
    this.#onTarget = onTarget;
  }

  /** Hears of every sample. */
  readonly note = (sample: RawSample): void => {
    this.#reach = noteSample(this.#reach, sample, this.#target.gateway.reached === 'envoy');
  };

  /** Resolves when the signal of its parts is aborted and no link is left open. */
  async run(): Promise<void> {
    const { clock, signal } = this.#parts;
    const farewells: Promise<void>[] = [];
    let known = gatewayObjects(this.#store.getState());
    let place = this.#target.gateway.link.place();
    let lookedAtMs = clock.now();
    let waitMs = 0;
    const retry = new WideningWait(FIRST_RETRY_MS, LAST_RETRY_MS);
    while (!signal.aborted) {
      await pause(clock, LOOK_INTERVAL_MS, signal);
      if (signal.aborted) break;
      const { link } = this.#target.gateway;
      if (link.place() !== place) {
        this.#notice(
          'warning',
          `the gateway is reached through ${link.place()} now, no longer through ${place}`,
        );
        place = link.place();
        this.#onTarget(this.#target);
      }
      const state = this.#store.getState();
      // Whoever paused sampling wants nothing asked of the gateway.
      if (state.traffic.isPaused) continue;
      const objects = gatewayObjects(state);
      const hasChanged = objects !== known;
      const waitedMs = clock.now() - lookedAtMs;
      if (!hasChanged && !(this.#isDue(waitedMs) && waitedMs >= waitMs)) continue;
      known = objects;
      const left = await this.#look();
      if (left) farewells.push(farewell(left, clock, signal));
      place = this.#target.gateway.link.place();
      lookedAtMs = clock.now();
      if (!this.#isLost) retry.beginAnew();
      waitMs = this.#isLost ? retry.next() : PATIENCE_MS;
      if (this.#isDoubted) waitMs = DOUBT_MS;
    }
    await Promise.all([...farewells, this.#target.gateway.link.close()]);
  }

  #isDue(waitedMs: number): boolean {
    const { reached, link } = this.#target.gateway;
    if (link.kind === 'given') return false;
    const isSecondBest = reached === 'other' || link.reach.kind !== 'url';
    return (
      this.#isLost || this.#isDoubted || seemsBroken(this.#reach) || (isSecondBest && waitedMs >= HOPE_MS)
    );
  }

  /** Looks once for the best way. Yields the link that is left, if another one takes its place. */
  async #look(): Promise<GatewayLink | undefined> {
    const state = this.#store.getState();
    const { applied } = state.weights;
    if (!applied) return undefined;
    const { link } = this.#target.gateway;
    const found = await findTarget(state, applied, this.#parts, link);
    if (this.#parts.signal.aborted) {
      if (found.kind === 'target' && found.target.gateway.link !== link) return found.target.gateway.link;
      return undefined;
    }
    const wasDoubted = this.#isDoubted;
    this.#isDoubted = !wasDoubted && isRetreat(link, found);
    if (this.#isDoubted) return undefined;
    if (found.kind === 'none') {
      const { sampling, ways } = found;
      this.#store.setState(now => ({ ...now, traffic: { ...now.traffic, ways } }));
      const reason = sampling.kind === 'needs-answer' ? sampling.reason : 'no Gateway is bound';
      if (!this.#isLost) this.#notice('error', `the gateway is not reached any more: ${reason}`);
      this.#isLost = true;
      return undefined;
    }
    const isOther = found.target.gateway.link !== link;
    const isBack = this.#isLost;
    this.#isLost = false;
    this.#target = found.target;
    this.#reach = ALL_REACHED;
    this.#onTarget(found.target);
    const { place, words } = found.target.gateway.link;
    if (isOther)
      this.#notice(
        'warning',
        `the gateway is reached by ${place()} now (${words}), no longer by ${link.place()}`,
      );
    else if (isBack) this.#notice('info', `the gateway is reached again by ${place()}`);
    return isOther ? link : undefined;
  }

  #notice(level: Notice['level'], text: string): void {
    this.#store.setState(state => withNotice(state, level, text, this.#parts.clock.now()), true);
  }
}

/** Whether an address would be left for a port-forward. One that was found and is not used holds nothing open. */
function isRetreat(link: GatewayLink, found: Awaited<ReturnType<typeof findTarget>>): boolean {
  return (
    found.kind === 'target' && link.reach.kind === 'url' && found.target.gateway.link.kind === 'port-forward'
  );
}

async function farewell(link: GatewayLink, clock: Clock, signal: AbortSignal): Promise<void> {
  await pause(clock, FAREWELL_MS, signal);
  await link.close();
}

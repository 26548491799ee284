import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listIn, objectIn } from '../../src/kube/json.ts';
import { isSplit, type RawWeights, sameWeights, weightsText } from '../../src/kube/split.ts';
import { rawWeights, readVirtualService } from '../../src/kube/virtual-service.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import type { Intent } from '../../src/session/intents.ts';
import { PatchLoop } from '../../src/session/patch-loop.ts';
import type { AppState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { WatchLoop } from '../../src/session/watch-loop.ts';
import { type Fate, HeldApi } from '../support/held-api.ts';
import { ManualClock } from '../support/manual-clock.ts';

type Command =
  | { readonly kind: 'press'; readonly intent: Intent; readonly confirms: boolean }
  | { readonly kind: 'write-beside'; readonly weights: readonly [number, number] }
  | { readonly kind: 'change-beside'; readonly seconds: number }
  | { readonly kind: 'fate'; readonly fate: Fate }
  | { readonly kind: 'request' | 'event' }
  | { readonly kind: 'cut'; readonly end: 'in-order' | 'gone' }
  | { readonly kind: 'wait'; readonly ms: number };

const intents = fc.constantFrom<Intent>(
  { kind: 'shift', points: 10 },
  { kind: 'shift', points: -10 },
  { kind: 'shift', points: 1 },
  { kind: 'set-to', weight: 100 },
  { kind: 'set-to', weight: 0 },
  { kind: 'split-evenly' },
  { kind: 'select-version', by: -1 },
  { kind: 'undo' },
  { kind: 'undo' },
  { kind: 'redo' },
  { kind: 'ask-again' },
);

const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('press' as const), intent: intents, confirms: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('write-beside' as const),
      weights: fc.constantFrom([80, 20] as const, [0, 100] as const, [10, 20] as const, [50, 50] as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('change-beside' as const),
      seconds: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fate' as const),
      fate: fc.constantFrom<Fate>('taken', 'taken', 'lost', 'unreachable', '409', '422', '500'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      end: fc.constantFrom('in-order' as const, 'gone' as const),
    }),
  },
  { weight: 6, arbitrary: fc.constant<Command>({ kind: 'request' }) },
  { weight: 4, arbitrary: fc.constant<Command>({ kind: 'event' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(20, 150, 250, 1200, 6000),
    }),
  },
);

/** Lets everything go on that waits for nothing but its turn. */
const settle = () => new Promise<void>(resolve => setImmediate(resolve));

/** A session's patch and watch loops on the held API, watched for what must never happen. */
class Bench {
  readonly clock = new ManualClock(1_000_000);
  readonly store = createAppStore(1_000_000, { columns: 80, rows: 24, isUnicode: true });
  readonly api = new HeldApi(({ operations }) => this.#left(operations));
  /** What was broken, in words. */
  readonly broken: string[] = [];
  readonly #controller = new AbortController();
  readonly #watching: Promise<void>;
  /** Weights that were there without us: the only ones that undo may restore which are no split. */
  readonly #found: RawWeights[] = [];
  /** What keys asked for and nothing has answered yet. */
  #asked: RawWeights | undefined;
  #isPressing = false;

  constructor() {
    const { signal } = this.#controller;
    // Before the loops: what a key asks for is written down by the time that a patch leaves.
    this.store.subscribe((state, before) => {
      if (state.weights.requested === before.weights.requested) return;
      if (this.#isPressing) this.#asked = state.weights.requested;
      else this.#returned(state, before);
    });
    const watchLoop = new WatchLoop(this.api, this.store, this.clock, signal);
    new PatchLoop(this.api, this.store, this.clock, watchLoop.flush, signal).start();
    this.store.setState(state => ({
      ...state,
      connection: { ...state.connection, namespace: 'default' },
    }));
    this.#watching = watchLoop.run();
  }

  async start(): Promise<void> {
    while (!this.store.getState().weights.applied) await this.wait(20);
  }

  async run(command: Command): Promise<void> {
    switch (command.kind) {
      case 'press':
        this.#press(command.intent);
        if (this.store.getState().ui.overlay.kind === 'confirm') {
          if (command.confirms) this.#press({ kind: 'move-choice', by: 1 });
          this.#press({ kind: 'accept' });
        }
        break;
      case 'write-beside':
        this.#found.push(command.weights);
        this.api.writeBeside(
          command.weights.map((value, index) => ({
            op: 'add',
            path: `/spec/http/0/route/${index}/weight`,
            value,
          })),
          'argocd-controller',
        );
        break;
      case 'change-beside': {
        const value = `${command.seconds}s`;
        this.api.writeBeside([{ op: 'add', path: '/spec/http/0/timeout', value }], 'kubectl-edit');
        break;
      }
      case 'fate':
        this.api.fate = command.fate;
        break;
      case 'request':
        this.api.stepRequest();
        break;
      case 'event':
        this.api.showEvent();
        break;
      case 'cut':
        this.api.cutWatch(command.end);
        break;
      case 'wait':
        await this.wait(command.ms);
    }
    await settle();
  }

  async wait(ms: number): Promise<void> {
    await settle();
    this.clock.advance(ms);
    await settle();
  }

  /** The network is well again, and everything has its time. */
  async heal(): Promise<void> {
    this.api.fate = 'taken';
    for (let round = 0; round < 12; round += 1) {
      for (let step = 0; step < 20 && !this.api.isQuiet; step += 1) {
        this.api.stepRequest();
        await settle();
        this.api.showEvent();
        await this.wait(20);
      }
      await this.wait(1000);
    }
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#watching;
  }

  storedWeights(): RawWeights {
    const [route] = readVirtualService(this.api.stored()).routes;
    return route ? rawWeights(route) : [];
  }

  #press(intent: Intent): void {
    this.#isPressing = true;
    this.store.setState(state => applyIntent(state, intent, this.clock.now()), true);
    this.#isPressing = false;
  }

  /** Requested changed without a key: whatever was asked for and not applied must be told, and kept for asking again. */
  #returned(state: AppState, before: AppState): void {
    const pending = before.weights.requested;
    const wasPending = !sameWeights(pending, before.weights.applied?.weights ?? pending);
    this.#asked = undefined;
    if (!wasPending || sameWeights(state.weights.requested, pending)) return;
    // Several events of the watch can be one write to the store, each with its notice.
    const told = state.notices
      .slice(before.notices.length)
      .map(({ text }) => text)
      .join('\n');
    if (!told.includes(`you asked ${weightsText(pending)}`)) this.broken.push(`not told: ${told}`);
    if (!sameWeights(state.weights.refusedAsk ?? [], pending)) this.broken.push('the ask is not kept');
  }

  #left(operations: HeldApi['patches'][number]['operations']): void {
    const { patch } = this.store.getState().weights;
    const wanted = patch.kind === 'in-flight' ? patch.wanted : [];
    if (!sameWeights(wanted, this.#asked ?? [])) {
      this.broken.push(`wrote ${weightsText(wanted)}, asked ${weightsText(this.#asked ?? [])}`);
    }
    const isRestored = this.#found.some(weights => sameWeights(weights, wanted));
    if (!isSplit(wanted) && !isRestored) this.broken.push(`wrote ${weightsText(wanted)}, which is no split`);
    const [test, ...changes] = operations;
    if (test?.op !== 'test') this.broken.push('a patch without a test of the route');
    if (changes.some(({ path }) => !/^\/spec\/http\/0\/route\/\d+\/weight$/.test(path)))
      this.broken.push('a patch of more than weights');
  }
}

it('writes only what was asked for, one patch at a time, and ends with what the server has, whatever happens in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 60 }), async commands => {
      const bench = new Bench();
      try {
        await bench.start();
        const everythingElse = withoutWeights(bench);
        const touched = commands.some(({ kind }) => kind === 'change-beside');
        for (const command of commands) await bench.run(command as Command);
        await bench.heal();
        const { weights } = bench.store.getState();
        expect(bench.broken).toEqual([]);
        expect(bench.api.mostInFlight).toBeLessThanOrEqual(1);
        expect(weights.patch).toEqual({ kind: 'idle' });
        expect(weights.requested).toEqual(bench.storedWeights());
        expect(weights.applied?.weights).toEqual(bench.storedWeights());
        expect(weights.awaitedEcho).toBeUndefined();
        if (!touched) expect(withoutWeights(bench)).toEqual(everythingElse);
      } finally {
        await bench.stop();
      }
    }),
    { numRuns: 200 },
  );
}, 60_000);

/** The spec with every weight left out. */
function withoutWeights({ api }: Bench): unknown {
  const spec = objectIn(api.stored().spec);
  return listIn(spec.http).map(item => {
    const http = objectIn(item);
    return { ...http, route: listIn(http.route).map(entry => ({ ...objectIn(entry), weight: 0 })) };
  });
}

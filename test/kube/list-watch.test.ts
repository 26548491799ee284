import { describe, expect, it } from 'vitest';
import type { ClusterApi, Collection, WatchEvent, WatchListener } from '../../src/kube/cluster-api.ts';
import type { ClusterError } from '../../src/kube/cluster-error.ts';
import { type ListWatchReport, listAndWatch } from '../../src/kube/list-watch.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { Suspicion } from '../../src/kube/suspicion.ts';
import { ManualClock } from '../support/manual-clock.ts';

const pods: Collection = { group: '', version: 'v1', plural: 'pods', namespace: 'default' };
const pod = (name: string, resourceVersion: string): KubeObject => ({ metadata: { name, resourceVersion } });
const error = (kind: ClusterError['kind'], more: Partial<ClusterError> = {}): ClusterError => ({
  kind,
  headline: kind,
  nextStep: '',
  ...more,
});

/** What a scripted server does with the next list or watch. */
type Step =
  | { readonly list: string }
  | { readonly refuse: ClusterError }
  | {
      readonly watch: readonly WatchEvent[];
      readonly end: 'in-order' | 'suspected' | ClusterError;
      readonly forMs: number;
    };

/** Runs the loop against a script and lets time pass until the script is done. Yields what it reported and asked for. */
async function play(steps: readonly Step[]) {
  const suspicion = new Suspicion();
  const clock = new ManualClock();
  const controller = new AbortController();
  const reports: ListWatchReport[] = [];
  const asked: string[] = [];
  const rest = [...steps];
  const startedMs = clock.now();
  const next = (what: string) => {
    asked.push(`${clock.now() - startedMs} ${what}`);
    const step = rest.shift();
    if (!step) controller.abort();
    return step;
  };
  const api: Pick<ClusterApi, 'list' | 'watch'> = {
    list: async () => {
      const step = next('list');
      if (step && 'list' in step)
        return { ok: true, value: { items: [pod('a', step.list)], resourceVersion: step.list } };
      return { ok: false, error: step && 'refuse' in step ? step.refuse : error('aborted') };
    },
    watch: async (_collection, resourceVersion, listener: WatchListener) => {
      const step = next(`watch from ${resourceVersion}`);
      if (!step || !('watch' in step))
        return { ok: false, error: step && 'refuse' in step ? step.refuse : error('aborted') };
      listener.onOpen();
      if (step.watch.length > 0) listener.onEvents(step.watch);
      await new Promise<void>(resolve => clock.after(step.forMs, resolve));
      if (step.end === 'suspected') {
        suspicion.raise();
        return { ok: false, error: error('aborted') };
      }
      return step.end === 'in-order' ? { ok: true, value: undefined } : { ok: false, error: step.end };
    },
  };
  let isDone = false;
  const done = listAndWatch(
    { api, clock, random: () => 0.5, suspicion },
    pods,
    report => reports.push(report),
    controller.signal,
  ).then(() => {
    isDone = true;
  });
  while (!isDone) {
    clock.advance(50);
    await new Promise(resolve => setImmediate(resolve));
  }
  await done;
  return { asked, kinds: reports.map(({ kind }) => kind), reports };
}

/** In whole seconds: the script's server takes a turn for each answer. */
const secondsOf = (asked: readonly string[]) =>
  asked.map(call =>
    call.replace(/^(\d+) (\w+).*/, (_, ms, what) => `${Math.floor(Number(ms) / 1000)} ${what}`),
  );

const modified = (name: string, resourceVersion: string): WatchEvent => ({
  type: 'MODIFIED',
  object: pod(name, resourceVersion),
});

describe('listing and watching', () => {
  it('resumes from the last event when the server ends the watch in order', async () => {
    const { asked, kinds } = await play([
      { list: '10' },
      { watch: [modified('a', '11'), modified('b', '12')], end: 'in-order', forMs: 60_000 },
    ]);
    expect(asked.map(call => call.replace(/^\d+ /, ''))).toEqual(['list', 'watch from 10', 'watch from 12']);
    expect(kinds).toEqual(['listed', 'live', 'changed']);
  });

  it('resumes from a bookmark, and reports none', async () => {
    const bookmark: WatchEvent = { type: 'BOOKMARK', object: pod('', '50') };
    const { asked, kinds } = await play([
      { list: '10' },
      { watch: [bookmark], end: error('unreachable'), forMs: 60_000 },
    ]);
    expect(asked.at(-1)).toMatch(/watch from 50$/);
    expect(kinds).toEqual(['listed', 'live', 'interrupted']);
  });

  it('lists again when its version is too old, without calling that an interruption', async () => {
    const { asked, kinds } = await play([
      { list: '10' },
      { watch: [], end: error('gone'), forMs: 0 },
      { list: '90' },
    ]);
    expect(asked.map(call => call.replace(/^\d+ /, ''))).toEqual([
      'list',
      'watch from 10',
      'list',
      'watch from 90',
    ]);
    expect(kinds).toEqual(['listed', 'live', 'listed']);
  });

  it('goes on after every kind of failure, ever more slowly, up to five seconds', async () => {
    const kinds = [
      'unreachable',
      'forbidden',
      'unauthorized',
      'server',
      'not-kubernetes',
      'invalid',
      'unreachable',
    ] as const;
    const { asked, reports } = await play(kinds.map(kind => ({ refuse: error(kind) })));
    const at = asked.map(call => Number(call.split(' ')[0]));
    const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(reports.filter(({ kind }) => kind === 'interrupted')).toHaveLength(kinds.length);
    expect(waits).toEqual([...waits].toSorted((left, right) => left - right));
    expect(waits.at(-1)).toBeLessThanOrEqual(5_000);
    expect(waits[0]).toBeLessThanOrEqual(300);
  });

  it('waits as long as the server asks', async () => {
    const { asked } = await play([{ refuse: error('busy', { retryAfterMs: 7_000 }) }]);
    expect(Number(asked[1]?.split(' ')[0])).toBeGreaterThanOrEqual(7_000);
  });

  it('waits neither no time at all nor for ever, whatever the server asks', async () => {
    const { asked } = await play([
      { refuse: error('busy', { retryAfterMs: 0 }) },
      { refuse: error('busy', { retryAfterMs: 9_999_999_000 }) },
    ]);
    const at = asked.map(call => Number(call.split(' ')[0]));
    expect(at[1]).toBeGreaterThanOrEqual(100);
    expect((at[2] ?? 0) - (at[1] ?? 0)).toBeLessThanOrEqual(60_100);
  });

  it('does not hammer a server that ends every watch at once', async () => {
    const short = { watch: [], end: 'in-order', forMs: 0 } as const;
    const { asked } = await play([{ list: '1' }, short, short, short]);
    expect(Number(asked.at(-1)?.split(' ')[0])).toBeGreaterThanOrEqual(3_000);
  });

  it('resumes a watch that went silent at once, and calls it interrupted only when that fails', async () => {
    const { asked, kinds } = await play([
      { list: '10' },
      { watch: [], end: error('silent'), forMs: 100_000 },
      { watch: [], end: error('silent'), forMs: 100_000 },
      { refuse: error('unreachable') },
    ]);
    expect(secondsOf(asked)).toEqual(['0 list', '0 watch', '100 watch', '200 watch', '200 watch']);
    expect(kinds).toEqual(['listed', 'live', 'live', 'interrupted']);
  });

  it('resumes a watch under suspicion at once, from where it was, and says nothing of it', async () => {
    const { asked, kinds } = await play([
      { list: '10' },
      { watch: [modified('a', '11')], end: 'suspected', forMs: 60_000 },
      { watch: [], end: 'suspected', forMs: 50 },
    ]);
    expect(secondsOf(asked)).toEqual(['0 list', '0 watch', '60 watch', '60 watch']);
    expect(asked.at(-1)).toMatch(/ from 11$/);
    expect(kinds).toEqual(['listed', 'live', 'changed', 'live']);
  });

  it.each(['forbidden', 'invalid', 'server', 'not-found'] as const)(
    'lists again when the watch alone is answered "%s": that may be about its version, or about watching',
    async kind => {
      const { asked } = await play([{ list: '10' }, { refuse: error(kind) }, { list: '20' }]);
      expect(asked.map(call => call.replace(/^\d+ /, ''))).toEqual([
        'list',
        'watch from 10',
        'list',
        'watch from 20',
      ]);
    },
  );

  it.each(['unreachable', 'busy', 'unauthorized', 'not-kubernetes'] as const)(
    'goes on from where it was after "%s", which says nothing of what was read',
    async kind => {
      const { asked } = await play([{ list: '10' }, { refuse: error(kind) }]);
      expect(asked.at(-1)).toMatch(/ watch from 10$/);
    },
  );

  it('asks for what is forbidden twice a minute, because only a person can change that', async () => {
    const { asked } = await play(new Array(12).fill({ refuse: error('forbidden') }));
    const at = asked.map(call => Number(call.split(' ')[0]));
    expect((at.at(-1) ?? 0) - (at.at(-2) ?? 0)).toBeGreaterThan(20_000);
  });
});

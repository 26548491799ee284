import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { App } from '../../src/components/app.tsx';
import { inFewBytes } from '../../src/components/in-few-bytes.ts';
import { SessionProvider } from '../../src/components/use-app-state.tsx';
import type { TrafficState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { rewritingOutput } from '../../src/terminal-writes.ts';
import { NOW, observedTraffic, stateOf } from '../support/states.ts';

// As the composition root draws: to a terminal, each frame only what differs from the one before.
const SIZES = [
  { columns: 80, rows: 24, mostBytes: 350 },
  // Three rows more than at 80x24: the split in large digits.
  { columns: 120, rows: 40, mostBytes: 800 },
  { columns: 200, rows: 60, mostBytes: 1_400 },
] as const;

let unmount = () => {};
afterEach(() => unmount());

class Terminal extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows: number;
  readonly frames: string[] = [];

  constructor({ columns, rows }: (typeof SIZES)[number]) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString('utf8');
    // A frame is drawn as one synchronized update, in one or several writes.
    for (const part of text.split(/(?=\x1b\[\?2026h)/)) {
      if (part.startsWith('\x1b[?2026h') || this.frames.length === 0) this.frames.push(part);
      else this.frames.push(`${this.frames.pop() ?? ''}${part}`);
    }
    done();
  }
}

/** Keys never come. */
const keyboard = Object.assign(new PassThrough(), {
  isTTY: true,
  setRawMode: () => undefined,
  ref: () => undefined,
  unref: () => undefined,
});

async function draw(size: (typeof SIZES)[number]) {
  const store = createAppStore(NOW, { columns: size.columns, rows: size.rows, isUnicode: true });
  const state = stateOf('healthy', [50, 50]);
  const traffic = observedTraffic(state, 'agrees');
  store.setState({ ...state, traffic, ui: { ...state.ui, columns: size.columns, rows: size.rows } }, true);
  const terminal = new Terminal(size);
  let renders = 0;
  const screen = render(
    <SessionProvider session={{ store, dispatch: () => undefined }}>
      <App />
    </SessionProvider>,
    {
      stdin: keyboard as unknown as NodeJS.ReadStream,
      stdout: rewritingOutput(terminal as unknown as NodeJS.WriteStream, inFewBytes),
      interactive: true,
      incrementalRendering: true,
      patchConsole: false,
      maxFps: 120,
      onRender: () => {
        renders += 1;
      },
    },
  );
  unmount = screen.unmount;
  await screen.waitUntilRenderFlush();
  /** What is drawn from now until a frame shows `text`. */
  const drawnUntil = async (text: string, change: () => void) => {
    const before = { frames: terminal.frames.length, renders };
    change();
    await vi.waitUntil(() =>
      stripVTControlCharacters(terminal.frames.slice(before.frames).join('')).includes(text),
    );
    const frames = terminal.frames.slice(before.frames);
    return {
      frames: frames.length,
      renders: renders - before.renders,
      bytes: Buffer.byteLength(frames.join('')),
    };
  };
  return { store, terminal, drawnUntil };
}

/** What the samples of a second change for sure. */
function withLatency(traffic: TrafficState, p50Ms: number): TrafficState {
  const { shown } = traffic.chart;
  if (!shown?.latency) return traffic;
  const latency = { ...shown.latency, p50Ms };
  return { ...traffic, chart: { ...traffic.chart, shown: { ...shown, latency } } };
}

describe.each(SIZES)('at $columns x $rows', size => {
  it('draws one frame, and only the rows that differ, for a new weight', async () => {
    const { store, drawnUntil } = await draw(size);
    const drawn = await drawnUntil('37', () => {
      store.setState(state => ({ ...state, weights: { ...state.weights, requested: [63, 37] } }));
    });
    expect(drawn).toMatchObject({ frames: 1, renders: 1 });
    expect(drawn.bytes).toBeLessThanOrEqual(size.mostBytes);
  });

  it('draws a second of live traffic in rows that change, each frame as one update, and clears nothing', async () => {
    const { store, terminal, drawnUntil } = await draw(size);
    const before = terminal.frames.length;
    const drawn = await drawnUntil('p50 17 ms', () => {
      store.setState(state => ({
        ...state,
        now: state.now + 1_000,
        traffic: withLatency(state.traffic, 17),
      }));
    });
    expect(drawn.bytes).toBeLessThanOrEqual(size.mostBytes);
    const frames = terminal.frames.slice(before);
    expect(frames.length).toBeGreaterThan(0);
    // DEC 2026: a terminal that knows it, or a tmux in front of one, shows such an update at once or not at all.
    expect(frames.filter(frame => !/^\x1b\[\?2026h.*\x1b\[\?2026l$/s.test(frame))).toEqual([]);
    // Erasing the screen or all below the cursor is what is seen as flicker where that is not known.
    expect(frames.filter(frame => /\x1b\[[0-3]?J/.test(frame))).toEqual([]);
  });

  it('draws nothing for a change that nobody sees', async () => {
    const { store, drawnUntil } = await draw(size);
    const unseen = (atMs: number) =>
      store.setState(state => ({ ...state, traffic: { ...state.traffic, observedAtMs: atMs } }));
    for (let change = 1; change <= 10; change += 1) {
      unseen(NOW + change);
      await turn();
    }
    const drawn = await drawnUntil('37', () => {
      store.setState(state => ({ ...state, weights: { ...state.weights, requested: [63, 37] } }));
    });
    expect(drawn).toMatchObject({ frames: 1, renders: 1 });
  });
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecording } from '../support/recording.ts';
import { isRunning } from './processes.ts';
import { isLive, isSettledAt } from './read-screen.ts';
import type { ScreenInPty } from './screen-in-pty.ts';
import { clientOf, emptyPlace, openScreen, serveDemo } from './test-bed.ts';

const RIGHT = '\x1b[C';
/** A modem's. */
const SLOW = 2_400;
const FAST = 1_000_000_000;
/** How long a key may take to the API server; what is asked here in turns is part of it. */
const PATCHED_MS = 1_000;

async function openOverLink(linkBytesPerSecond: number) {
  const place = emptyPlace();
  const recording = join(place.home, 'session.jsonl');
  const demo = await serveDemo(place);
  const client = clientOf(demo.served.kubeconfig);
  const screen = openScreen(['--kubeconfig', demo.served.kubeconfig, '--record', recording], {
    ...place,
    linkBytesPerSecond,
  });
  await screen.waitFor('the live screen', isLive);
  const recorded = async () => (await readRecording(recording)).filter(({ kind }) => kind === 'sample');
  // What the gateway says while the demo's pods become ready is not what is looked at here.
  const { length } = await recorded();
  const samples = async () => (await recorded()).slice(length);
  /** Presses the key and waits until the API server has what it asks for. */
  const shift = async (key: string, weights: readonly number[]) => {
    screen.press(key);
    await expect.poll(() => client.readWeights(), { timeout: PATCHED_MS, interval: 20 }).toEqual(weights);
  };
  return { screen, samples, shift };
}

/** Draws more than a pseudo-terminal holds: the help over the panes, and the panes again. */
async function drawMuch(screen: ScreenInPty): Promise<void> {
  for (let times = 0; times < 40; times += 1) {
    screen.press(times % 2 === 0 ? '?' : '\x1b');
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** Samples begin when they are due, whatever the terminal does, and none of them fails. */
async function expectEverySample(samples: () => Promise<readonly Record<string, unknown>[]>): Promise<void> {
  const taken = await samples();
  expect(taken.filter(({ outcome }) => outcome !== 'version')).toEqual([]);
  const startedAtMs = taken.map(sample => Number(sample.startedAtMs)).toSorted((a, b) => a - b);
  const gapsMs = startedAtMs.slice(1).map((atMs, index) => atMs - (startedAtMs[index] ?? 0));
  expect(Math.max(...gapsMs)).toBeLessThan(1_500);
}

/** What stands on the screen is what a screen that is drawn from nothing shows. */
async function expectWholeFrame(screen: ScreenInPty): Promise<void> {
  screen.carry(FAST);
  screen.press('p');
  const withoutAges = (text: string) => text.replaceAll(/ \d+[sm]│/g, '');
  await screen.waitFor('the pause', text => text.includes('paused'));
  const shown = withoutAges(screen.text);
  const drawnBefore = screen.output.length;
  // Whoever is continued draws everything anew.
  process.kill(screen.pid, 'SIGCONT');
  await screen.waitFor('the same again', text => {
    return screen.output.includes('\x1b[?1049h', drawnBefore) && withoutAges(text) === shown;
  });
}

describe('a terminal that is slow to take what is drawn', () => {
  test('holds up no key and no sample, and shows the latest frame in the end', async () => {
    const { screen, samples, shift } = await openOverLink(SLOW);
    await shift(RIGHT, [40, 60]);
    await screen.waitFor('60', text => isSettledAt(text, 60));
    await drawMuch(screen);
    await shift(RIGHT, [30, 70]);
    await shift(RIGHT, [20, 80]);
    await screen.waitFor('80', text => isSettledAt(text, 80));
    await expectEverySample(samples);
    await expectWholeFrame(screen);
  });

  test('and stalls loses no key and fails no sample', async () => {
    const { screen, samples, shift } = await openOverLink(FAST);
    screen.carry(0);
    await drawMuch(screen);
    await shift(RIGHT, [40, 60]);
    const before = (await samples()).length;
    await expect.poll(async () => (await samples()).length).toBeGreaterThan(before + 100);
    await shift(RIGHT, [30, 70]);
    screen.carry(FAST);
    await screen.waitFor('70', text => isLive(text) && isSettledAt(text, 70));
    await expectEverySample(samples);
    await expectWholeFrame(screen);
  });

  test('and is resized shows one frame of the last size', async () => {
    const { screen } = await openOverLink(FAST);
    screen.carry(0);
    await drawMuch(screen);
    const drawnBefore = screen.output.length;
    for (let columns = 81; columns <= 120; columns += 1) {
      screen.resize({ columns, rows: 40 });
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    screen.carry(FAST);
    await screen.waitFor('the frame', text => isLive(text) && text.split('\n')[1]?.length === 120);
    expect(screen.output.slice(drawnBefore).split('\x1b[2J').length - 1).toBeLessThanOrEqual(2);
  });

  test('is left as it was found, with the summary', async () => {
    const { screen } = await openOverLink(SLOW);
    await drawMuch(screen);
    screen.press('q');
    expect((await screen.ended).exitCode).toBe(0);
    expect(screen.modes).toEqual({ isAlternateScreen: false, isBracketedPaste: false, mouse: 'none' });
    expect(screen.text).toMatch(/^VirtualService default\/myapp .* applied v1 50, v2 50/);
  });

  test('and is closed while it stalls lets the program end', async () => {
    const { screen } = await openOverLink(FAST);
    screen.carry(0);
    await drawMuch(screen);
    screen.closeWindow();
    await expect.poll(() => isRunning(screen.pid)).toBe(false);
  });

  test('and stalls for good keeps no program from ending that is asked to', async () => {
    const { screen } = await openOverLink(FAST);
    screen.carry(0);
    await drawMuch(screen);
    process.kill(screen.pid, 'SIGTERM');
    expect((await screen.ended).exitCode).toBe(143);
  });
});

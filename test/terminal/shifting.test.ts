import { setInterval } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { describe, expect, test } from 'vitest';
import { chartRows, isLive, isSettledAt, newestChartRow, weightsRow } from './read-screen.ts';
import type { ScreenInPty } from './screen-in-pty.ts';
import { clientOf, emptyPlace, openScreen, serveDemo } from './test-bed.ts';

const RIGHT = '\x1b[C';
const SHIFT_RIGHT = '\x1b[1;2C';

/** The screen on a demo cluster of another process, and another client of that cluster. */
async function openOnServedDemo() {
  const place = emptyPlace();
  const demo = await serveDemo(place);
  const client = clientOf(demo.served.kubeconfig);
  const screen = openScreen(['--kubeconfig', demo.served.kubeconfig], place);
  await screen.waitFor('the live screen', isLive);
  return { demo, client, screen };
}

/** The key as a keyboard repeats it: 30 times in a second. Yields how long it took in milliseconds. */
async function holdForOneSecond(screen: ScreenInPty, key: string): Promise<number> {
  const startMs = performance.now();
  let events = 0;
  for await (const _ of setInterval(1000 / 30)) {
    screen.press(key);
    events += 1;
    if (events === 30) break;
  }
  return performance.now() - startMs;
}

/** Asks the gateway, one request after another, until `isOver`; yields how often v2 answered. */
async function countAnswersOfV2(gateway: string, isOver: () => boolean): Promise<number> {
  const dispatcher = new Agent({ connections: 1 });
  let answers = 0;
  for await (const _ of setInterval(10)) {
    if (isOver()) break;
    const { body } = await request(gateway, { dispatcher });
    if ((await body.text()).includes('version v2')) answers += 1;
  }
  await dispatcher.close();
  return answers;
}

describe('a shift', () => {
  test('is requested with the key, applied with the answer of the API server', async () => {
    const { demo, client, screen } = await openOnServedDemo();
    demo.signal('SIGSTOP');
    screen.press(RIGHT);
    await screen.waitFor('60 requested, 50 applied', text => {
      const row = weightsRow(text, 'v2');
      return row?.requested === 60 && row.applied === 50;
    });
    demo.signal('SIGCONT');
    await screen.waitFor('60 applied', text => isSettledAt(text, 60));
    expect(await client.readWeights()).toEqual([40, 60]);
  });

  test('is followed by what is observed and by the chart', async () => {
    const screen = openScreen(['demo'], emptyPlace());
    await screen.waitFor('the live screen', isLive);
    screen.press('>');
    await screen.waitFor('100 applied', text => isSettledAt(text, 100));
    await screen.waitFor('the chart at its top, and more than 90 % observed', text => {
      return newestChartRow(text) === 0 && (weightsRow(text, 'v2')?.observed ?? 0) > 90;
    });
    screen.press('<');
    await screen.waitFor('the chart at its foot, and less than 10 % observed', text => {
      const bottom = chartRows(text).length - 1;
      return newestChartRow(text) === bottom && (weightsRow(text, 'v2')?.observed ?? 100) < 10;
    });
  });

  test('of three arrows in one chunk of input gives 30 points', async () => {
    const { client, screen } = await openOnServedDemo();
    screen.press(RIGHT.repeat(3));
    await screen.waitFor('80 applied', text => isSettledAt(text, 80));
    expect(await client.readWeights()).toEqual([20, 80]);
  });

  test('of another client is shown, and who made it', async () => {
    const { client, screen } = await openOnServedDemo();
    await client.setWeights([70, 30], 'a-colleague');
    await screen.waitFor('30 applied', text => isSettledAt(text, 30));
    await screen.waitFor('who it was', text => text.includes('a-colleague'));
  });
});

describe('a key that is held for a second', () => {
  test.each([
    { name: 'an arrow', key: RIGHT, weight: 100 },
    { name: 'an arrow with shift', key: SHIFT_RIGHT, weight: 30 },
  ])(
    '$name ends at $weight, by far fewer patches than keys, with traffic moving meanwhile',
    async ({ key, weight }) => {
      const { demo, client, screen } = await openOnServedDemo();
      screen.press('<');
      await screen.waitFor('0 observed', text => weightsRow(text, 'v2')?.observed === 0);
      const { metadata: before } = await client.readVirtualService();

      let isLetGo = false;
      const answersOfV2 = countAnswersOfV2(demo.served.gateway, () => isLetGo);
      const heldMs = await holdForOneSecond(screen, key);
      isLetGo = true;
      expect(await answersOfV2).toBeGreaterThan(0);

      await screen.waitFor(`${weight} applied`, text => isSettledAt(text, weight));
      expect(await client.readWeights()).toEqual([100 - weight, weight]);
      const { metadata: after } = await client.readVirtualService();
      const patches = after.generation - before.generation;
      expect(patches).toBeGreaterThan(1);
      // One at once, one every 200 ms, one after the last key: on a busy machine a second takes longer.
      expect(patches).toBeLessThanOrEqual(2 + heldMs / 200);
    },
  );
});

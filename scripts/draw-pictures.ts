// Draws the README's pictures: the built program in a real terminal, on its demo cluster.
// No kept package does that: svg-term and its kin are years old, replay whole recordings, and know neither this terminal nor
// a reader whose system is light.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { builtProgram, createEmptyPlace, PROJECT } from '../test/terminal/program.ts';
import { isLive, isSettledAt, weightsRow } from '../test/terminal/read-screen.ts';
import { ScreenInPty } from '../test/terminal/screen-in-pty.ts';
import { pictureOf } from './pictures/picture-of.ts';

const SIZE = { columns: 104, rows: 30 };

type Scene = {
  readonly name: string;
  readonly title: string;
  readonly args: readonly string[];
  /** Presses what leads there. Resolves when there is something to see. */
  readonly play: (screen: ScreenInPty) => Promise<unknown>;
};

const agreesAt = (weight: number) => (text: string) => isSettledAt(text, weight) && /✓ agrees: /.test(text);

/** Lets time pass, for the chart to have a shape. */
const pause = () => setTimeout(8_000);
/** What failed before the pods were ready is no part of the picture. */
const FORGET = '\x0c';

const SCENES: readonly Scene[] = [
  {
    name: 'healthy-shift',
    title: 'weighbridge: a shift to v2 that traffic followed, with the three quantities side by side',
    args: ['demo', '--seed', '7'],
    play: async screen => {
      await screen.waitFor('the live screen', isLive);
      screen.press(`4[${FORGET}3<`);
      await screen.waitFor('v2 without traffic', agreesAt(0));
      await pause();
      screen.press('\x1b[C'.repeat(7));
      await screen.waitFor('70 agreed with, and how long it took', text => {
        return agreesAt(70)(text) && /key to traffic \d+ ms/.test(text);
      });
    },
  },
  {
    name: 'failing-version',
    title: 'weighbridge: v2 crashes, requests for it fail, and each pane says why',
    args: ['demo', '--seed', '7', '--scenario', 'v2-crashlooping'],
    play: async screen => {
      await screen.waitFor('the first samples', text => weightsRow(text, 'v2')?.observed !== undefined);
      screen.press(`4[${FORGET}3`);
      await pause();
      await screen.waitFor('what is wrong, in each pane', text => {
        const words = [
          /✗ v2 +0\/1/,
          /CrashLoopBackOff, \d+ restart/,
          /does not agree/,
          /✗ no ready pod in v2/,
        ];
        return words.every(word => word.test(text));
      });
    },
  },
];

for (const { name, title, args, play } of SCENES) {
  const place = createEmptyPlace();
  const screen = new ScreenInPty({
    command: process.execPath,
    args: [builtProgram(), ...args],
    env: { ...place.env, TMPDIR: '/tmp' },
    cwd: PROJECT,
    size: SIZE,
  });
  try {
    await play(screen);
    const file = join(PROJECT, 'scripts', 'pictures', `${name}.svg`);
    writeFileSync(file, pictureOf(screen.cells, title));
    console.log(`${file}\n${screen.text}`);
    screen.press('q');
    await screen.ended;
  } finally {
    await screen.stop();
    place.remove();
  }
}

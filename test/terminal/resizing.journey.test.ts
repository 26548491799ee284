import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EmptyPlace } from './program.ts';
import { strayRows } from './read-screen.ts';
import type { ScreenInPty, ScreenSize } from './screen-in-pty.ts';
import { emptyPlace, openScreen, serveDemo } from './test-bed.ts';

const sized = (columns: number, rows: number): ScreenSize => ({ columns, rows });
/** Every arrangement of the panes, the smallest screen and one that is too small. */
const SIZES = [
  sized(80, 24),
  sized(120, 40),
  sized(60, 16),
  sized(200, 60),
  sized(50, 10),
  sized(300, 20),
  sized(60, 100),
  sized(100, 30),
];

/** Where every context is protected, sampling starts paused: nothing on the screen changes but ages. */
function quietPlace(): EmptyPlace {
  const place = emptyPlace();
  const folder = join(place.home, '.config', 'weighbridge');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), 'protected: ["*"]\n');
  return place;
}

const isTooSmall = ({ columns, rows }: ScreenSize) => columns < 60 || rows < 16;

/**
 * The screen with every age, and the blanks that make room for it, as one sign, and without the findings of pods that had not
 * started yet when the doctor looked.
 */
const withoutAges = (text: string) =>
  text
    .replaceAll(/ +\d+[smhd](\d+[smh])?(?=[│ ])/g, ' AGE')
    .replace(/1 Health(: \d+ findings?, press d)?─*/, '1 Health');

function isWhole(text: string, size: ScreenSize): boolean {
  const rows = text.split('\n');
  if (isTooSmall(size)) return text.trimEnd().startsWith('weighbridge needs 60x16 cells');
  const needed = [/ ✓ live$/m, /✓ node minikube/, /✓ v1 +1\/1/, /▸ v2 +50 +50/];
  // The smallest screen has no room for all rows.
  const ready = size.rows < 20 ? [] : [/✓ istiod/, /✓ ingressgateway/, /✓ v2 +1\/1/];
  const hasAll = [...needed, ...ready].every(part => part.test(text));
  return hasAll && rows.length === size.rows && strayRows(rows, size).length === 0;
}

async function whole(screen: ScreenInPty, size: ScreenSize): Promise<string> {
  await screen.waitFor(`a whole frame of ${size.columns} x ${size.rows}`, text => isWhole(text, size));
  return withoutAges(screen.text);
}

test('a screen that went through every size and back is the one that begins at that size', async () => {
  const place = quietPlace();
  const demo = await serveDemo(place);
  const open = (size: ScreenSize) => openScreen(['--kubeconfig', demo.served.kubeconfig], { ...place, size });
  const screen = open(sized(80, 24));
  await whole(screen, sized(80, 24));
  for (const size of [...SIZES, ...SIZES.toReversed()]) {
    screen.resize(size);
    await whole(screen, size);
  }
  const fresh = [sized(80, 24), sized(120, 40), sized(300, 20), sized(60, 100)];
  const screens = fresh.map(size => ({ size, begun: open(size) }));
  for (const { size, begun } of screens) {
    const expected = await whole(begun, size);
    screen.resize(size);
    await screen.waitFor(`the frame of a fresh screen:\n${expected}`, text => withoutAges(text) === expected);
  }
  expect(screen.modes.isAlternateScreen).toBe(true);
});

test('rows are walked through, filtered, zoomed and opened, and closed again', async () => {
  const place = quietPlace();
  const demo = await serveDemo(place);
  const size = sized(80, 24);
  const screen = openScreen(['--kubeconfig', demo.served.kubeconfig], { ...place, size });
  const before = await whole(screen, size);
  screen.press('1');
  await screen.waitFor('a row', text => /│✓▸node minikube/.test(text));
  screen.press('/istiod');
  await screen.waitFor('the row that is left', text => /│✓▸istiod/.test(text) && !text.includes('✓ node'));
  screen.press('\r');
  await screen.waitFor('the keys of rows', text => text.includes('enter details'));
  screen.press('z');
  await screen.waitFor('the zoomed pane', text => text.includes('1 Health (z: back) /istiod'));
  screen.press('\r');
  await screen.waitFor('details', text => {
    return / Pod istio-system\/istiod-/.test(text) && /✓ discovery +Running/.test(text);
  });
  screen.press('\u001b[A');
  await screen.waitFor(
    'the end of the log',
    text => /as of \d\d:\d\d:\d\d/.test(text) && !text.includes('lines below'),
  );
  // Once for the details, then for the filter and the zoom.
  screen.press('\u001b');
  await screen.waitFor('the pane', text => text.includes('(z: back)'));
  screen.press('\u001b');
  await screen.waitFor('all rows', text => /✓▸?node minikube/.test(text));
  screen.press('\u001b');
  await screen.waitFor('all panes', text => text.includes('3 Weights'));
  screen.press('3');
  await screen.waitFor(`the frame of the beginning:\n${before}`, text => withoutAges(text) === before);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startClusters } from '../support/hosted-screen.ts';
import { drawnBeyondTheEdges } from './edges.ts';
import { isLive, isSettledAt, strayRows } from './read-screen.ts';
import { SMALL } from './screen-in-pty.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

const RIGHT = '\x1b[C';
const DOWN = '\x1b[B';
const ESCAPE = '\x1b';

/** The screen on two clusters, blue and shop-prod, of one kubeconfig. */
async function openOnTwo() {
  const { clusters, kubeconfigText, stop } = await startClusters(['blue', 'shop-prod']);
  onTestFinished(stop);
  const place = emptyPlace();
  const kubeconfig = join(place.home, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigText);
  const screen = openScreen(['--kubeconfig', kubeconfig], place);
  await screen.waitFor('the live screen on blue', isLive);
  expect(screen.text).toContain('blue / default / VirtualService myapp');
  const [, prod] = clusters;
  if (!prod) throw new Error('no second cluster');
  return { screen, prod, isUnchanged: () => readFileSync(kubeconfig, 'utf8') === kubeconfigText };
}

test('c, a filter and enter lead to another cluster, which is protected, and back', async () => {
  const { screen, prod, isUnchanged } = await openOnTwo();
  screen.press('c');
  await screen.waitFor(
    'the contexts',
    text => /▸ ● blue .*127\.0\.0\.1/.test(text) && text.includes('demo cluster'),
  );
  screen.press('/');
  await screen.waitFor('the filter', text => text.includes('enter take it') && !text.includes('q quit'));
  // Several backspaces in one chunk, and the text with enter in another.
  screen.press('xyz');
  await screen.waitFor('nothing left', text => text.includes('0 of 3'));
  screen.press('\x7f\x7f\x7f');
  await screen.waitFor('all of them', text => !text.includes('0 of 3') && text.includes('shop-prod'));
  screen.press('prod\r');
  await screen.waitFor('the protected cluster', text => {
    return text.includes(' PROTECTED shop-prod / default / VirtualService myapp') && /✓ live$/m.test(text);
  });
  await screen.waitFor('the versions', text => /✓ v2 +1\/1 +myapp:v2/.test(text));
  screen.press(RIGHT);
  await screen.waitFor('a question', text => text.includes('Change weights on shop-prod?'));
  expect(screen.text).toContain('[ Cancel ]');
  screen.press(ESCAPE);
  await screen.waitFor('the screen again', text => !text.includes('Cancel'));
  screen.press('c');
  await screen.waitFor('the contexts', text => /▸ ● shop-prod/.test(text));
  screen.press(`${DOWN}`);
  await screen.waitFor('the demo highlighted', text => /▸ {3}demo cluster/.test(text));
  screen.press('\r');
  await screen.waitFor('the demo cluster', text => isLive(text) && text.includes('demo cluster / default'));
  expect(await prod.generation()).toBe(1);
  expect(isUnchanged()).toBe(true);
  expect(strayRows(screen.rows, SMALL)).toEqual([]);
  expect(await drawnBeyondTheEdges(screen.output, SMALL)).toEqual([]);
});

test('n leads to another namespace and back, and v says which route it is', async () => {
  const { screen } = await openOnTwo();
  screen.press('n');
  await screen.waitFor('the namespaces', text => /▸ ● default/.test(text) && text.includes('istio-system'));
  screen.press('/istio-s');
  await screen.waitFor('one of them', text => /▸ {3}istio-system/.test(text) && text.includes('1 of '));
  screen.press('\r');
  await screen.waitFor('why there is nothing', text => {
    return (
      text.includes('blue / istio-system') && text.includes('no VirtualService in namespace istio-system')
    );
  });
  screen.press('n');
  await screen.waitFor('the namespaces', text => /▸ ● istio-system/.test(text) && text.includes('default'));
  screen.press('/defau\r');
  await screen.waitFor('the live screen', isLive);
  screen.press('v');
  await screen.waitFor('the route', text => /▸ ● myapp +http 1 +v1 50, v2 50 +\* +app-gateway/.test(text));
  screen.press(RIGHT);
  await screen.waitFor('where weights are', text => text.includes('weights: press 3'));
  screen.press(ESCAPE);
  await screen.waitFor('the live screen again', isLive);
  screen.press(RIGHT);
  await screen.waitFor('60 applied', text => isSettledAt(text, 60));
});

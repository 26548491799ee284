import { describe, expect, test } from 'vitest';
import { drawnBeyondTheEdges } from './edges.ts';
import { isLive, isSettledAt, strayRows } from './read-screen.ts';
import { SMALL } from './screen-in-pty.ts';
import { clientOf, emptyPlace, openScreen, startCluster } from './test-bed.ts';

/** Sets the title of the window, clears the screen, leaves the alternate screen, turns text around, and never ends its line. */
const HOSTILE_PAGE = `\x1b]0;owned\x07\x1b[2J\x1b[?1049l\u202eowned\u2066 👩‍👩‍👧‍👦 ${'owned'.repeat(2_000)}`;

describe('what applications and other clients send', () => {
  test('neither breaks the frame nor reaches the terminal raw', async () => {
    const place = emptyPlace();
    const { cluster, kubeconfig } = await startCluster(place);
    cluster.setPageBody('v2', HOSTILE_PAGE);
    const screen = openScreen(['--kubeconfig', kubeconfig], place);
    await screen.waitFor('the live screen', isLive);
    await clientOf(kubeconfig).setWeights([30, 70], '🦊'.repeat(32));
    await screen.waitFor('70 applied, and who set it', text => isSettledAt(text, 70) && text.includes('🦊'));
    expect(strayRows(screen.rows, SMALL)).toEqual([]);
    expect(await drawnBeyondTheEdges(screen.output, SMALL)).toEqual([]);
    expect(screen.modes.isAlternateScreen).toBe(true);
    // The sequences of a frame move, colour and synchronize; none sets a title or clears in the middle.
    expect(screen.output).not.toMatch(/\x1b\]|\u202e|\u2066|\x07/);
  });
});

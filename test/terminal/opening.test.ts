import { describe, expect, test } from 'vitest';
import { drawnBeyondTheEdges } from './edges.ts';
import { isLive, strayRows } from './read-screen.ts';
import { LARGE, SMALL } from './screen-in-pty.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

describe('with no kubeconfig, the demo cluster opens', () => {
  test.each([SMALL, LARGE])('and fills the four panes at $columns x $rows', async size => {
    const screen = openScreen([], { ...emptyPlace(), size });
    await screen.waitFor('four panes filled, and live', isLive);
    expect(screen.text).toContain('demo cluster / default / VirtualService myapp');
    expect(screen.rows).toHaveLength(size.rows);
    expect(strayRows(screen.rows, size)).toEqual([]);
    expect(await drawnBeyondTheEdges(screen.output, size)).toEqual([]);
  });
});

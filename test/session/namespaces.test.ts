import { afterEach, describe, expect, it } from 'vitest';
import { listedRows } from '../../src/session/list-overlay.ts';
import type { AppState } from '../../src/session/state.ts';
import { type HostedScreen, startHostedScreen } from '../support/hosted-screen.ts';

let running: HostedScreen[] = [];
const start = async (...args: Parameters<typeof startHostedScreen>) => {
  const screen = await startHostedScreen(...args);
  running.push(screen);
  return screen;
};
afterEach(async () => {
  await Promise.all(running.map(screen => screen.stop()));
  running = [];
});

const isThere = (state: AppState) => state.weights.applied !== undefined;
const shownNames = ({ ui, ...state }: AppState) =>
  ui.overlay.kind === 'list' ? listedRows({ ui, ...state }, ui.overlay).rows.map(({ id }) => id) : [];

describe('another namespace', () => {
  it('is chosen from those that the cluster has, in the same context', async () => {
    const screen = await start(['blue']);
    await screen.until(isThere);
    screen.press({ kind: 'open-list', list: 'namespaces' });
    const listed = await screen.until(({ places }) => places.namespaces.kind === 'read');
    expect(shownNames(listed)).toEqual(expect.arrayContaining(['default', 'istio-system']));
    screen.press({ kind: 'close-overlay' });
    await screen.choose('namespaces', 'istio-system');
    const moved = await screen.until(({ target }) => target.kind === 'none');
    expect(moved.connection).toMatchObject({ context: 'blue', namespace: 'istio-system' });
    expect(moved.target).toMatchObject({
      reason: 'There is no VirtualService in namespace istio-system.',
      nextStep: expect.stringContaining('press n for another namespace'),
    });
    await screen.choose('namespaces', 'default');
    expect((await screen.until(isThere)).connection.namespace).toBe('default');
  });

  it('is typed where namespaces may not be listed, and those chosen before are offered', async () => {
    const screen = await start(['blue']);
    await screen.until(isThere);
    screen.clusters[0]?.demo.deny({ verb: 'list', resource: 'namespaces' });
    screen.press({ kind: 'open-list', list: 'namespaces' });
    const refused = await screen.until(({ places }) => places.namespaces.kind === 'refused');
    expect(refused.ui.overlay).toMatchObject({ kind: 'list', isFiltering: true });
    screen.press({ kind: 'type', text: 'team-a\r' });
    const moved = await screen.until(({ target }) => target.kind === 'none');
    expect(moved.connection.namespace).toBe('team-a');
    await screen.until(
      ({ target }) => target.kind === 'none' && target.reason.includes('no namespace team-a'),
    );
    await screen.choose('namespaces', 'default');
    await screen.until(isThere);
    screen.press({ kind: 'open-list', list: 'namespaces' });
    const again = await screen.until(({ places }) => places.namespaces.kind === 'refused');
    expect(shownNames(again)).toEqual(['default', 'team-a']);
  });

  it('that the cluster does not have is said to be missing, with what to do', async () => {
    const screen = await start(['blue'], { namespace: 'nowhere' });
    const seen = await screen.until(
      ({ target }) => target.kind === 'none' && target.reason.startsWith('There is no namespace'),
    );
    expect(seen.target).toEqual({
      kind: 'none',
      reason: 'There is no namespace nowhere in this cluster.',
      nextStep: 'Press n for another one, or create it (kubectl create namespace nowhere).',
    });
  });
});

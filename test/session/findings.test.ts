import { afterEach, describe, expect, it } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { findingsOf } from '../../src/kube/checks.ts';
import { findingCount } from '../../src/session/findings.ts';
import { listedFinding } from '../../src/session/findings-list.ts';
import { listedRows } from '../../src/session/list-overlay.ts';
import { connectionPhase, versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { type DemoSession, manifestsFolder, startDemoSession } from '../support/demo-session.ts';

let cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanup.toReversed()) await step();
  cleanup = [];
});

async function sessionIn(scenario: string): Promise<DemoSession> {
  const demo = await startDemoCluster({ manifestsFolder, scenario });
  cleanup.push(() => demo.stop());
  const session = await startDemoSession({ demo });
  cleanup.push(() => session.stop());
  return session;
}

const codes = ({ doctor }: AppState) => findingsOf(doctor.checks ?? []).map(({ code }) => code);

describe('findings on the screen', () => {
  it('are there without being asked for, and are listed gravest first', async () => {
    const session = await sessionIn('no-subset');
    await session.until(state => codes(state).includes('IST0101'));
    session.press({ kind: 'open-list', list: 'findings' });
    const state = session.store.getState();
    expect(findingCount(state)).toBe(1);
    const { overlay } = state.ui;
    if (overlay.kind !== 'list') throw new Error('no list is open');
    const { rows } = listedRows(state, overlay);
    expect(rows[0]).toMatchObject({ mark: 'failing', cells: ['route', 'IST0101', expect.any(String)] });
    expect(rows[0]?.detail).toMatch(/^Apply a DestinationRule/);
    expect(rows.some(({ mark }) => mark === 'well')).toBe(true);
  });

  it('come and go with what the pods do, at once where somebody looks', async () => {
    const session = await sessionIn('healthy');
    const look = () => session.press({ kind: 'close-overlay' }, { kind: 'open-list', list: 'findings' });
    const readyPods = (state: AppState) => versions(state).map(version => version.readyPods);
    await session.until(state => codes(state).length > 0 && !codes(state).includes('WB0403'), 'examined');
    session.demo.failPods('version=v2', 'unready');
    await session.until(state => readyPods(state)[1] === 0);
    look();
    await session.until(state => codes(state).includes('WB0403'), 'v2 is found not ready');
    session.demo.failPods('version=v2', 'serve');
    await session.until(state => readyPods(state)[1] === 1);
    look();
    await session.until(state => !codes(state).includes('WB0403'), 'v2 is ready again');
  });

  it('begin with the connection while there is none, and say of when the others are', async () => {
    const session = await sessionIn('healthy');
    await session.until(state => codes(state).length > 0, 'examined');
    await session.demo.stopApi();
    const state = await session.until(({ cluster }) => connectionPhase(cluster).kind === 'lost');
    session.press({ kind: 'open-list', list: 'findings' });
    const { overlay } = session.store.getState().ui;
    if (overlay.kind !== 'list') throw new Error('no list is open');
    const { rows } = listedRows(state, overlay);
    expect(rows[0]).toMatchObject({ mark: 'failing', cells: ['connection', 'WB0001', expect.any(String)] });
    expect(rows[0]?.cells[2]).toMatch(/ All else is as of \d\d:\d\d:\d\d\.$/);
    expect(rows.filter(({ cells }) => cells[0] === 'connection')).toHaveLength(1);
    expect(rows.length).toBeGreaterThan(5);
  });

  it('open in full and go back to the same row', async () => {
    const session = await sessionIn('no-subset');
    await session.until(state => codes(state).includes('IST0101'));
    session.press({ kind: 'open-list', list: 'findings' }, { kind: 'accept' });
    const { overlay } = session.store.getState().ui;
    if (overlay.kind !== 'finding') throw new Error('no finding is open');
    expect(listedFinding(session.store.getState(), overlay.id)?.cells[1]).toBe('IST0101');
    session.press({ kind: 'close-overlay' });
    expect(session.store.getState().ui.overlay).toMatchObject({ kind: 'list', chosen: overlay.id });
  });

  it('are read anew when somebody asks, whatever was watched meanwhile', async () => {
    const session = await sessionIn('healthy');
    await session.until(state => codes(state).length > 0);
    session.demo.deny({ verb: 'list', group: '', resource: 'nodes' });
    session.press({ kind: 'open-list', list: 'findings' });
    await session.until(state => codes(state).includes('WB0103'));
    session.demo.allowAll();
  });
});

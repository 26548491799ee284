import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type ReportFile, readReportFlag, ShiftFiles } from '../../src/commands/shift-files.ts';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { recordedShifts } from '../../src/session/recorded-shifts.ts';
import { versions } from '../../src/session/selectors.ts';
import type { AppState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { manifestsFolder, setWeightsBeside, startDemoSession } from '../support/demo-session.ts';
import { afterShifts } from '../support/histories.ts';
import { schemaProblems } from '../support/schemas.ts';
import { NOW, stateOf } from '../support/states.ts';
import { runCommand } from './run-command.ts';

type FailureInReport = { readonly kind: string; readonly count: number };

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function reportFile(flag: string, folder: string): Promise<ReportFile> {
  const report = await readReportFlag(flag, folder);
  if (!report || 'problem' in report) throw new Error(`no report: ${report?.problem}`);
  return report;
}

/** A session after some shifts, and the files that it writes. */
function openHistory(folder: string, report?: ReportFile) {
  const state = afterShifts(stateOf('healthy', [50, 50]));
  const store = createAppStore(NOW, state.ui);
  store.setState(state, true);
  const files = new ShiftFiles(store, { ...systemClock, now: () => NOW }, report, folder);
  const exportAgain = () =>
    store.setState(({ history }) => ({ history: { ...history, exportsAsked: history.exportsAsked + 1 } }));
  const notices = () => store.getState().notices.map(({ text }) => text);
  return { store, files, exportAgain, notices };
}

describe('an export', () => {
  test('makes a JSON and a Markdown file of the same name, and says where', async () => {
    const folder = emptyFolder();
    const { files, exportAgain, notices } = openHistory(folder);
    exportAgain();
    await files.end();
    const [json = '', markdown = '', ...others] = readdirSync(folder).toSorted();
    expect(json).toMatch(/^weighbridge-shifts-202611\d\d-\d{6}\.json$/);
    expect(markdown).toBe(json.replace(/json$/, 'md'));
    expect(others).toEqual([]);
    expect(schemaProblems('shifts.json', JSON.parse(readFileSync(join(folder, json), 'utf8')))).toEqual([]);
    expect(readFileSync(join(folder, markdown), 'utf8')).toMatch(/^## Traffic shifts\n/);
    expect(notices()).toEqual([`6 shifts written to ./${json} and .md`]);
  });

  test('never overwrites a file, also not one of its own of the same second', async () => {
    const folder = emptyFolder();
    const first = openHistory(folder);
    first.exportAgain();
    await first.files.end();
    const [json = '', markdown = ''] = readdirSync(folder).toSorted();
    for (const name of [json, markdown]) writeFileSync(join(folder, name), 'mine');
    // Of the next name only one file is taken.
    writeFileSync(join(folder, markdown.replace('.md', '-2.md')), 'mine');
    const second = openHistory(folder);
    second.exportAgain();
    await second.files.end();
    const mine = readdirSync(folder).filter(name => readFileSync(join(folder, name), 'utf8') === 'mine');
    expect(mine.toSorted()).toEqual([markdown.replace('.md', '-2.md'), json, markdown].toSorted());
    expect(readdirSync(folder)).toHaveLength(5);
    expect(second.notices()).toEqual([`6 shifts written to ./${json.replace('.json', '-3.json')} and .md`]);
  });

  test('into a folder that is gone is a sentence', async () => {
    const { files, exportAgain, notices } = openHistory(join(emptyFolder(), 'gone'));
    exportAgain();
    await files.end();
    expect(notices()).toEqual([
      "Can't export into the working folder: no such file or directory. Start with --report FILE.",
    ]);
  });
});

describe('--report', () => {
  test('is written when the session ends, and replaces what is there', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'shifts.JSON'), 'older');
    const { files } = openHistory(folder, await reportFile('shifts.JSON', folder));
    expect(await files.end()).toBeUndefined();
    expect(JSON.parse(readFileSync(join(folder, 'shifts.JSON'), 'utf8')).shifts).toHaveLength(6);
    expect(readdirSync(folder)).toEqual(['shifts.JSON']);
  });

  test('tells when it cannot be written in the end', async () => {
    const folder = emptyFolder();
    const report = await reportFile('reports/shifts.md', makeFolder(folder, 'reports'));
    const { files, notices } = openHistory(folder, report);
    rmSync(join(folder, 'reports'), { recursive: true });
    const problem = `Can't write the report ${report.path}: no such file or directory.`;
    expect(await files.end()).toBe(problem);
    expect(notices()).toEqual([problem]);
  });

  test('is left as it is where no cluster was found', async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, 'shifts.md'), 'older');
    const { store, files } = openHistory(folder, await reportFile('shifts.md', folder));
    store.setState(({ connection }) => ({ connection: { ...connection, context: '' } }));
    await files.end();
    expect(readFileSync(join(folder, 'shifts.md'), 'utf8')).toBe('older');
  });

  test.each([
    ['shifts.txt', 'its name ends neither in .json nor in .md. Name one that does.'],
    ['shifts', 'its name ends neither in .json nor in .md. Name one that does.'],
    ['gone/shifts.md', 'no such file or directory. Name a file in a folder that you may write to.'],
    ['file/shifts.md', 'not a directory. Name a file in a folder that you may write to.'],
    ['folder.md', 'it is no file. Name one.'],
  ])('%s cannot be used, which is said', async (flag, why) => {
    const folder = makeFolder(emptyFolder(), 'folder.md');
    writeFileSync(join(folder, 'file'), '');
    expect(await readReportFlag(flag, folder)).toEqual({ problem: `Can't use --report ${flag}: ${why}` });
  });

  test('says that only the screen sees shifts, where the demo is served', async () => {
    expect(await runCommand(['demo', '--serve', '--report', 'shifts.md'])).toEqual({
      code: 1,
      stdout: '',
      stderr: "Can't use --report with --serve: only the screen sees shifts.\n",
    });
  });
});

function makeFolder(parent: string, name: string): string {
  mkdirSync(join(parent, name));
  return parent;
}

describe('a session on the demo cluster', () => {
  async function start(scenario: string, ratePerSecond = 20) {
    const folder = emptyFolder();
    const demo = await startDemoCluster({ manifestsFolder, seed: 11, scenario });
    onTestFinished(() => demo.stop());
    const session = await startDemoSession({
      demo,
      prepare: state => ({ ...state, traffic: { ...state.traffic, ratePerSecond } }),
    });
    onTestFinished(() => session.stop());
    const report = await reportFile('report.json', folder);
    const files = new ShiftFiles(session.store, systemClock, report, folder);
    onTestFinished(async () => {
      await files.end();
    });
    await session.until(
      state => versions(state).length === 2 && versions(state).every(({ readyPods }) => readyPods > 0),
    );
    const read = () => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    return { folder, demo, session, files, read };
  }
  const newest = (state: AppState) => recordedShifts(state)[0]?.record;

  test('whose gateway loses requests reports every one of them', async () => {
    const { demo, session, files, read } = await start('lossy-gateway', 200);
    await session.until(({ traffic }) => traffic.observed?.versions.every(({ count }) => count > 3) ?? false);
    const lostBefore = demo.lostRequests;
    session.press({ kind: 'set-to', weight: 90 });
    // The gateway is lossy for a second after the change; two seconds of samples later all of them have ended.
    await session.until(state => (newest(state)?.samples ?? 0) > 600);
    const lost = demo.lostRequests - lostBefore;
    expect(lost).toBeGreaterThan(20);
    expect(await files.end()).toBeUndefined();
    const report = read();
    expect(schemaProblems('shifts.json', report)).toEqual([]);
    const [shift] = report.shifts;
    expect(shift).toMatchObject({ by: 'you', isDemo: true, failed: lost, failedBelowPercent: null });
    expect(shift.failures.reduce((sum: number, { count }: FailureInReport) => sum + count, 0)).toBe(lost);
    expect(JSON.stringify(report)).not.toContain(new URL(session.store.getState().connection.server).host);
  });

  test('reports while it runs, and changes of others by their name', async () => {
    const { session, read } = await start('healthy', 100);
    await session.until(({ traffic }) => traffic.observed?.versions.every(({ count }) => count > 3) ?? false);
    await setWeightsBeside(session.other, [0, 100]);
    await session.until(state => newest(state)?.verdict.kind === 'agrees');
    session.press({ kind: 'set-to', weight: 0 });
    await session.until(state => newest(state)?.to.v2 === 0 && newest(state)?.verdict.kind === 'agrees');
    await expect.poll(() => read().shifts[1]?.verdict.kind).toBe('agrees');
    const { shifts } = read();
    expect(shifts).toMatchObject([
      { number: 1, askedAt: null, countedFrom: 'change', failed: 0, verdict: { kind: 'agrees' } },
      { number: 2, by: 'you', countedFrom: 'ask', outcome: 'settled', verdict: { kind: 'agrees' } },
    ]);
    expect(shifts[0].by).not.toBe('you');
    expect(shifts[1].settledAfterMs).toBeGreaterThan(0);
  });

  test('has a record of a shift that no sample can see', async () => {
    const { session, files, read } = await start('mesh-only');
    await session.until(({ traffic }) => traffic.sampling.kind === 'mesh-only');
    session.press({ kind: 'set-to', weight: 90 });
    await session.until(state => newest(state)?.to.v2 === 90);
    await files.end();
    expect(read().shifts).toMatchObject([
      { by: 'you', samples: 0, verdict: { sentence: 'not observed', kind: 'no-samples' } },
    ]);
  });
});

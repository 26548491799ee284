import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CanaryNoteFile, forgetCanaries } from '../../src/commands/canary-note.ts';

const PLACE = { context: 'minikube', namespace: 'default', virtualService: 'myapp' };
const NOTED = {
  ...PLACE,
  route: 'http route 1 of 1',
  version: 'v2',
  labels: ['v1', 'v2'],
  start: [100, 0],
  steps: [5, 100],
  stepsSet: 1,
  notedAtMs: 0,
};

test('what a canary was killed in the middle of writing is taken away, and nothing that may still be written', async () => {
  const state = mkdtempSync(join(tmpdir(), 'weighbridge-notes-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const env = { XDG_STATE_HOME: state };
  const folder = join(state, 'weighbridge', 'canaries');
  mkdirSync(folder, { recursive: true });
  const { pid } = spawnSync(process.execPath, ['--version']);
  const unfinished = {
    ofTheKilled: `${hostname()}-${pid}-1.json.0a1b2c3d`,
    ofOneThatRuns: `${hostname()}-${process.pid}-1.json.0a1b2c3d`,
    ofAnotherMachine: `elsewhere-${pid}-1.json.0a1b2c3d`,
  };
  for (const name of Object.values(unfinished)) writeFileSync(join(folder, name), '');
  const note = new CanaryNoteFile(env, 2);
  await note.write(NOTED);

  await forgetCanaries(env, PLACE);

  const own = `${hostname()}-${process.pid}-2.json`;
  const { ofOneThatRuns, ofAnotherMachine } = unfinished;
  expect(readdirSync(folder).toSorted()).toEqual([ofOneThatRuns, ofAnotherMachine, own].toSorted());
});

import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordingFile } from '../../src/commands/recording-file.ts';
import { RECORDING_FORMAT } from '../../src/session/recorder.ts';
import { type TestFolder, testFolder } from '../support/kubeconfig-file.ts';
import { ManualClock } from '../support/manual-clock.ts';

const HEADER = `{"t":1,"kind":"header","format":"${RECORDING_FORMAT}"}`;

let folder: TestFolder;
const problems: string[] = [];
beforeEach(async () => {
  folder = await testFolder();
  problems.length = 0;
});
afterEach(() => folder.remove());

const clock = new ManualClock();
const inFolder = (name: string) => join(folder.path, name);
const open = (path: string) => RecordingFile.open(path, clock, problem => problems.push(problem));

async function opened(path: string): Promise<RecordingFile> {
  const file = await open(path);
  if ('problem' in file) throw new Error(file.problem);
  return file;
}

async function problemOf(path: string): Promise<string> {
  const file = await open(path);
  return 'problem' in file ? file.problem : 'none';
}

describe('a recording on disk', () => {
  it('is one line after the other, for its owner alone', async () => {
    const file = await opened(inFolder('session.jsonl'));
    expect(file.bytes).toBe(0);
    expect([file.write(HEADER), file.write('{"t":2}')]).toEqual(['taken', 'taken']);
    await file.end();
    expect(await readFile(inFolder('session.jsonl'), 'utf8')).toBe(`${HEADER}\n{"t":2}\n`);
    expect((await stat(inFolder('session.jsonl'))).mode & 0o777).toBe(0o600);
    expect(file.write('{"t":3}')).toBe('closed');
    expect(clock.pendingAlarms).toBe(0);
  });

  it('turns to a new file, and keeps the one before it and no more', async () => {
    const file = await opened(inFolder('session.jsonl'));
    for (const line of ['1', '2', '3']) {
      file.write(line);
      file.rotate();
    }
    file.write('4');
    await file.end();
    expect(await readFile(inFolder('session.jsonl'), 'utf8')).toBe('4\n');
    expect(await readFile(inFolder('session.jsonl.1'), 'utf8')).toBe('3\n');
    expect(existsSync(inFolder('session.jsonl.2'))).toBe(false);
    expect((await stat(inFolder('session.jsonl'))).mode & 0o777).toBe(0o600);
  });

  it('goes on with a recording that is there, also where its last line was cut off', async () => {
    const path = await folder.write('session.jsonl', `${HEADER}\n{"t":2,"ki`, 0o644);
    const file = await opened(path);
    expect(file.bytes).toBeGreaterThan(HEADER.length);
    file.write('{"t":3}');
    await file.end();
    expect((await readFile(path, 'utf8')).split('\n')).toEqual([HEADER, '{"t":2,"ki', '{"t":3}', '']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a text of its own', 'thesis.txt', 'chapter one'],
    ['other JSON', 'data.jsonl', '{"format":"something"}\n'],
  ])('leaves a file alone that holds %s', async (_, name, text) => {
    const path = await folder.write(name, text);
    expect(await problemOf(path)).toBe(
      `Can't record to ${path}: it holds something else, which is left as it is. Name another file with --record.`,
    );
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('leaves a file alone whose place rotation would take', async () => {
    const path = await folder.write('session.jsonl.1', 'mine');
    expect(await problemOf(inFolder('session.jsonl'))).toContain(`${path}: it holds something else`);
    expect(existsSync(inFolder('session.jsonl'))).toBe(false);
  });

  it('says why there can be no file', async () => {
    await mkdir(inFolder('folder'));
    expect(await problemOf(inFolder('folder'))).toContain('it is no file');
    expect(await problemOf(inFolder('nowhere/session.jsonl'))).toContain('its folder, is not there');
  });

  it('ends with one sentence when its folder vanishes', async () => {
    await mkdir(inFolder('folder'));
    const file = await opened(inFolder('folder/session.jsonl'));
    file.write(HEADER);
    await rm(inFolder('folder'), { recursive: true });
    clock.advance(1_000);
    await file.end();
    expect(problems).toEqual([
      "Can't go on recording to session.jsonl: it, or its folder, is not there. The session goes on without a recording.",
    ]);
    expect(file.write('{}')).toBe('closed');
  });

  it('ends when another file has taken its place, which it does not touch', async () => {
    const file = await opened(inFolder('session.jsonl'));
    await rm(inFolder('session.jsonl'));
    await folder.write('session.jsonl', 'mine');
    file.write(HEADER);
    file.rotate();
    await file.end();
    expect(problems).toEqual([expect.stringContaining('another file has taken its place')]);
    expect(await readFile(inFolder('session.jsonl'), 'utf8')).toBe('mine');
  });

  it.runIf(existsSync('/dev/full'))('ends with one sentence when the disk is full', async () => {
    await symlink('/dev/full', inFolder('session.jsonl'));
    const file = await opened(inFolder('session.jsonl'));
    file.write(HEADER);
    file.rotate();
    file.write('{}');
    await file.end();
    expect(problems).toEqual([
      "Can't go on recording to session.jsonl: no space is left on its disk. The session goes on without a recording.",
    ]);
    expect(existsSync('/dev/full')).toBe(true);
  });

  it('takes no more than a little while the disk hangs', async () => {
    const file = await opened(inFolder('session.jsonl'));
    const line = 'x'.repeat(1_000);
    let taken = 0;
    while (file.write(line) === 'taken') taken += 1;
    expect(taken).toBe(2_001);
    await file.end();
    expect((await stat(inFolder('session.jsonl'))).size).toBe(taken * 1_001);
  });
});

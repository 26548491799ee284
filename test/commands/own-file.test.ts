import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadOwnFile, saveOwnFile } from '../../src/commands/own-file.ts';
import { eventually } from '../support/eventually.ts';
import { PROJECT } from '../terminal/program.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-own-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A process that writes a file of our own, large enough to be met in the middle of it. */
function writing(file: string): ChildProcess {
  const module = pathToFileURL(join(PROJECT, 'src', 'commands', 'own-file.ts')).href;
  const script = `
    const { saveOwnFile } = await import(${JSON.stringify(module)});
    await saveOwnFile(${JSON.stringify(file)}, 'x'.repeat(150_000_000));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe('a file of our own', () => {
  // Windows has no such files.
  test.skipIf(process.platform === 'win32')('is none where it is a pipe, which may have no end', async () => {
    const pipe = join(emptyFolder(), 'pipe.json');
    execFileSync('mkfifo', [pipe]);
    expect(await loadOwnFile(pipe, 100, text => text)).toEqual({ content: undefined, isSpoilt: true });
  });

  test('that a process was killed in the middle of writing is taken away by the next one, and the old one is whole', async () => {
    const folder = emptyFolder();
    const file = join(folder, 'places.json');
    await saveOwnFile(file, 'old');
    const child = writing(file);
    await eventually(() => expect(readdirSync(folder)).toHaveLength(2));
    child.kill('SIGSTOP');
    const [, half] = readdirSync(folder);
    // Somebody who still writes is left alone.
    await saveOwnFile(join(folder, 'other.json'), 'new');
    expect(readdirSync(folder)).toContain(half);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await loadOwnFile(file, 1_000, text => text)).toEqual({ content: 'old', isSpoilt: false });
    await saveOwnFile(join(folder, 'other.json'), 'newer');
    expect(readdirSync(folder).toSorted()).toEqual(['other.json', 'places.json']);
  });

  test('leaves alone what another machine, or somebody else, has put there', async () => {
    const folder = emptyFolder();
    const names = ['places.json~elsewhere~1~0a1b2c3d', 'mine~'];
    for (const name of names) writeFileSync(join(folder, name), '');
    await saveOwnFile(join(folder, 'places.json'), 'new');
    expect(readdirSync(folder).toSorted()).toEqual([...names, 'places.json'].toSorted());
  });
});

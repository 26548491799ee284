import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type ChildEnd, type ChildOptions, runChild } from '../../src/run-child.ts';
import { eventually } from './eventually.ts';

const never = new AbortController().signal;

/** Runs JavaScript in a Node of its own. */
export function runScript(script: string, options: ChildOptions = {}, signal = never): Promise<ChildEnd> {
  return runChild(
    { file: process.execPath, args: ['-e', script], env: { GREETING: 'hello' } },
    signal,
    options,
  );
}

/** A file that a script notes process ids in, and how to wait for them. */
export async function noteOfProcesses(): Promise<{
  readonly file: string;
  ids: (count: number) => Promise<number[]>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-children-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'note');
  const ids = async (count: number) => {
    const read = async () => (await readFile(file, 'utf8')).split(' ').filter(text => text !== '');
    await eventually(async () => expect(await read()).toHaveLength(count));
    return (await read()).map(Number);
  };
  return { file, ids };
}

/** Notes itself and a child of its own, and hangs; `before` is what it does first. */
export const hangingWithChild = (file: string, before = '') => `
const { spawn } = require('node:child_process');
const { appendFileSync } = require('node:fs');
const hang = ${JSON.stringify(before)} + ';require("node:fs").appendFileSync(' + ${JSON.stringify(JSON.stringify(file))} + ', process.pid + " "); setInterval(() => {}, 1000);';
spawn(process.execPath, ['-e', hang], { stdio: 'inherit' });
eval(hang);
`;

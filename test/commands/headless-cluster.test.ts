import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { PROJECT } from '../terminal/program.ts';

/** A command that is done, and still keeps something until its stdin says that it may. */
const KEEPING = `
import { once } from 'node:events';
const { runHeadless } = await import(${JSON.stringify(join(PROJECT, 'src', 'commands', 'headless-cluster.ts'))});
process.exitCode = await runHeadless(async cleanup => {
  cleanup.push(async () => {
    process.stderr.write('keeping');
    await once(process.stdin, 'data');
    process.stdin.destroy();
    process.stdout.write('kept');
  });
  return 4;
});
`;

it('keeps what is to be kept although a signal comes once the work is done', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', KEEPING]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = text(child.stdout);
  const closed = once(child, 'close');
  await once(child.stderr, 'data');
  child.kill('SIGINT');
  child.stdin.write('go on');
  expect([await said, (await closed)[0]]).toEqual(['kept', 4]);
});

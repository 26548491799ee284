import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChildLine, runChild } from '../src/run-child.ts';
import { noteOfProcesses, runScript } from './support/child-scripts.ts';
import { isRunning } from './terminal/processes.ts';

const never = new AbortController().signal;

async function linesOf(script: string): Promise<readonly ChildLine[]> {
  const lines: ChildLine[] = [];
  await runScript(script, { onLines: some => lines.push(...some) });
  return lines;
}

describe('a child process', () => {
  it('yields its exit code, what it wrote, and the end of what it said', async () => {
    const end = await runScript(
      'console.log(process.env.GREETING); console.error("oh"); process.exitCode = 3;',
    );
    expect(end).toEqual({ kind: 'ended', exit: '3', output: 'hello\n', words: 'oh\n' });
  });

  it('has the environment that it is given, and no other', async () => {
    process.env.WEIGHBRIDGE_TEST_ONLY = 'ours';
    onTestFinished(() => void delete process.env.WEIGHBRIDGE_TEST_ONLY);
    const end = await runScript('console.log(process.env.WEIGHBRIDGE_TEST_ONLY)');
    expect(end).toMatchObject({ output: 'undefined\n' });
  });

  it('gets its arguments as they are: no shell reads them', async () => {
    const args = ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', '$HOME', '*', "it's; ls"];
    const end = await runChild({ file: process.execPath, args, env: {} }, never);
    expect(end).toMatchObject({ output: `${JSON.stringify(args.slice(3))}\n` });
  });

  it.each([
    ['that is not there', '/nowhere/tool', [], 'ENOENT'],
    ['that is a folder', '/etc', [], 'EACCES'],
  ])('%s is not started, and says why', async (_what, file, args, code) => {
    expect(await runChild({ file, args, env: {} }, never)).toEqual({ kind: 'not-started', code, words: '' });
  });

  it('whose arguments no system takes is not started', async () => {
    const end = await runChild({ file: process.execPath, args: ['a\0b'], env: {} }, never);
    expect(end.kind).toBe('not-started');
  });

  it('tells the signal that ended it', async () => {
    const end = await runScript('process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000);');
    expect(end).toMatchObject({ kind: 'ended', exit: 'SIGKILL' });
  });

  it('is not started once it was given up', async () => {
    expect(await runScript('console.log(1)', {}, AbortSignal.abort())).toEqual({ kind: 'killed', words: '' });
  });

  it('hands its lines on as they come', async () => {
    const first = Promise.withResolvers<void>();
    const gone = new AbortController();
    const script = 'console.log("now"); setInterval(() => {}, 1000);';
    const end = runScript(script, { onLines: () => first.resolve() }, gone.signal);
    await first.promise;
    gone.abort();
    expect((await end).kind).toBe('killed');
  });

  it.each([
    ['of both streams', 'console.log("out"); console.error("err")', ['stderr err', 'stdout out']],
    ['without a line break at the end', 'process.stdout.write("a\\nb")', ['stdout a', 'stdout b']],
    [
      'of Windows, and none that is empty',
      'process.stdout.write("a\\r\\n\\r\\nb\\n")',
      ['stdout a', 'stdout b'],
    ],
    [
      'that are drawn anew',
      'process.stdout.write("10 %\\r50 %\\rdone\\n")',
      ['stdout 10 %', 'stdout 50 %', 'stdout done'],
    ],
    [
      'that come in pieces, in the middle of a letter as well',
      'const bytes = Buffer.from("half é\\n"); process.stdout.write(bytes.subarray(0, 6)); setTimeout(() => process.stdout.write(bytes.subarray(6)), 50);',
      ['stdout half é'],
    ],
  ])('hands on lines %s', async (_what, script, expected) => {
    const lines = await linesOf(script);
    expect(lines.map(({ from, text }) => `${from} ${text}`).toSorted()).toEqual([...expected].toSorted());
  });

  it('cuts a line that never ends, and keeps no more of it', async () => {
    const lines = await linesOf('process.stdout.write("x".repeat(300000) + "\\nnext\\n")');
    expect(lines.map(({ text }) => text.length)).toEqual([65_536, 4]);
  });

  it('that leaves its pipes to another program is over when it ends itself', async () => {
    const { file, ids } = await noteOfProcesses();
    const daemon = `require("node:fs").appendFileSync(${JSON.stringify(file)}, process.pid + " "); setInterval(() => {}, 1000);`;
    const end = await runScript(
      `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(daemon)}], { stdio: "inherit" }).unref(); console.log("started");`,
    );
    expect(end).toMatchObject({ kind: 'ended', exit: '0', output: 'started\n' });
    const [daemonId = 0] = await ids(1);
    expect(isRunning(daemonId)).toBe(true);
    process.kill(daemonId, 'SIGKILL');
  });
});

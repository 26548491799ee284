import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { builtProgram, type EmptyPlace } from './program.ts';
import { emptyPlace, openScreen } from './test-bed.ts';

type Finished = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs a command to its end, without a terminal. */
function run(command: string, args: readonly string[], { env }: EmptyPlace): Promise<Finished> {
  return new Promise(resolve => {
    const child = execFile(command, [...args], { env: { ...env } }, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr });
    });
    child.stdin?.end();
  });
}

const runProgram = (args: readonly string[]) =>
  run(process.execPath, [builtProgram(), ...args], emptyPlace());

describe('the command line', () => {
  test('--version prints the version', async () => {
    expect(await runProgram(['--version'])).toEqual({
      exitCode: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    });
  });

  test('--help prints the verbs and flags', async () => {
    const { exitCode, stdout, stderr } = await runProgram(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: weighbridge /);
    expect(stdout).toMatch(/^ {2}demo .*demo\s+cluster/m);
  });

  test('a flag that does not exist is a usage error', async () => {
    const { exitCode, stdout, stderr } = await runProgram(['demo', '--nonsense']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain("unknown option '--nonsense'");
  });

  test.each([
    [[], 'weighbridge status, weighbridge shift v2=20, or another verb of weighbridge --help'],
    [
      ['reviews'],
      'weighbridge status reviews, weighbridge shift reviews v2=20, or another verb of weighbridge --help',
    ],
    [['demo'], 'weighbridge demo --serve, weighbridge status --demo, or another verb of weighbridge --help'],
  ])('without a terminal, one sentence says what to use in place of %j', async (args, instead) => {
    expect(await runProgram(args)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `weighbridge draws a screen and needs a terminal; without one, use ${instead}.\n`,
    });
  });

  test('a kubeconfig that does not exist is named, after the terminal is restored', async () => {
    const screen = openScreen(['--kubeconfig', '/no/such/kubeconfig'], emptyPlace());
    const { exitCode } = await screen.ended;
    expect(exitCode).toBe(2);
    expect(screen.modes.isAlternateScreen).toBe(false);
    expect(screen.text.trim()).toMatch(/^Can't read .*\/no\/such\/kubeconfig/);
  });
});

describe('a stdout that nobody reads', () => {
  test.each([
    [['--help']],
    [['status', '--help']],
    [['completion', 'bash']],
    [['demo', '--list']],
    [['demo', '--serve']],
    [['version', '-o', 'json']],
    [['report', '--context', 'nowhere', '-o', 'json']],
    [['status', '--nonsense', '-o', 'json']],
    [['status', '--demo']],
    [['doctor', '--demo', '-o', 'yaml']],
    [['shift', '--demo', 'v2=20']],
    [['canary', '--demo', '--to', 'v2', '-o', 'json']],
    [['tutorial', '--demo', '--print']],
  ])('ends weighbridge %j as SIGPIPE would, with nothing to say of it', async args => {
    const child = spawn(process.execPath, [builtProgram(), ...args], { env: { ...emptyPlace().env } });
    child.stdout.destroy();
    child.stdin.end();
    let stderr = '';
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    const [exitCode] = await once(child, 'close');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 141,
      stderr: expect.not.stringMatching(/EPIPE|has a bug|^ +at /m),
    });
  });

  test.skipIf(!existsSync('/dev/full'))('that takes no more is told in a sentence', async () => {
    const command = `"${process.execPath}" "${builtProgram()}" version > /dev/full`;
    expect(await run('/bin/sh', ['-c', command], emptyPlace())).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: "Can't write the answer: ENOSPC: no space left on device, write. Write it somewhere else.\n",
    });
  });
});

/** A Node older than 22.19 of this machine; else this one, which then says that it is old. */
function oldNode(): readonly [command: string, ...args: string[]] {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(folder, 'node');
    if (!isExecutable(node)) continue;
    const [major = 0, minor = 0] = execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      .split('.')
      .map(Number);
    if (major < 22 || (major === 22 && minor < 19)) return [node];
  }
  const pretend =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";
  return [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

describe('an old Node', () => {
  test('gets one sentence that names the version it needs', async () => {
    const [node, ...args] = oldNode();
    const { exitCode, stdout, stderr } = await run(node, [...args, builtProgram(), 'demo'], emptyPlace());
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^weighbridge needs Node 22\.19 or newer; this is Node \d+\.\d+\.\d+\..*\n$/);
  });
});

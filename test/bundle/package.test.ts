import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT } from '../terminal/program.ts';
import { isLive, isSettledAt, weightsRow } from '../terminal/read-screen.ts';
import { emptyPlace, runInPty } from '../terminal/test-bed.ts';

const MOST_MEGABYTES = 5;

/** Paths of further Nodes to run the installed program with, beside the one that runs this. */
const nodes = [process.execPath, ...(process.env.WEIGHBRIDGE_NODES ?? '').split(delimiter)]
  .filter(node => node !== '')
  .map(node => ({ node, version: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim() }));

const folder = mkdtempSync(join(tmpdir(), 'weighbridge-installed-'));
const installed = join(folder, 'node_modules', 'weighbridge');
const command = (name: string) => join(folder, 'node_modules', '.bin', name);

const npm = async (args: readonly string[], cwd: string) =>
  (await promisify(execFile)('npm', [...args, '--offline', '--no-audit', '--no-fund'], { cwd })).stdout;

// As a person gets it: packed, and installed in an empty folder without the network.
beforeAll(async () => {
  // Built before the tests ran; building again would take the bundle away from the other ones.
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [packed] = JSON.parse(await npm(args, PROJECT)) as readonly { readonly filename: string }[];
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  await npm(['install', join(folder, packed?.filename ?? '')], folder);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('is one, without dependencies and under 5 MB', () => {
    expect(readdirSync(join(folder, 'node_modules')).filter(name => !name.startsWith('.'))).toEqual([
      'weighbridge',
    ]);
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
    const bytes = files.reduce((sum, file) => sum + statSync(join(installed, file)).size, 0);
    expect(bytes / 1e6).toBeLessThan(MOST_MEGABYTES);
  });

  it('holds the program, the manifests, its licence and those of what it contains, and nothing to develop it', () => {
    const files = readdirSync(installed);
    expect(files.toSorted()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'manifests', 'package.json'].toSorted(),
    );
    expect(readFileSync(join(installed, 'dist', 'THIRD-PARTY-LICENSES'), 'utf8')).toContain('\nink ');
  });
});

describe.each(nodes)('installed, with Node $version', ({ node }) => {
  const path = [join(node, '..'), join(folder, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const run = (name: string, args: readonly string[]) =>
    execFileSync(command(name), args, {
      encoding: 'utf8',
      cwd: folder,
      env: { ...emptyPlace().env, PATH: path },
    });

  it('tells its version and its verbs, also as a plugin of kubectl', () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    expect(run('weighbridge', ['--version'])).toBe(`${version}\n`);
    expect(run('kubectl-weighbridge', ['--version'])).toBe(`${version}\n`);
    expect(run('weighbridge', ['--help'])).toContain('doctor');
  });

  it('opens on the demo cluster, shifts traffic, is followed by it, and leaves', async () => {
    const env = { ...emptyPlace().env, PATH: path };
    const screen = runInPty({ command: command('weighbridge'), args: ['demo'], env, cwd: folder });
    await screen.waitFor('the live screen', isLive);
    screen.press('>');
    await screen.waitFor('100 applied', text => isSettledAt(text, 100));
    await screen.waitFor('traffic that follows', text => (weightsRow(text, 'v2')?.observed ?? 0) > 90);
    screen.press('q');
    expect(await screen.ended).toMatchObject({ exitCode: 0 });
  });
});

// `npm run release:check`: all that CI runs, the package installed and used with the oldest Node it says it needs as well. What
// is left to do by hand is said at the end.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version, engines, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const oldest = engines.node.replace(/^>=/, '');
const folder = mkdtempSync(join(tmpdir(), 'weighbridge-release-'));

function run(command, args, options = {}) {
  console.error(`weighbridge: ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

try {
  if (dependencies !== undefined) throw new Error('package.json names dependencies: everything is bundled');
  if (!readFileSync(join(root, 'CHANGELOG.md'), 'utf8').includes(`## [${version}]`)) {
    throw new Error(`CHANGELOG.md has no heading for ${version}`);
  }
  run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `node@${oldest}`]);
  const node = join(folder, 'node_modules', 'node', 'bin', 'node');
  run('bash', ['.ci/run'], { env: { ...process.env, WEIGHBRIDGE_NODES: node } });
  run('npm', ['pack', '--dry-run']);
  console.error(`weighbridge: ${version} can be released: git tag v${version}, npm publish`);
} catch (error) {
  console.error(`weighbridge: not to be released: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { readableStack } from '../../src/commands/readable-stack.ts';

const THROWER = `export function shiftTooFar(points: number): never {
  const beyond = points + 1;
  throw new Error(String(beyond));
}
try {
  shiftTooFar(100);
} catch (error) {
  process.stdout.write((error as Error).stack ?? '');
}`;

/** The stack that a program made of this one file prints, once it is bundled as ours is. */
async function stackOfBundle(source: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-stack-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'thrower.ts'), source);
  const outfile = join(folder, 'dist', 'thrower.mjs');
  const options = {
    bundle: true,
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    format: 'esm',
  } as const;
  await build({ absWorkingDir: folder, entryPoints: ['thrower.ts'], outfile, ...options });
  // In a process of its own: the one that runs tests maps stacks itself.
  const stack = execFileSync(process.execPath, [outfile], { encoding: 'utf8', env: {} });
  expect(stack).toContain('dist/thrower.mjs:1:');
  return readableStack(stack);
}

it('names the places of the sources, line and column', async () => {
  const stack = await stackOfBundle(THROWER);
  expect(stack).toContain('thrower.ts:3:9');
  expect(stack).not.toContain('thrower.mjs');
});

it('leaves a place without a map as it is', () => {
  const stack = 'Error: gone\n    at shift (file:///nowhere/bundle.js:1:20)';
  expect(readableStack(stack)).toBe(stack);
});

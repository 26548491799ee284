import { copyFileSync, globSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT } from '../test/terminal/program.ts';

/**
 * Writes the program as it would run without a bundle into a folder: each source a file of its own, only its types taken away, and
 * the dependencies where npm puts them. Yields its entry.
 */
export async function writeUnbundled(folder: string): Promise<string> {
  await build({
    absWorkingDir: PROJECT,
    entryPoints: globSync('src/**/*.{ts,tsx}', { cwd: PROJECT, exclude: file => file.endsWith('.d.ts') }),
    outdir: join(folder, 'src'),
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    jsx: 'automatic',
    logLevel: 'silent',
    plugins: [
      {
        name: 'one-file-each',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^\.\.?\/.*\.tsx?$/ }, ({ path, kind }) => {
            if (kind === 'entry-point') return undefined;
            return { path: path.replace(/\.tsx?$/, '.js'), external: true };
          });
        },
      },
    ],
  });
  copyFileSync(join(PROJECT, 'package.json'), join(folder, 'package.json'));
  for (const name of ['node_modules', 'manifests']) symlinkSync(join(PROJECT, name), join(folder, name));
  return join(folder, 'src', 'bin.js');
}

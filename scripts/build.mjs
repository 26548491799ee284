// Bundles src/ into dist/. The entry checks the Node version before it loads anything else, so everything behind it is
// split into chunks of its own.
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { dependencies } from './dependencies.mjs';
import { thirdPartyLicences } from './licences.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
rmSync(join(root, 'dist'), { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/bin.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  minify: true,
  keepNames: true,
  // Read by the program when it shows a stack; without the text of the sources, which nothing there needs.
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  jsx: 'automatic',
  metafile: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  // Ink loads its developer tools only under DEV=true; they are no part of the product.
  external: ['react-devtools-core'],
  plugins: [dependencies],
  // CommonJS dependencies call `require` for Node's own modules.
  banner: {
    js: "import{createRequire as $require}from'node:module';const require=$require(import.meta.url);",
  },
});
writeFileSync(join(root, 'dist', 'THIRD-PARTY-LICENSES'), thirdPartyLicences(root, metafile));
if (!process.argv.includes('--quiet')) {
  const bytes = Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0);
  console.error(`weighbridge: built dist/, ${(bytes / 1e6).toFixed(1)} MB`);
}

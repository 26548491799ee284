// Bundles src/ into dist/. The entry checks the Node version before it loads anything else, so everything behind it is
// split into chunks of its own.
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { dependencies } from './dependencies.mjs';
import { thirdPartyLicences } from './licences.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/**
 * The bundle has a file for each set of modules that are loaded on the same occasions. What is loaded later says here that it needs
 * what was loaded first, which is so: then all of that is one such set, and a few files in place of dozens before the first frame.
 */
const firstTogether = {
  name: 'first-together',
  setup(build) {
    const namespace = 'later';
    const first = JSON.stringify(join(root, 'src', 'index.tsx'));
    build.onResolve({ filter: /^\.\.?\/.*\.tsx?$/ }, ({ path, kind, importer, resolveDir }) => {
      if (kind !== 'dynamic-import' || importer === join(root, 'src', 'bin.ts')) return undefined;
      return { path: relative(root, join(resolveDir, path)), namespace };
    });
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `import ${first}; export * from './${path.replaceAll('\\', '/')}';`,
      resolveDir: root,
    }));
  },
};

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
  plugins: [firstTogether, dependencies],
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

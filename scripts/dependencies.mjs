// How dependencies enter the bundle: without what is never called, and without source maps of their own.
import { readFile } from 'node:fs/promises';

const CLIENT_NODE = /[\\/]@kubernetes[\\/]client-node[\\/]/;
const YOGA_BINARY = /[\\/]yoga-layout[\\/]dist[\\/]binaries[\\/]/;

/** A file whose map leads nowhere is left out of the bundle's: dependencies make maps ten times as large, and no stack clearer. */
const EMPTY_MAP = Buffer.from('{"version":3,"sources":[""],"names":[],"mappings":"AAAA"}').toString('base64');

/** An esbuild plugin. */
export const dependencies = {
  name: 'dependencies',
  setup(build) {
    leaveGeneratedClassesOut(build);
    build.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      // Yoga holds its WebAssembly as base64, and where there is a `fetch` it has that decode it: loading Node's takes longer
      // than all the rest of Yoga, before the first frame.
      const contents = YOGA_BINARY.test(path) ? `const fetch = undefined;\n${text}` : text;
      return { contents: `${contents}\n//# sourceMappingURL=data:application/json;base64,${EMPTY_MAP}` };
    });
  },
};

/**
 * The classes that @kubernetes/client-node generates for every object of Kubernetes are six sevenths of it, and would be in
 * memory as long as the screen is open.
 */
function leaveGeneratedClassesOut(build) {
  const resolving = Symbol('resolving');
  build.onResolve({ filter: /^@kubernetes\/client-node|^\.\.?\// }, async args => {
    const { path, importer, pluginData, ...where } = args;
    const isFromPackage = CLIENT_NODE.test(importer);
    if (pluginData === resolving || !(isFromPackage || path.startsWith('@kubernetes/'))) return undefined;
    // It asks them for the pods of a Service or a Deployment; our port-forwards name a pod.
    if (importer.endsWith('portforward.js') && path === './gen/index.js')
      return { path, namespace: 'uncalled' };
    const { kind, resolveDir } = where;
    const resolved = await build.resolve(path, { kind, resolveDir, importer, pluginData: resolving });
    // The package does not say so of itself. Its one side effect is for Node 18.
    return { ...resolved, sideEffects: false };
  });
  build.onLoad({ filter: /.*/, namespace: 'uncalled' }, () => ({
    contents: 'export class AppsV1Api {} export class CoreV1Api {}',
  }));
}

// How dependencies enter the bundle: without what is never called, quicker, and without source maps of their own.
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { relative } from 'node:path';
import { quicker } from './quicker.mjs';

const ENTRY = /[\\/]src[\\/]bin\.ts$/;

/** Modules of Node's that no first frame needs: loaded when one of their functions is called, or else with their importer. */
const SELDOM = new Set(['node:child_process', 'node:fs/promises']);

const CLIENT_NODE = /[\\/]@kubernetes[\\/]client-node[\\/]/;

/** A file whose map leads nowhere is left out of the bundle's: dependencies make maps ten times as large, and no stack clearer. */
const EMPTY_MAP = '{"version":3,"sources":[""],"names":[],"mappings":"AAAA"}';
const NO_MAP = `//# ${'sourceMappingURL'}=data:application/json;base64,${Buffer.from(EMPTY_MAP).toString('base64')}`;

/** An esbuild plugin. */
export const dependencies = {
  name: 'dependencies',
  setup(build) {
    leaveGeneratedClassesOut(build);
    takeBuiltinsAsTheyAre(build);
    build.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      return { contents: `${quicker(path, await readFile(path, 'utf8'))}\n${NO_MAP}` };
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

/**
 * Imported as an ES module, one of Node's own modules has every export read, also those that Node loads when they are read: with
 * `node:http` that is a whole second HTTP client, seven times as long to load as the module. Each importer gets a module of its own
 * with what it names, as a shared one would be a file of the bundle. The entry is left alone: older Nodes, which it turns away,
 * have no `getBuiltinModule`.
 */
function takeBuiltinsAsTheyAre(build) {
  const namespace = 'builtin';
  build.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, kind, importer }) => {
    if (kind !== 'import-statement' || !isBuiltin(path) || ENTRY.test(importer)) return undefined;
    const where = relative(build.initialOptions.absWorkingDir ?? '', importer).replaceAll(/[\\/]/g, '|');
    return { path: `${path} of ${where}`, namespace, pluginData: { path, importer }, sideEffects: false };
  });
  build.onLoad({ filter: /.*/, namespace }, async ({ pluginData: { path, importer } }) => {
    const module = `process.getBuiltinModule('${path}')`;
    const names = namesImported(await readFile(importer, 'utf8'), path);
    if (names === undefined) return { contents: `module.exports = ${module};\n${NO_MAP}` };
    const isSeldom = SELDOM.has(path);
    const byDefault = isSeldom ? `new Proxy({}, { get: (_, name) => ${module}[name] })` : module;
    const exported = names.map(name => {
      const isCalled = isSeldom && isPlainFunction(path, name);
      const value = isCalled ? `(...args) => ${module}.${name}(...args)` : `${module}.${name}`;
      return `export const ${name} = ${value};`;
    });
    return { contents: [`export default ${byDefault};`, ...exported, NO_MAP].join('\n') };
  });
}

/** Functions whose names begin with a capital make objects, and are asked for what is one of theirs. */
function isPlainFunction(path, name) {
  return typeof process.getBuiltinModule(path)[name] === 'function' && /^[a-z]/.test(name);
}

/** What a file imports of a module by name, beside its default; undefined where it takes the module as a whole. */
function namesImported(text, module) {
  const clauses = [
    ...text.matchAll(/\b(?:import|export)\s*([^'"`()=;]*?)\s*from\s*['"]([^'"]+)['"]/g),
  ].filter(([, , from]) => from === module);
  if (clauses.some(([, clause]) => clause.includes('*'))) return undefined;
  const named = clauses.flatMap(([, clause]) => /\{([^}]*)\}/.exec(clause)?.[1].split(',') ?? []);
  const names = named.map(name => name.trim().split(/\s+as\s+/)[0]).filter(name => /^[\w$]+$/.test(name));
  return [...new Set(names)].filter(name => name !== 'default');
}

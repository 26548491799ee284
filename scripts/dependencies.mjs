// How dependencies enter the bundle: without what is never called, and without source maps of their own.
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { relative } from 'node:path';

const ENTRY = /[\\/]src[\\/]bin\.ts$/;

/** Modules of Node's that no first frame needs: loaded when one of their functions is called, or else with their importer. */
const SELDOM = new Set(['node:child_process', 'node:fs/promises']);

const CLIENT_NODE = /[\\/]@kubernetes[\\/]client-node[\\/]/;

/**
 * Characters that take one cell each and are never part of a cluster: ASCII, Latin-1, dashes and dots, arrows, lines, blocks, marks.
 * Panes are drawn with little else.
 */
const ONE_CELL =
  '\\u0020-\\u007E\\u00A1-\\u00AC\\u00AE-\\u00FF\\u2010-\\u2027\\u2190-\\u21FF\\u2500-\\u25FC\\u2713\\u2717';

/** The first one, and the set of all emoji, take 8 to 13 ms each to make, and no first frame needs them. */
const SEGMENTER = /new Intl\.Segmenter\([^()]*\)/g;

/**
 * What each frame costs most with Ink as it is, and before the first frame the longest: replacements in files of dependencies,
 * each of which must be found. `test/bundle/dependencies.test.ts` shows that what they do stays the same.
 */
const QUICKER = [
  {
    // Yoga holds its WebAssembly as base64, and where there is a `fetch` it has that decode it: loading Node's takes longer
    // than all the rest of Yoga.
    file: /[\\/]yoga-layout[\\/]dist[\\/]binaries[\\/]/,
    replace: [[/^/, 'const fetch = undefined;\n']],
  },
  {
    // Whatever is not ASCII is cut into clusters, each of them looked up. What panes are drawn with need not be.
    file: /[\\/]string-width[\\/]index\.js$/,
    replace: [
      ['/^[\\u0020-\\u007E]*$/', `/^[${ONE_CELL}]*$/`],
      [
        'rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
        `rgiEmojiRegex = ${whenNeeded('/^\\p{RGI_Emoji}$/v', 'test')};`,
      ],
    ],
  },
  {
    // One assertion, of what Ink hands over, is worth no module that takes 6 ms to load.
    file: /[\\/]signal-exit[\\/]index\.js$/,
    replace: [["require('assert')", '{ equal() {} }']],
  },
  {
    // The same characters, found without asking for a property of each.
    file: /[\\/]ink[\\/]build[\\/]sanitize-ansi\.js$/,
    replace: [['/(?![\\t\\n])\\p{Control}/gu', '/[\\0-\\x08\\v-\\x1F\\x7F-\\x9F]/g']],
  },
  {
    file: /[\\/]ink[\\/]build[\\/]line-update\.js$/,
    replace: [['/^[ -~]*$/u', `/^[${ONE_CELL}]*$/u`]],
  },
  {
    file: /[\\/]ansi-tokenize[\\/]build[\\/]tokenize\.js$/,
    replace: [
      ['of segmenter.segment(str)', 'of clusters(str)'],
      [
        /^/,
        `const clusters = str => (/^[\\n\\x1b${ONE_CELL}]*$/.test(str) ? Array.from(str, (segment, index) => ({ segment, index })) : segmenter.segment(str));
`,
      ],
    ],
  },
  {
    // Most texts of a frame were in the frame before, already cut into cells, lines and slices: what was asked for there is kept
    // for one frame more. Cells are never written to, so a blank one can stand in many places, and a row of the same cells as
    // before is the same text.
    file: /[\\/]ink[\\/]build[\\/]output\.js$/,
    replace: [
      [
        'class OutputCaches {',
        `class KeptForAFrame {
    #now = new Map();
    #before;
    constructor(last) {
        this.#before = last ? last.#now : new Map();
    }
    get(key) {
        const value = this.#now.get(key) ?? this.#before.get(key);
        if (value !== undefined) this.#now.set(key, value);
        return value;
    }
    set(key, value) {
        this.#now.set(key, value);
    }
}
const BLANK = Object.freeze({ type: 'char', value: ' ', fullWidth: false, styles: Object.freeze([]) });
let last;
const rows = [];
const rowText = (cells, y) => {
    const row = rows[y];
    if (row?.cells.length === cells.length && Array.from(cells).every((cell, x) => cell === row.cells[x])) return row.text;
    const text = styledCharsToString(cells.filter(cell => cell !== undefined)).trimEnd();
    rows[y] = { cells, text };
    return text;
};
class OutputCaches {
    blocks = new KeptForAFrame(last?.blocks);
    slices = new KeptForAFrame(last?.slices);`,
      ],
      [
        /const characterLines = \[\[\]\];[\s\S]*?let lines = characterLines\.map\(line => styledCharsToString\(line\)\);/,
        found => `let lines = this.caches.blocks.get(text);
        if (lines === undefined) {
            ${found.replace('let lines', 'lines')}
            this.caches.blocks.set(text, lines);
        }`,
      ],
      [
        'return this.sliceLineToColumns(line, from, to);',
        `const part = from + ' ' + to + ' ' + line;
                    const kept = this.caches.slices.get(part);
                    if (kept !== undefined) return kept;
                    const slice = this.sliceLineToColumns(line, from, to);
                    this.caches.slices.set(part, slice);
                    return slice;`,
      ],
      [/\.map\(line => \{[^{}]*lineWithoutEmptyItems[^{}]*\}\)/, '.map(rowText)'],
      ['!/^\\p{Default_Ig', `/[${ONE_CELL}]/.test(character.value) || !/^\\p{Default_Ig`],
      ['widths = new Map();', 'widths = new KeptForAFrame(last?.widths);'],
      ['blockWidths = new Map();', 'blockWidths = new KeptForAFrame(last?.blockWidths);'],
      ['styledChars = new Map();', 'styledChars = new KeptForAFrame(last?.styledChars);'],
      ['caches = new OutputCaches();', 'caches = (last = new OutputCaches());'],
      [
        /row\.push\(\{\s*type: 'char',\s*value: ' ',\s*fullWidth: false,\s*styles: \[\],\s*\}\);/,
        'row.push(BLANK);',
      ],
    ],
  },
];

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

/** What makes something with one method, as what makes it the first time that it is called. */
function whenNeeded(made, method) {
  return `{ ${method}(text) { return (this.made ??= ${made}).${method}(text); } }`;
}

/** The text of a dependency's file, with what is replaced in it. Throws where something is not there to be replaced. */
export function quicker(path, text) {
  const replacements = QUICKER.filter(({ file }) => file.test(path)).flatMap(({ replace }) => replace);
  return replacements.reduce(
    (before, [from, to]) => {
      const after = before.replace(from, typeof to === 'string' ? () => to : to);
      if (after === before) throw new Error(`${path} has no ${from} any more`);
      return after;
    },
    text.replace(SEGMENTER, made => whenNeeded(made, 'segment')),
  );
}

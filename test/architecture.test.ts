import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const src = join(root, 'src');

/** What a file of `src` imports: packages by name, files by their path below `src`. */
type Imports = {
  readonly file: string;
  readonly packages: readonly string[];
  readonly files: readonly string[];
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(file => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .map(file => file.replaceAll(sep, '/'));

const graph: readonly Imports[] = files.map(file => {
  const text = readFileSync(join(src, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  );
  const local = specifiers.filter(specifier => specifier.startsWith('.'));
  return {
    file,
    packages: specifiers.filter(specifier => !specifier.startsWith('.') && !specifier.startsWith('node:')),
    files: local.map(specifier => relative(src, resolve(src, dirname(file), specifier)).replaceAll(sep, '/')),
  };
});

const roomOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '');
const imported = (room: string) => graph.filter(({ file }) => roomOf(file) === room);
const importersOf = (name: string) =>
  graph.filter(({ packages }) => packages.includes(name)).map(({ file }) => file);

/** Files that touch the network, processes, files or the machine's clock: directly, by a package or a module of Node made for it. */
const EDGE_MODULES =
  /from '(undici|ws|selfsigned|@kubernetes\/client-node|node:(fs|net|tls|http|https|child_process|dns|os)(\/promises)?)'/;
const isEdge = (file: string) => EDGE_MODULES.test(readFileSync(join(src, file), 'utf8'));

/** Everything that a file loads, through whatever is between. Types leave no trace at run time, so they do not count. */
function reaches(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(src, file), 'utf8').replace(/import type [^;]+;/g, '');
  for (const next of graph.find(entry => entry.file === file)?.files ?? []) {
    const specifier = next.split('/').at(-1) ?? '';
    if (text.includes(`/${specifier}'`) && files.includes(next)) reaches(next, seen);
  }
  return seen;
}

describe('the arrows between the rooms', () => {
  it.each([
    ['components', ['components', 'session', 'kube', 'traffic', 'tutorial', '']],
    ['session', ['session', 'kube', 'traffic', 'tutorial', '']],
    ['kube', ['kube', '']],
    ['traffic', ['traffic', '']],
    ['tutorial', ['tutorial', 'kube', '']],
    ['demo', ['demo', '']],
    ['commands', ['commands', 'session', 'kube', 'tutorial', 'demo', '']],
  ])('%s imports only from its own room and those below it', (room, allowed) => {
    const strays = imported(room).flatMap(({ file, files }) =>
      files
        .filter(target => !allowed.includes(roomOf(target)) && !target.startsWith('../package.json'))
        .map(target => `${file} -> ${target}`),
    );
    expect(strays).toEqual([]);
  });

  it('lets the panes read the pure rules of kube and traffic, and no edge', () => {
    const strays = imported('components').flatMap(({ file }) =>
      [...reaches(file)].filter(target => isEdge(target)).map(target => `${file} -> ${target}`),
    );
    expect(strays).toEqual([]);
  });

  it("lets the tutorial's steps judge what they are given, and look at nothing themselves", () => {
    const edges = ['tutorial/examine-machine.ts', 'tutorial/read-manifests.ts'];
    const strays = imported('tutorial')
      .filter(({ file }) => !edges.includes(file))
      .flatMap(({ file }) =>
        [...reaches(file)].filter(target => isEdge(target)).map(target => `${file} -> ${target}`),
      );
    expect(strays).toEqual([]);
    expect(edges.filter(file => !isEdge(file) && ![...reaches(file)].some(isEdge))).toEqual([]);
  });

  it('keeps the files outside the rooms free of rooms, but for the two entries and the screen for ears', () => {
    const strays = imported('').filter(
      ({ file, files }) =>
        !['bin.ts', 'index.tsx', 'spoken-screen.tsx'].includes(file) &&
        files.some(target => roomOf(target) !== '' && !target.startsWith('../')),
    );
    expect(strays).toEqual([]);
  });

  it('has the demo cluster imported by commands alone', () => {
    const importers = graph.filter(
      ({ file, files }) => roomOf(file) !== 'demo' && files.some(target => roomOf(target) === 'demo'),
    );
    expect(importers.map(({ file }) => roomOf(file))).toEqual(importers.map(() => 'commands'));
    expect(importers.length).toBeGreaterThan(0);
  });

  it('has the Kubernetes client imported by the edge of kube alone', () => {
    expect(importersOf('@kubernetes/client-node').toSorted()).toEqual([
      // Of these, types alone.
      'kube/kubeconfig-users.ts',
      'kube/kubeconfig.ts',
      'kube/port-forward.ts',
    ]);
  });

  it('has ink and react imported by the components and the composition root alone', () => {
    const importers = [...importersOf('ink'), ...importersOf('react')];
    const roots = ['index.tsx', 'spoken-screen.tsx'];
    const strays = importers.filter(file => roomOf(file) !== 'components' && !roots.includes(file));
    expect(strays).toEqual([]);
  });
});

describe('habits that a test can hold', () => {
  const sources = files.map(file => ({ file, text: readFileSync(join(src, file), 'utf8') }));
  const holding = (pattern: RegExp, except: readonly string[] = []) =>
    sources.filter(({ file, text }) => pattern.test(text) && !except.includes(file)).map(({ file }) => file);

  it('keeps every file within 400 lines', () => {
    expect(sources.filter(({ text }) => text.split('\n').length > 401).map(({ file }) => file)).toEqual([]);
  });

  it('ends the process in the composition root alone', () => {
    expect(holding(/process\.exit\(/, ['index.tsx'])).toEqual([]);
  });

  it('reads no clock in the panes, and runs no timers, effects or requests there', () => {
    const acts =
      /Date\.now|new Date\(\)|performance\.now|setTimeout|setInterval|setImmediate|queueMicrotask|useEffect|useLayoutEffect|useState|useReducer|useAnimation|\bfetch\(|from 'node:|\bawait\b/;
    const panes = sources.filter(({ file }) => roomOf(file) === 'components');
    expect(panes.filter(({ text }) => acts.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('keeps every component within 150 lines', () => {
    const components = sources.filter(({ file }) => file.endsWith('.tsx') && roomOf(file) === 'components');
    expect(components.length).toBeGreaterThan(20);
    expect(components.filter(({ text }) => text.split('\n').length > 151).map(({ file }) => file)).toEqual(
      [],
    );
  });

  it('draws text in the theme of the person', () => {
    expect(holding(/import \{[^}]*\bText\b[^}]*\} from 'ink'/)).toEqual(['components/text.tsx']);
  });

  it('starts every loop on a clock that tests can move', () => {
    expect(holding(/setTimeout\(|setInterval\(/, ['clock.ts', 'index.tsx'])).toEqual([]);
  });

  it('uses no names that say nothing', () => {
    expect(files.filter(file => /(^|\/)(utils?|helpers?|common|manager)(\.|\/)/.test(file))).toEqual([]);
  });
});

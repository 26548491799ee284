import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtProgram, PROJECT } from '../terminal/program.ts';

// These limits are what the program needs today and a little more. Raise one when what is added is worth it to everybody who
// starts the program, and say so in the commit.
const MOST_FILES_BEFORE_FRAME = 4;
const MOST_KILOBYTES_BEFORE_FRAME = 830;
const MOST_KILOBYTES_OF_PROGRAM = 3_000;

builtProgram();
const dist = join(PROJECT, 'dist');
const textOf = (file: string) => readFileSync(join(dist, file), 'utf8');

/** A file of the bundle and all that is loaded with it; what is imported later by a call is not. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, next = ''] of textOf(file).matchAll(/(?:from|import)"\.\/([^"]+\.js)"/g))
    loadedWith(next, seen);
  return seen;
}

/** What a file of the bundle was made of: our sources and the files of dependencies. */
function sourcesOf(file: string): readonly string[] {
  return (JSON.parse(textOf(`${file}.map`)) as { readonly sources: readonly string[] }).sources;
}

const screen = [...(/import\("\.\/([^"]+\.js)"\)/.exec(textOf('bin.js')) ?? [])][1] ?? '';
const beforeFrame = [...loadedWith('bin.js'), ...loadedWith(screen)];
const kilobytesOf = (files: readonly string[]) =>
  files.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0) / 1000;

describe('the bundle, before the first frame', () => {
  it('is one small entry, which loads nothing itself', () => {
    expect([...loadedWith('bin.js')]).toEqual(['bin.js']);
    expect(kilobytesOf(['bin.js'])).toBeLessThan(2);
  });

  it(`is at most ${MOST_FILES_BEFORE_FRAME} files and ${MOST_KILOBYTES_BEFORE_FRAME} KB`, () => {
    expect(beforeFrame.length).toBeLessThanOrEqual(MOST_FILES_BEFORE_FRAME);
    expect(kilobytesOf(beforeFrame)).toBeLessThanOrEqual(MOST_KILOBYTES_BEFORE_FRAME);
  });

  it('holds nothing that talks to clusters or gateways, and nothing of the demo', () => {
    const strays = beforeFrame
      .flatMap(sourcesOf)
      .filter(source =>
        /client-node|\/undici\/|\/ws\/|\/src\/demo\/|selfsigned|http-cluster-api|sampler\.ts/.test(source),
      );
    expect(strays).toEqual([]);
  });

  it('has Node load none of its modules that take long and that only later code calls', () => {
    const report =
      'data:text/javascript,process.on("exit",()=>console.log(process.moduleLoadList.join("\\n")))';
    const args = ['--import', report, builtProgram(), '--version'];
    const loaded = execFileSync(process.execPath, args, { encoding: 'utf8', cwd: PROJECT });
    expect(loaded).toContain('NativeModule internal/modules/esm/loader');
    // The second is its `fetch`, and the third its cryptography.
    const late = [
      'http',
      'internal/deps/undici/undici',
      'internal/crypto/webcrypto',
      'tls',
      'assert',
      'child_process',
      'fs/promises',
    ];
    expect(loaded.split('\n').filter(line => late.some(name => line === `NativeModule ${name}`))).toEqual([]);
  });
});

describe('the bundle, all of it', () => {
  const programs = readdirSync(dist).filter(file => file.endsWith('.js'));
  const sources = programs.flatMap(sourcesOf);

  it(`is at most ${MOST_KILOBYTES_OF_PROGRAM} KB of program`, () => {
    expect(kilobytesOf(programs)).toBeLessThanOrEqual(MOST_KILOBYTES_OF_PROGRAM);
  });

  it('holds none of the classes that client-node generates for every object of Kubernetes', () => {
    expect(sources.filter(source => /client-node\/dist\/gen\/(models|apis|types)\//.test(source))).toEqual(
      [],
    );
  });

  it('has a production React, and no developer tools', () => {
    expect(sources.filter(source => /development\.js$|react-devtools-core/.test(source))).toEqual([]);
  });

  it('has maps without the text of the sources', () => {
    for (const file of programs) expect(JSON.parse(textOf(`${file}.map`)).sourcesContent ?? []).toEqual([]);
  });

  it('comes with the licence of every package that is in it', () => {
    const packages = sources.map(
      source => /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(source)?.[1],
    );
    const licences = textOf('THIRD-PARTY-LICENSES');
    const names = [...new Set(packages.filter(name => name !== undefined))];
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter(name => !licences.includes(`\n${name} `))).toEqual([]);
  });
});

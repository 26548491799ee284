import { ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dependencies } from '../../scripts/dependencies.mjs';
import { quicker } from '../../scripts/quicker.mjs';
import { PROJECT } from '../terminal/program.ts';

/** What of Ink and its libraries the bundle has replacements in. */
const ENTRY = `
export { default as Output } from './node_modules/ink/build/output.js';
export { default as sanitize } from './node_modules/ink/build/sanitize-ansi.js';
export { default as lineUpdate } from './node_modules/ink/build/line-update.js';
export { tokenize } from '@alcalzone/ansi-tokenize';
export { default as stringWidth } from 'string-width';
`;

type Write = { readonly x: number; readonly y: number; readonly text: string };
type Clip = { readonly x1?: number; readonly x2?: number; readonly y1?: number; readonly y2?: number };

type Drawing = {
  readonly Output: new (size: {
    width: number;
    height: number;
  }) => {
    write(x: number, y: number, text: string, options: { transformers: readonly never[] }): void;
    clip(clip: Clip): void;
    unclip(): void;
    get(): { readonly output: string };
  };
  readonly sanitize: (text: string) => string;
  readonly lineUpdate: (previous: string, next: string, columns: number) => string;
  readonly tokenize: (text: string) => readonly object[];
  readonly stringWidth: (text: string) => number;
};

const folder = mkdtempSync(join(tmpdir(), 'weighbridge-dependencies-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function built(name: string, plugins: Plugin[]): Promise<Drawing> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    stdin: { contents: ENTRY, resolveDir: PROJECT },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    plugins,
  });
  return import(pathToFileURL(outfile).href);
}

let asPublished: Drawing;
let asShipped: Drawing;
beforeAll(async () => {
  asPublished = await built('published', []);
  asShipped = await built('shipped', [dependencies]);
});

// What panes are drawn with, what clusters, applications and people send, and styles around it.
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'╭─╮│╰╯━┃┏┓╋╌◆▸✓✗…↑→·±×éß 09azAZ#*') },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '👩‍👩‍👧',
      '1️⃣',
      '❤️',
      '✔️',
      '©️',
      '漢',
      'ｱﾞ',
      'e\u0301',
      '\u200D',
      '\u200B',
      '\u00AD',
      '🇩🇪',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\x1b[1m', '\x1b[22m', '\x1b[38;5;33m', '\x1b[39m', '\x1b[7m', '\x1b[0m'),
  },
);
const text = fc.array(piece, { maxLength: 24 }).map(pieces => pieces.join(''));
const lines = fc.array(text, { minLength: 1, maxLength: 3 }).map(all => all.join('\n'));
const write: fc.Arbitrary<Write> = fc.record({ x: fc.nat(20), y: fc.nat(4), text: lines });
const clip: fc.Arbitrary<Clip> = fc.constantFrom(
  {},
  { x1: 2, x2: 12 },
  { y1: 1, y2: 3 },
  { x1: 0, x2: 9, y1: 0, y2: 2 },
);

function drawn({ Output }: Drawing, writes: readonly Write[], clipped: Clip): string {
  const output = new Output({ width: 24, height: 5 });
  output.clip(clipped);
  for (const { x, y, text: written } of writes) output.write(x, y, written, { transformers: [] });
  output.unclip();
  return output.get().output;
}

describe('dependencies as they are shipped', () => {
  it('measure and cut every text as they are published', () => {
    fc.assert(
      fc.property(text, given => {
        expect(asShipped.stringWidth(given)).toBe(asPublished.stringWidth(given));
        expect(asShipped.sanitize(given)).toBe(asPublished.sanitize(given));
        expect(asShipped.tokenize(given)).toEqual(asPublished.tokenize(given));
      }),
      { numRuns: 1_000 },
    );
  });

  it('measure and clean every character of the basic plane as they are published', () => {
    const differ = Array.from({ length: 0x1_00_00 }, (_, code) => String.fromCharCode(code)).filter(
      character =>
        asShipped.stringWidth(character) !== asPublished.stringWidth(character) ||
        asShipped.sanitize(character) !== asPublished.sanitize(character),
    );
    expect(differ).toEqual([]);
  });

  it('draw frame after frame as they are published', () => {
    const frames = fc.array(fc.tuple(fc.array(write, { maxLength: 8 }), clip), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(frames, all => {
        for (const [writes, clipped] of all) {
          expect(drawn(asShipped, writes, clipped)).toBe(drawn(asPublished, writes, clipped));
          // The same once more, from what was kept of it.
          expect(drawn(asShipped, writes, clipped)).toBe(drawn(asPublished, writes, clipped));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('turn one line into another as they are published', () => {
    fc.assert(
      fc.property(text, text, text, (common, before, after) => {
        const update = ({ lineUpdate }: Drawing) => lineUpdate(common + before, common + after, 40);
        expect(update(asShipped)).toBe(update(asPublished));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are not built once what is replaced in them is gone', () => {
    expect(() => quicker('/node_modules/ink/build/output.js', 'export default class Output {}')).toThrow(
      'output.js has no',
    );
  });

  it("have what Node's own modules have, also of those that are loaded when they are called", async () => {
    const outfile = join(folder, 'builtins.mjs');
    const contents = `export { ChildProcess, spawn } from 'node:child_process';
      export { constants, readFile } from 'node:fs/promises';
      import processes from 'node:child_process';
      export const { execFile } = processes;`;
    writeFileSync(join(folder, 'entry.js'), contents);
    await build({
      entryPoints: [join(folder, 'entry.js')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      plugins: [dependencies],
    });
    const built = await import(pathToFileURL(outfile).href);
    expect(built.ChildProcess).toBe(ChildProcess);
    expect(built.constants).toBe(constants);
    expect(built.execFile).toBe(execFile);
    expect(() => built.spawn('')).toThrow('cannot be empty');
    expect(await built.readFile(join(folder, 'entry.js'), 'utf8')).toBe(contents);
  });

  it("leave Node's own modules to be loaded without every export of theirs", () => {
    const dist = join(PROJECT, 'dist');
    const imported = readdirSync(dist)
      .filter(file => file.endsWith('.js'))
      .flatMap(file => [
        ...readFileSync(join(dist, file), 'utf8').matchAll(/(?:from|import)"(node:[a-z/_]+)"/g),
      ])
      .map(([, name]) => name);
    expect(new Set(imported)).toEqual(new Set(['node:module']));
  });
});

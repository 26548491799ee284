// What of dependencies is replaced as they enter the bundle, because a frame, or the first one, would wait for it.

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

import { fixedRgb } from '../../test/support/colour-vision.ts';
import type { ScreenCell } from '../../test/terminal/screen-in-pty.ts';
import { boxLines } from './box-lines.ts';

const CELL_WIDTH = 8.4;
const CELL_HEIGHT = 18;
const MARGIN = 14;
const FONT_SIZE = 14;
/** From the top of a row to the foot of its letters. */
const BASELINE = 13.4;

/** Colours of the terminal around the picture: dark, and light where the reader's system is. */
const STYLE = [
  `text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace;white-space:pre}`,
  'path{fill:none}',
  '.b{font-weight:bold}',
  ':root{--ground:#0d1117;--ink:#e6edf3;--edge:#30363d}',
  '@media(prefers-color-scheme:light){:root{--ground:#fff;--ink:#1f2328;--edge:#d1d9e0}}',
  '.ground{fill:var(--ground);stroke:var(--edge)}',
].join('');

/** What a terminal shows as an SVG of real text, which can be read, found and scaled. `title` says what is to be seen. */
export function pictureOf(rows: readonly (readonly ScreenCell[])[], title: string): string {
  const columns = rows[0]?.length ?? 0;
  const width = n(columns * CELL_WIDTH + 2 * MARGIN);
  const height = n(rows.length * CELL_HEIGHT + 2 * MARGIN);
  const drawn = rows.flatMap((cells, row) => rowElements(cells, row));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(textOf(rows))}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" x="0.5" y="0.5" width="${n(Number(width) - 1)}" height="${n(Number(height) - 1)}" rx="8"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

/** The rows as text, without the blanks at their ends. */
export function textOf(rows: readonly (readonly ScreenCell[])[]): string {
  return rows
    .map(cells =>
      cells
        .map(({ characters }) => characters)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

type Run = { readonly at: number; readonly cells: readonly ScreenCell[] };

function rowElements(cells: readonly ScreenCell[], row: number): readonly string[] {
  const top = MARGIN + row * CELL_HEIGHT;
  return runsOf(cells).flatMap(({ at, cells: run }) => {
    const [first] = run;
    if (!first) return [];
    const left = MARGIN + at * CELL_WIDTH;
    return [...grounds(first, left, top, run.length), ...letters(run, left, top), ...lines(run, left, top)];
  });
}

/** Neighbours that are painted alike. */
function runsOf(cells: readonly ScreenCell[]): readonly Run[] {
  const runs: { at: number; cells: ScreenCell[] }[] = [];
  cells.forEach((cell, at) => {
    const last = runs.at(-1);
    const before = last?.cells.at(-1);
    if (last && before && paint(before) === paint(cell)) last.cells.push(cell);
    else runs.push({ at, cells: [cell] });
  });
  return runs;
}

function paint({ foreground, background, isBold, isInverse }: ScreenCell): string {
  return [foreground, background, isBold, isInverse].join();
}

function grounds(
  { background, isInverse }: ScreenCell,
  left: number,
  top: number,
  cells: number,
): readonly string[] {
  if (!isInverse && background === undefined) return [];
  const fill = isInverse ? 'var(--ink)' : colourOf(background);
  return [
    `<rect x="${n(left)}" y="${n(top)}" width="${n(cells * CELL_WIDTH)}" height="${CELL_HEIGHT}" fill="${fill}"/>`,
  ];
}

/** Words of a run, each where it belongs, whatever the font: one that is wider or narrower is fitted into its cells. */
function letters(run: readonly ScreenCell[], left: number, top: number): readonly string[] {
  const [first] = run;
  const text = run.map(({ characters }) => (boxLines(characters, NOWHERE) ? ' ' : characters)).join('');
  return [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: words, index }) => {
    const length = Array.from(words).length;
    const x = left + Array.from(text.slice(0, index)).length * CELL_WIDTH;
    const weight = first?.isBold ? ' class="b"' : '';
    const fill = first?.isInverse ? 'var(--ground)' : colourOf(first?.foreground);
    return `<text x="${n(x)}" y="${n(top + BASELINE)}" textLength="${n(length * CELL_WIDTH)}" lengthAdjust="spacingAndGlyphs"${weight} fill="${fill}">${escaped(words)}</text>`;
  });
}

const NOWHERE = { left: 0, top: 0, width: CELL_WIDTH, height: CELL_HEIGHT };

/** The lines of a run, one path for each width of them. */
function lines(run: readonly ScreenCell[], left: number, top: number): readonly string[] {
  const paths = new Map<string, string[]>();
  run.forEach(({ characters }, at) => {
    const cell = { ...NOWHERE, left: left + at * CELL_WIDTH, top };
    for (const { path, width, dashes } of boxLines(characters, cell) ?? []) {
      const style = `stroke-width="${width}"${dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`}`;
      paths.set(style, [...(paths.get(style) ?? []), path]);
    }
  });
  const stroke = colourOf(run[0]?.foreground);
  return [...paths].map(([style, parts]) => `<path stroke="${stroke}" ${style} d="${joined(parts)}"/>`);
}

/** Horizontal parts that go on where the one before ends are one. */
function joined(parts: readonly string[]): string {
  const all: string[] = [];
  for (const part of parts) {
    const [, x = '', y = '', end = ''] = HORIZONTAL.exec(part) ?? [];
    const [, start = '', lastY = '', lastEnd = ''] = HORIZONTAL.exec(all.at(-1) ?? '') ?? [];
    const goesOn = y !== '' && y === lastY && Math.abs(Number(x) - Number(lastEnd)) < 0.02;
    if (goesOn) all.pop();
    all.push(goesOn ? `M${start} ${y}H${end}` : part);
  }
  return all.join('');
}

const HORIZONTAL = /^M([\d.]+) ([\d.]+)H([\d.]+)$/;

function colourOf(number: number | undefined): string {
  if (number === undefined) return 'var(--ink)';
  return `#${fixedRgb(number)
    .map(part => part.toString(16).padStart(2, '0'))
    .join('')}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/g, character => ENTITIES[character] ?? character);
}

const n = (value: number) => String(Number(value.toFixed(2)));

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LaidOut, layOut, type Part } from '../../src/components/layout.ts';
import { PANES } from '../../src/session/ui-state.ts';

/** Two versions, two Istio pods and a node, nothing to note and nothing open. */
const usual: Omit<LaidOut, 'columns' | 'rows'> = {
  focus: 'weights',
  isZoomed: false,
  tutorial: 'closed',
  open: 'nothing',
  destinations: 2,
  notes: 0,
  healthRows: 7,
  versionsRows: 7,
};

function partsOf(screen: LaidOut): readonly Part[] {
  const layout = layOut(screen);
  if (layout.kind !== 'parts') throw new Error(layout.sentence);
  return layout.parts;
}

/** The screen with the border of each part and its exact size, each character as wide as `cells` columns. */
function picture(size: string, more: Partial<LaidOut> = {}, cells = 1): string {
  const [columns = 0, rows = 0] = size.split('x').map(Number);
  const grid = Array.from({ length: rows }, () => new Array<string>(Math.ceil(columns / cells)).fill(' '));
  const put = (row: number, column: number, text: string) => {
    for (const [at, character] of Array.from(text).entries()) {
      const line = grid[row];
      if (line && column + at < line.length) line[column + at] = character;
    }
  };
  for (const part of partsOf({ ...usual, columns, rows, ...more })) {
    const from = Math.round(part.left / cells);
    const to = Math.round((part.left + part.columns) / cells) - 1;
    const [first, last] = [part.top, part.top + part.rows - 1];
    const name = `${part.name} ${part.columns}x${part.rows}`;
    if (part.rows === 1) {
      put(first, from, ` ${name}`);
      continue;
    }
    const line = '─'.repeat(to - from - 1);
    put(first, from, `╭${line}╮`);
    for (let row = first + 1; row < last; row += 1) {
      put(row, from, '│');
      put(row, to, '│');
    }
    put(last, from, `╰${line}╯`);
    put(first, from + 1, name);
  }
  return `\n${grid.map(line => line.join('').trimEnd()).join('\n')}\n`;
}

describe('the layout', () => {
  it('is complete at the smallest size', () => {
    expect(picture('60x16')).toMatchInlineSnapshot(`
      "
       header 60x1
      ╭health 28x3───────────────╮╭versions 32x3─────────────────╮
      │                          ││                              │
      ╰──────────────────────────╯╰──────────────────────────────╯
      ╭weights 60x6──────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
      ╭responses 60x4────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
       status 60x1
       keys 60x1
      "
    `);
  });

  it('is the one of the design at 80x24', () => {
    expect(picture('80x24')).toMatchInlineSnapshot(`
      "
       header 80x1
      ╭health 37x7────────────────────────╮╭versions 43x7────────────────────────────╮
      │                                   ││                                         │
      │                                   ││                                         │
      │                                   ││                                         │
      │                                   ││                                         │
      │                                   ││                                         │
      ╰───────────────────────────────────╯╰─────────────────────────────────────────╯
      ╭weights 80x6──────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      ╭responses 80x8────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
       status 80x1
       keys 80x1
      "
    `);
  });

  it('gives a pane that is zoomed everything but the header, the status line and the keys', () => {
    expect(picture('60x16', { isZoomed: true, focus: 'versions' })).toMatchInlineSnapshot(`
      "
       header 60x1
      ╭versions 60x13────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
       status 60x1
       keys 60x1
      "
    `);
    expect(picture('80x24', { isZoomed: true, focus: 'responses' })).toMatchInlineSnapshot(`
      "
       header 80x1
      ╭responses 80x21───────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
       status 80x1
       keys 80x1
      "
    `);
  });

  it('gives Health and Versions less where there are many destinations, but for the one that is in focus', () => {
    const many = { destinations: 9, versionsRows: 14 };
    const rowsOf = (more: Partial<LaidOut>) =>
      Object.fromEntries(
        partsOf({ ...usual, columns: 80, rows: 24, ...many, ...more }).map(part => [part.name, part.rows]),
      );
    expect(rowsOf({})).toMatchObject({ versions: 3, weights: 13, responses: 5 });
    expect(rowsOf({ focus: 'versions' })).toMatchObject({ versions: 7, weights: 10, responses: 4 });
    expect(rowsOf({ focus: 'responses' })).toMatchObject({ versions: 3, weights: 13, responses: 5 });
  });

  it('puts a question over as few panes as it needs', () => {
    expect(picture('60x16', { open: 'question' })).toMatchInlineSnapshot(`
      "
       header 60x1
      ╭overlay 60x9──────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
      ╭responses 60x4────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
       status 60x1
       keys 60x1
      "
    `);
    expect(picture('80x24', { open: 'question' })).toMatchInlineSnapshot(`
      "
       header 80x1
      ╭overlay 80x7──────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      ╭weights 80x6──────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      ╭responses 80x8────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
       status 80x1
       keys 80x1
      "
    `);
  });

  it('keeps the weights in sight while one is typed, whatever room that leaves', () => {
    const rowsOf = (screen: LaidOut) =>
      Object.fromEntries(partsOf(screen).map(part => [part.name, part.rows]));
    const typing = { ...usual, columns: 80, rows: 24, open: 'prompt' } as const;
    expect(rowsOf(typing)).toMatchObject({ overlay: 7, weights: 6 });
    expect(rowsOf({ ...typing, destinations: 3 })).toMatchObject({ overlay: 6, weights: 7 });
    expect(rowsOf({ ...typing, isZoomed: true })).toMatchObject({ overlay: 6, weights: 15 });
  });

  it('puts a question over the upper end of a pane that is zoomed', () => {
    expect(picture('60x16', { isZoomed: true, open: 'question' })).toMatchInlineSnapshot(`
      "
       header 60x1
      ╭overlay 60x7──────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
      ╭weights 60x6──────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
       status 60x1
       keys 60x1
      "
    `);
  });

  it('gives a list or a text the place of all panes', () => {
    expect(picture('60x16', { open: 'page' })).toMatchInlineSnapshot(`
      "
       header 60x1
      ╭overlay 60x13─────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
       status 60x1
       keys 60x1
      "
    `);
    expect(picture('60x16', { open: 'page', isZoomed: true })).toBe(picture('60x16', { open: 'page' }));
  });

  it('gives more room to the chart at 100x30', () => {
    expect(picture('100x30', {}, 2)).toMatchInlineSnapshot(`
      "
       header 100x1
      ╭health 47x7───────────╮╭versions 53x7───────────╮
      │                      ││                        │
      │                      ││                        │
      │                      ││                        │
      │                      ││                        │
      │                      ││                        │
      ╰──────────────────────╯╰────────────────────────╯
      ╭weights 100x6───────────────────────────────────╮
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      ╰────────────────────────────────────────────────╯
      ╭responses 100x14────────────────────────────────╮
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      ╰────────────────────────────────────────────────╯
       status 100x1
       keys 100x1
      "
    `);
  });

  it('gives Weights room for large digits from 40 rows on, at 120x40', () => {
    expect(picture('120x40', {}, 2)).toMatchInlineSnapshot(`
      "
       header 120x1
      ╭health 56x7───────────────╮╭versions 64x7─────────────────╮
      │                          ││                              │
      │                          ││                              │
      │                          ││                              │
      │                          ││                              │
      │                          ││                              │
      ╰──────────────────────────╯╰──────────────────────────────╯
      ╭weights 120x10────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
      ╭responses 120x20──────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
       status 120x1
       keys 120x1
      "
    `);
  });

  it('gives Health and Versions as much as they have to show at 120x40', () => {
    expect(picture('120x40', { versionsRows: 30 }, 2)).toMatchInlineSnapshot(`
      "
       header 120x1
      ╭health 56x9───────────────╮╭versions 64x9─────────────────╮
      │                          ││                              │
      │                          ││                              │
      │                          ││                              │
      │                          ││                              │
      │                          ││                              │
      │                          ││                              │
      │                          ││                              │
      ╰──────────────────────────╯╰──────────────────────────────╯
      ╭weights 120x10────────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
      ╭responses 120x18──────────────────────────────────────────╮
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      │                                                          │
      ╰──────────────────────────────────────────────────────────╯
       status 120x1
       keys 120x1
      "
    `);
  });

  it('gives a large screen to the chart at 200x60', () => {
    expect(picture('200x60', {}, 4)).toMatchInlineSnapshot(`
      "
       header 200x1
      ╭health 94x7───────────╮╭versions 106x7──────────╮
      │                      ││                        │
      │                      ││                        │
      │                      ││                        │
      │                      ││                        │
      │                      ││                        │
      ╰──────────────────────╯╰────────────────────────╯
      ╭weights 200x10──────────────────────────────────╮
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      ╰────────────────────────────────────────────────╯
      ╭responses 200x40────────────────────────────────╮
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      │                                                │
      ╰────────────────────────────────────────────────╯
       status 200x1
       keys 200x1
      "
    `);
  });

  it('puts the chart beside the other panes where there is width and no height, at 300x20', () => {
    expect(picture('300x20', {}, 4)).toMatchInlineSnapshot(`
      "
       header 300x1
      ╭health 56x11╮╭versions 64x11╮╭responses 180x17───────────────────────────╮
      │            ││              ││                                           │
      │            ││              ││                                           │
      │            ││              ││                                           │
      │            ││              ││                                           │
      │            ││              ││                                           │
      │            ││              ││                                           │
      │            ││              ││                                           │
      │            ││              ││                                           │
      │            ││              ││                                           │
      ╰────────────╯╰──────────────╯│                                           │
      ╭weights 120x6───────────────╮│                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      ╰────────────────────────────╯╰───────────────────────────────────────────╯
       status 300x1
       keys 300x1
      "
    `);
    expect(picture('300x20', { open: 'question' }, 4)).toMatchInlineSnapshot(`
      "
       header 300x1
      ╭overlay 120x11──────────────╮╭responses 180x17───────────────────────────╮
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      ╰────────────────────────────╯│                                           │
      ╭weights 120x6───────────────╮│                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      │                            ││                                           │
      ╰────────────────────────────╯╰───────────────────────────────────────────╯
       status 300x1
       keys 300x1
      "
    `);
    expect(picture('300x20', { isZoomed: true }, 4)).toMatchInlineSnapshot(`
      "
       header 300x1
      ╭weights 300x17───────────────────────────────────────────────────────────╮
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      │                                                                         │
      ╰─────────────────────────────────────────────────────────────────────────╯
       status 300x1
       keys 300x1
      "
    `);
  });

  it('puts every pane below the other where there is height and no width, at 60x100', () => {
    expect(picture('60x100', { versionsRows: 12 }, 2)).toMatchInlineSnapshot(`
      "
       header 60x1
      ╭health 60x7─────────────────╮
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      ╰────────────────────────────╯
      ╭versions 60x12──────────────╮
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      ╰────────────────────────────╯
      ╭weights 60x10───────────────╮
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      ╰────────────────────────────╯
      ╭responses 60x68─────────────╮
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      │                            │
      ╰────────────────────────────╯
       status 60x1
       keys 60x1
      "
    `);
  });

  it('puts the tutorial in the place of Health and Versions at 80x24, and these back while one of them is focused', () => {
    expect(picture('80x24', { tutorial: 'open', focus: 'tutorial' })).toMatchInlineSnapshot(`
      "
       header 80x1
      ╭tutorial 80x9─────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      ╭weights 80x6──────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      ╭responses 80x6────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
       status 80x1
       keys 80x1
      "
    `);
    expect(picture('80x24', { tutorial: 'open', focus: 'versions' })).toBe(
      picture('80x24', { focus: 'versions' }),
    );
  });

  it('gives the tutorial more where there is no route yet, so that there is no chart', () => {
    expect(
      picture('80x24', { tutorial: 'reading', focus: 'tutorial', destinations: 0 }),
    ).toMatchInlineSnapshot(`
      "
       header 80x1
      ╭tutorial 80x11────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      ╭weights 80x6──────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
      ╭responses 80x4────────────────────────────────────────────────────────────────╮
      │                                                                              │
      │                                                                              │
      ╰──────────────────────────────────────────────────────────────────────────────╯
       status 80x1
       keys 80x1
      "
    `);
  });

  it('puts the tutorial beside the panes at 120x40', () => {
    expect(picture('120x40', { tutorial: 'open' }, 2)).toMatchInlineSnapshot(`
      "
       header 120x1
      ╭health 80x7───────────────────────────╮╭tutorial 40x37────╮
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      ╰──────────────────────────────────────╯│                  │
      ╭versions 80x7─────────────────────────╮│                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      ╰──────────────────────────────────────╯│                  │
      ╭weights 80x10─────────────────────────╮│                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      ╰──────────────────────────────────────╯│                  │
      ╭responses 80x13───────────────────────╮│                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      │                                      ││                  │
      ╰──────────────────────────────────────╯╰──────────────────╯
       status 120x1
       keys 120x1
      "
    `);
    expect(picture('120x40', { tutorial: 'open', isZoomed: true, focus: 'tutorial' }, 2)).toBe(
      picture('120x40', { isZoomed: true, focus: 'tutorial' }, 2),
    );
  });

  it('puts the tutorial beside all of them at 300x20', () => {
    expect(picture('300x20', { tutorial: 'open' }, 4)).toMatchInlineSnapshot(`
      "
       header 300x1
      ╭health 49x1╭versions 57x11╭responses 130x17──────────────╮╭tutorial 64x17╮
      │          ││             ││                              ││              │
      │          ││             ││                              ││              │
      │          ││             ││                              ││              │
      │          ││             ││                              ││              │
      │          ││             ││                              ││              │
      │          ││             ││                              ││              │
      │          ││             ││                              ││              │
      │          ││             ││                              ││              │
      │          ││             ││                              ││              │
      ╰──────────╯╰─────────────╯│                              ││              │
      ╭weights 106x6────────────╮│                              ││              │
      │                         ││                              ││              │
      │                         ││                              ││              │
      │                         ││                              ││              │
      │                         ││                              ││              │
      ╰─────────────────────────╯╰──────────────────────────────╯╰──────────────╯
       status 300x1
       keys 300x1
      "
    `);
  });

  it('gives notes on the route a line, and up to three where there is room', () => {
    const rowsOf = (columns: number, rows: number) =>
      Object.fromEntries(partsOf({ ...usual, columns, rows, notes: 4 }).map(part => [part.name, part.rows]));
    expect(rowsOf(80, 24)).toMatchObject({ weights: 7, responses: 7 });
    expect(rowsOf(100, 30)).toMatchObject({ weights: 9, responses: 11 });
  });

  it('says what it needs where there is too little room', () => {
    const sentence = (columns: number, rows: number) =>
      `weighbridge needs 60x16 cells; this terminal has ${columns}x${rows}.`;
    expect(layOut({ ...usual, columns: 59, rows: 24 })).toEqual({
      kind: 'too-small',
      sentence: sentence(59, 24),
    });
    expect(layOut({ ...usual, columns: 80, rows: 15, isZoomed: true })).toEqual({
      kind: 'too-small',
      sentence: sentence(80, 15),
    });
  });

  it('uses every cell once, and leaves each pane its title and a line, and Weights two versions', () => {
    fc.assert(
      fc.property(
        fc.record({
          columns: fc.integer({ min: 60, max: 320 }),
          rows: fc.integer({ min: 16, max: 120 }),
          focus: fc.constantFrom(...PANES),
          isZoomed: fc.boolean(),
          tutorial: fc.constantFrom('closed', 'reading', 'open'),
          open: fc.constantFrom('nothing', 'prompt', 'question', 'page'),
          destinations: fc.integer({ min: 1, max: 50 }),
          notes: fc.integer({ min: 0, max: 5 }),
          healthRows: fc.integer({ min: 0, max: 100 }),
          versionsRows: fc.integer({ min: 0, max: 100 }),
        }),
        screen => {
          const parts = partsOf(screen);
          const covered = new Uint8Array(screen.columns * screen.rows);
          for (const { left, top, columns, rows } of parts) {
            for (let row = top; row < top + rows; row += 1) {
              for (let column = left; column < left + columns; column += 1)
                covered[row * screen.columns + column] = (covered[row * screen.columns + column] ?? 0) + 1;
            }
          }
          expect(covered.every(times => times === 1)).toBe(true);
          const rowsOf = (name: string) => parts.find(part => part.name === name)?.rows ?? 99;
          expect(Math.min(rowsOf('health'), rowsOf('versions'))).toBeGreaterThanOrEqual(3);
          expect(rowsOf('responses')).toBeGreaterThanOrEqual(4);
          expect(rowsOf('weights')).toBeGreaterThanOrEqual(6);
          expect(rowsOf('overlay')).toBeGreaterThanOrEqual(screen.open === 'prompt' ? 6 : 7);
          const isWhole = screen.open === 'nothing' && !screen.isZoomed;
          expect(isWhole ? parts.length : countOf(screen)).toBe(countOf(screen));
          expect(parts.some(({ name }) => name === 'overlay')).toBe(screen.open !== 'nothing');
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Of an undivided screen; the tutorial stands beside the panes, or in the place of two of them. */
function countOf({ tutorial, columns, focus }: Pick<LaidOut, 'tutorial' | 'columns' | 'focus'>): number {
  if (tutorial === 'closed') return 7;
  if (columns >= 120) return 8;
  return focus === 'health' || focus === 'versions' ? 7 : 6;
}

import type { PaneId } from '../session/ui-state.ts';

/** What the screen is divided into. `overlay` is what is open over the panes. */
export type PartName = 'header' | PaneId | 'overlay' | 'status' | 'keys';

/** In terminal cells, from the upper left corner. */
export type Rectangle = {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
};

export type Part = Rectangle & { readonly name: PartName };

/** The parts that are seen, none over another; together they are the whole screen. */
export type Layout =
  | { readonly kind: 'parts'; readonly parts: readonly Part[] }
  | { readonly kind: 'too-small'; readonly sentence: string };

/** All that the layout goes by. */
export type LaidOut = {
  readonly columns: number;
  readonly rows: number;
  readonly focus: PaneId;
  /** Whether the focused pane has the whole screen. */
  readonly isZoomed: boolean;
  /** `reading`: the tutorial's panel is open, and there is no traffic yet that would want room beside it. */
  readonly tutorial: 'closed' | 'reading' | 'open';
  /** What lies over panes: a prompt and a question need a few rows, a page takes the place of all panes. */
  readonly open: 'nothing' | 'prompt' | 'question' | 'page';
  /** How many destinations the route has; 0 while there is none. */
  readonly destinations: number;
  /** How many notes there are on the route. */
  readonly notes: number;
  /** How many rows Health and Versions would like, their borders included. */
  readonly healthRows: number;
  readonly versionsRows: number;
};

export const MIN_COLUMNS = 60;
export const MIN_ROWS = 16;

/** From this height on the Weights pane has room for large digits, of which a version takes so many columns at least. */
const LARGE_ROWS = 40;
const DIGIT_COLUMNS = 17;

/** Status line and line of keys. */
const FOOT_ROWS = 2;
/** Borders, heading, verdict. */
const WEIGHTS_FRAME_ROWS = 4;
/** Large digits, and a blank line above them. */
export const DIGIT_ROWS = 4;
/** Notes on the route get one line, and more where there is room. */
const MAX_NOTES = 1;
const MAX_NOTES_TALL = 3;
const TALL_ROWS = 30;
const MIN_TOP_ROWS = 3;
const MIN_RESPONSES_ROWS = 4;
/** At 24 rows: 7 for Health and Versions, 8 for Responses. */
const USUAL_TOP_ROWS = 7;
/** What is asked in two lines, the one that is typed and what comes of it; a question with two lines of detail, and its buttons. */
const OVERLAY_ROWS = { prompt: 6, question: 7 } as const;

/**
 * Divides the screen. Every cell is used and each pane keeps its title. Weights shows every destination while there is room; what
 * is left goes to Responses first, because a taller chart tells more, and to Health and Versions as far as they have rows to show.
 */
export function layOut(screen: LaidOut): Layout {
  const { columns, rows } = screen;
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) {
    const sentence = `weighbridge needs ${MIN_COLUMNS}x${MIN_ROWS} cells; this terminal has ${columns}x${rows}.`;
    return { kind: 'too-small', sentence };
  }
  const line = (name: PartName, top: number): Part => ({ name, left: 0, top, columns, rows: 1 });
  const middle = { left: 0, top: 1, columns, rows: rows - 1 - FOOT_ROWS };
  const parts = [
    line('header', 0),
    ...divide(middle, screen),
    line('status', rows - 2),
    line('keys', rows - 1),
  ];
  return { kind: 'parts', parts };
}

/** What is between the header and the status line. */
function divide(area: Rectangle, screen: LaidOut): readonly Part[] {
  if (screen.open === 'page') return [{ name: 'overlay', ...area }];
  if (screen.isZoomed) return withQuestion([{ name: screen.focus, ...area }], area, screen);
  return arrange(area, screen);
}

/**
 * Beside each other on a wide and low screen, so that the chart has all of its height; all below each other on a narrow and tall
 * one, so that names are whole; otherwise as `design.md` has it, Health beside Versions on top.
 */
function arrange(area: Rectangle, screen: LaidOut): readonly Part[] {
  if (screen.tutorial !== 'closed') return arrangeTutorial(area, screen);
  const { columns, rows } = screen;
  if (columns >= 160 && rows < TALL_ROWS) return arrangeWide(area, screen);
  if (columns < 100 && rows >= LARGE_ROWS) return arrangeTall(area, screen);
  const least = leastTopRows(screen);
  const weights = weightsRows(screen, area.rows - least - MIN_RESPONSES_ROWS);
  const top = Math.max(
    topRows(area.rows, weights, screen),
    Math.min(least, area.rows - weights - MIN_RESPONSES_ROWS),
  );
  const [upper, lower] = splitRows(area, top);
  const panes = [...healthAndVersions(upper), ...below(lower, [['weights', weights], ['responses']])];
  return withQuestion(panes, area, screen);
}

/** Beside the panes the tutorial has so many columns. */
const TUTORIAL_COLUMNS = { least: 40, most: 64 };
const BESIDE_COLUMNS = 120;

/**
 * The tutorial beside the panes where these keep 80 columns; else in the place of Health and Versions, which come back for as long
 * as one of them is focused. What is read gets more rows than the chart.
 */
function arrangeTutorial(area: Rectangle, screen: LaidOut): readonly Part[] {
  if (area.columns >= BESIDE_COLUMNS) {
    const { least, most } = TUTORIAL_COLUMNS;
    const columns = area.columns - Math.max(least, Math.min(most, Math.floor(area.columns / 3)));
    const [left, right] = splitColumns(area, columns);
    return [...arrange(left, { ...screen, columns, tutorial: 'closed' }), { name: 'tutorial', ...right }];
  }
  if (screen.focus === 'health' || screen.focus === 'versions') {
    return arrange(area, { ...screen, tutorial: 'closed' });
  }
  const weights = weightsRows(screen, area.rows - MIN_TOP_ROWS - MIN_RESPONSES_ROWS);
  const shared = area.rows - weights;
  const share = screen.tutorial === 'reading' ? 0 : Math.floor((shared * 2) / 5);
  const chart = Math.max(MIN_RESPONSES_ROWS, share);
  const panes = below(area, [['tutorial', shared - chart], ['weights', weights], ['responses']]);
  return withQuestion(panes, area, screen);
}

/** The panes that are read on the left, the chart on the right. */
function arrangeWide(area: Rectangle, screen: LaidOut): readonly Part[] {
  const leftColumns = Math.max(80, Math.min(120, Math.floor(area.columns * 0.45)));
  const [left, right] = splitColumns(area, leftColumns);
  const weights = weightsRows(screen, area.rows - MIN_TOP_ROWS);
  const [upper, lower] = splitRows(left, area.rows - weights);
  const read: readonly Part[] = [...healthAndVersions(upper), { name: 'weights', ...lower }];
  return [...withQuestion(read, left, screen), { name: 'responses', ...right }];
}

function arrangeTall(area: Rectangle, screen: LaidOut): readonly Part[] {
  const share = Math.floor(area.rows / 4);
  const wanted = (rows: number) => Math.max(USUAL_TOP_ROWS - 2, Math.min(rows, share));
  const panes = below(area, [
    ['health', wanted(screen.healthRows)],
    ['versions', wanted(screen.versionsRows)],
    ['weights', weightsRows(screen, Math.floor(area.rows / 3))],
    ['responses'],
  ]);
  return withQuestion(panes, area, screen);
}

function healthAndVersions(area: Rectangle): readonly Part[] {
  const [left, right] = splitColumns(area, Math.floor((area.columns * 47) / 100));
  return [
    { name: 'health', ...left },
    { name: 'versions', ...right },
  ];
}

/** Rows of the Weights pane: borders, heading and verdict, a line for each destination, notes, and large digits. */
function weightsRows({ columns, rows, destinations, notes }: LaidOut, most: number): number {
  const noteRows = Math.min(notes, rows < TALL_ROWS ? MAX_NOTES : MAX_NOTES_TALL);
  const hasDigits = rows >= LARGE_ROWS && destinations > 0 && destinations * DIGIT_COLUMNS < columns;
  const digits = hasDigits ? DIGIT_ROWS : 0;
  const wanted = WEIGHTS_FRAME_ROWS + Math.max(destinations, 2) + noteRows + digits;
  return Math.max(Math.min(wanted, most), WEIGHTS_FRAME_ROWS + 2);
}

/** Many destinations leave little to Health and Versions, but for the one that somebody reads. */
function leastTopRows({ focus, healthRows, versionsRows }: LaidOut): number {
  if (focus !== 'health' && focus !== 'versions') return MIN_TOP_ROWS;
  const wanted = focus === 'health' ? healthRows : versionsRows;
  return Math.max(MIN_TOP_ROWS, Math.min(USUAL_TOP_ROWS, wanted));
}

/** Rows of Health and Versions beside each other. Notes and digits of Weights take their room from the chart. */
function topRows(all: number, weights: number, { destinations, healthRows, versionsRows }: LaidOut): number {
  const shared = all - weights;
  const wanted = Math.max(healthRows, versionsRows);
  const extra = Math.max(0, weights - WEIGHTS_FRAME_ROWS - Math.max(destinations, 2));
  const usual = Math.min(
    USUAL_TOP_ROWS,
    shared - MIN_RESPONSES_ROWS,
    Math.max(MIN_TOP_ROWS, Math.floor(((shared + extra) * USUAL_TOP_ROWS) / 15)),
  );
  return Math.max(usual, Math.min(wanted, Math.floor(shared / 3)));
}

/** The prompt or question in the place of as many of the uppermost panes as it needs; of a single one it takes the upper end. */
function withQuestion(panes: readonly Part[], area: Rectangle, { open }: LaidOut): readonly Part[] {
  if (open !== 'question' && open !== 'prompt') return panes;
  const needed = OVERLAY_ROWS[open];
  const [only, ...others] = panes;
  if (only && others.length === 0) {
    const [upper, lower] = splitRows(area, needed);
    return [
      { name: 'overlay', ...upper },
      { ...only, ...lower },
    ];
  }
  const ends = panes.map(({ top, rows }) => top + rows).toSorted((left, right) => left - right);
  const end = ends.find(row => row - area.top >= needed) ?? area.top + area.rows;
  const [upper] = splitRows(area, end - area.top);
  return [{ name: 'overlay', ...upper }, ...panes.filter(({ top }) => top >= end)];
}

function splitRows(area: Rectangle, rows: number): readonly [Rectangle, Rectangle] {
  return [
    { ...area, rows },
    { ...area, top: area.top + rows, rows: area.rows - rows },
  ];
}

function splitColumns(area: Rectangle, columns: number): readonly [Rectangle, Rectangle] {
  return [
    { ...area, columns },
    { ...area, left: area.left + columns, columns: area.columns - columns },
  ];
}

/** Parts below each other, the last of which takes what is left. */
function below(area: Rectangle, parts: readonly (readonly [name: PaneId, rows?: number])[]): readonly Part[] {
  let rest = area;
  return parts.map(([name, rows = rest.rows]) => {
    const [own, others] = splitRows(rest, rows);
    rest = others;
    return { name, ...own };
  });
}

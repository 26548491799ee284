/** The rectangle of each part of the screen, in terminal cells. */
export type Layout =
  | {
      readonly kind: 'panes';
      readonly columns: number;
      readonly healthColumns: number;
      readonly versionsColumns: number;
      readonly topRows: number;
      readonly weightsRows: number;
      readonly responsesRows: number;
    }
  | { readonly kind: 'too-small'; readonly sentence: string };

export const MIN_COLUMNS = 60;
export const MIN_ROWS = 16;

/** Header, status line and line of keys. */
const FIXED_ROWS = 3;
/** Borders, heading, verdict. */
const WEIGHTS_FRAME_ROWS = 4;
/** Notes on the route get one line, and more where there is room. */
const MAX_NOTES = 1;
const MAX_NOTES_TALL = 3;
const TALL_ROWS = 30;
const MIN_TOP_ROWS = 3;
const MIN_RESPONSES_ROWS = 4;
/** At 24 rows: 7 for Health and Versions, 8 for Responses. */
const USUAL_TOP_ROWS = 7;

/**
 * Divides the screen: every row is used, and each pane keeps its title. Weights shows every destination while there is room,
 * and what there is to note; what is left goes to Responses first, because a taller chart tells more, and to Health and Versions up to `topWanted` rows.
 */
export function layOut(
  columns: number,
  rows: number,
  destinations: number,
  notes: number,
  topWanted: number,
): Layout {
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) {
    const sentence = `weighbridge needs ${MIN_COLUMNS}x${MIN_ROWS} cells; this terminal has ${columns}x${rows}.`;
    return { kind: 'too-small', sentence };
  }
  const free = rows - FIXED_ROWS;
  const weightsMax = free - MIN_TOP_ROWS - MIN_RESPONSES_ROWS;
  const destinationRows = Math.max(destinations, 2);
  const noteRows = Math.min(notes, rows < TALL_ROWS ? MAX_NOTES : MAX_NOTES_TALL);
  const weightsRows = Math.min(WEIGHTS_FRAME_ROWS + destinationRows + noteRows, weightsMax);
  const shared = free - weightsRows;
  // Notes take their room from the chart.
  const noted = Math.max(0, weightsRows - WEIGHTS_FRAME_ROWS - destinationRows);
  const usualTop = Math.min(
    USUAL_TOP_ROWS,
    shared - MIN_RESPONSES_ROWS,
    Math.max(MIN_TOP_ROWS, Math.floor(((shared + noted) * USUAL_TOP_ROWS) / 15)),
  );
  const topRows = Math.max(usualTop, Math.min(topWanted, Math.floor(shared / 3)));
  const healthColumns = Math.floor((columns * 47) / 100);
  return {
    kind: 'panes',
    columns,
    healthColumns,
    versionsColumns: columns - healthColumns,
    topRows,
    weightsRows,
    responsesRows: shared - topRows,
  };
}

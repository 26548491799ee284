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
const MIN_TOP_ROWS = 3;
const MIN_RESPONSES_ROWS = 4;
/** At 24 rows: 7 for Health and Versions, 8 for Responses. */
const USUAL_TOP_ROWS = 7;

/**
 * Divides the screen: every row is used, and each pane keeps its title. Weights shows every destination while there is room;
 * what is left goes to Responses first, because a taller chart tells more, and to Health and Versions up to `topWanted` rows.
 */
export function layOut(columns: number, rows: number, destinations: number, topWanted: number): Layout {
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) {
    const sentence = `weighbridge needs ${MIN_COLUMNS}x${MIN_ROWS} cells; this terminal has ${columns}x${rows}.`;
    return { kind: 'too-small', sentence };
  }
  const free = rows - FIXED_ROWS;
  const weightsMax = free - MIN_TOP_ROWS - MIN_RESPONSES_ROWS;
  const weightsRows = Math.min(WEIGHTS_FRAME_ROWS + Math.max(destinations, 2), weightsMax);
  const shared = free - weightsRows;
  const usualTop = Math.min(
    USUAL_TOP_ROWS,
    Math.max(MIN_TOP_ROWS, Math.floor((shared * USUAL_TOP_ROWS) / 15)),
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

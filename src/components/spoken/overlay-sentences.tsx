import { renderToString } from 'ink';
import { capital } from '../../sentence.ts';
import { chosenIndex } from '../../session/list.ts';
import { listedRows, listSource } from '../../session/list-overlay.ts';
import { openLine } from '../../session/open-line.ts';
import type { AppState } from '../../session/state.ts';
import type { Overlay } from '../../session/ui-state.ts';
import { OverlayBox } from '../overlay.tsx';
import { glyphs } from '../theme.ts';
import { SessionProvider } from '../use-app-state.tsx';
import { STATUS_WORDS } from './pane-sentences.ts';

/** Wide and high enough that nothing is cut and nothing has to be scrolled. */
const COLUMNS = 240;
const ROWS = 300;

/** What an overlay says when it opens: lists their highlighted row, all others every line that they have. */
export function openedSentences(state: AppState): readonly string[] {
  const { overlay } = state.ui;
  switch (overlay.kind) {
    case 'none':
      return [];
    case 'list':
      return listSentences(state, overlay);
    case 'confirm':
      return [overlay.question, overlay.detail, buttonSentence(overlay)].filter(text => text !== '');
    default:
      return overlayLines(state);
  }
}

/** What is new about an overlay that was open before. */
export function movedSentences(before: AppState, after: AppState): readonly string[] {
  const [was, is] = [before.ui.overlay, after.ui.overlay];
  if (was === is) return [];
  if (is.kind === 'list' && was.kind === 'list') {
    const [old, row] = [chosenSentence(before, was), chosenSentence(after, is)];
    return old === row && was.filter === is.filter ? [] : [row];
  }
  if (is.kind === 'confirm' && was.kind === 'confirm') return [buttonSentence(is)];
  if (is.kind === 'plan' && was.kind === 'plan')
    return [buttonSentence({ focus: is.focus, accept: 'Run it' })];
  if (is.kind === 'prompt') return typedSentences(after, is.problem);
  const known = new Set(overlayLines(before));
  return overlayLines(after).filter(line => !known.has(line));
}

/** What is typed so far, and what is wrong with it. */
export function typedSentences(state: AppState, problem: string): readonly string[] {
  const line = openLine(state);
  const text = line ? line.before + line.after : '';
  return [text === '' ? 'Empty.' : text, ...(problem === '' ? [] : [`Warning: ${problem}`])];
}

/** Whether two overlays are the same one, whatever moved in it. */
export function isSameOverlay(one: Overlay, other: Overlay): boolean {
  const identity = (overlay: Overlay) => {
    switch (overlay.kind) {
      case 'list':
        return `list ${overlay.list}`;
      case 'finding':
        return `finding ${overlay.id}`;
      case 'details':
        return `details ${JSON.stringify(overlay.subject)}`;
      case 'shift':
        return `shift ${overlay.number}`;
      case 'confirm':
        return `confirm ${overlay.question} ${overlay.detail}`;
      default:
        return overlay.kind;
    }
  };
  return identity(one) === identity(other);
}

type OpenList = Extract<Overlay, { kind: 'list' }>;

function listSentences(state: AppState, list: OpenList): readonly string[] {
  const { rows, total } = listedRows(state, list);
  const source = listSource(list.list);
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}; up and down move, enter takes, slash filters.`;
  return [source.title(state), total === 0 ? source.empty(state) : count, chosenSentence(state, list)].filter(
    text => text !== '',
  );
}

/** The highlighted row, each cell with the heading that stands above it. */
function chosenSentence(state: AppState, list: OpenList): string {
  const { rows, total } = listedRows(state, list);
  const at = chosenIndex(rows, list.chosen);
  const row = rows[at];
  if (!row) return total === 0 ? '' : `Nothing holds ${list.filter}.`;
  const { headings } = listSource(list.list);
  const cells = row.cells.map((cell, column) =>
    cell === '' || column === 0 ? cell : `${headings[column] ?? ''} ${cell}`.trim(),
  );
  const mark = row.mark === 'none' ? '' : `${row.mark === 'current' ? 'current' : STATUS_WORDS[row.mark]}: `;
  const filter = list.filter === '' ? '' : `Filter ${list.filter}. `;
  const said = cells.filter(cell => cell !== '').join(', ');
  return `${filter}${at + 1} of ${rows.length}, ${mark}${said}.${row.detail === '' ? '' : ` ${row.detail}`}`;
}

type Question = Pick<Extract<Overlay, { kind: 'confirm' }>, 'focus' | 'accept'>;

function buttonSentence({ focus, accept }: Question): string {
  return `Button ${focus === 'cancel' ? 'Cancel' : accept}; tab moves, enter accepts, escape cancels.`;
}

/** Whatever is drawn of the overlay, as lines: what is added to the screen is said without a word here. */
function overlayLines(state: AppState): readonly string[] {
  const all = { ...state, ui: { ...state.ui, columns: COLUMNS, rows: ROWS, isUnicode: true } };
  const still = {
    getState: () => all,
    getInitialState: () => all,
    setState: () => {},
    subscribe: () => () => {},
  };
  const drawn = renderToString(
    <SessionProvider session={{ store: still, dispatch: () => undefined }}>
      <OverlayBox columns={COLUMNS} rows={ROWS} />
    </SessionProvider>,
    { columns: COLUMNS },
  );
  return drawn
    .replaceAll(/\x1b\[[\d;]*m/g, '')
    .split('\n')
    .slice(1, -1)
    .map(line => withoutIcon(line.slice(1, -1).trim().replaceAll(/ {2,}/g, ', ')))
    .filter(line => line !== '');
}

/** The line with a word for the icon at its beginning. */
function withoutIcon(line: string): string {
  const { status, cursor, current } = glyphs(true);
  const icon = (Object.keys(STATUS_WORDS) as (keyof typeof STATUS_WORDS)[]).find(name =>
    line.startsWith(`${status[name]} `),
  );
  if (icon) return `${capital(STATUS_WORDS[icon])}: ${line.slice(status[icon].length).trimStart()}`;
  return line.replace(`${cursor} `, 'selected: ').replace(`${current} `, 'current: ');
}

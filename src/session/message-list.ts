import { copyTaken } from './copy-state.ts';
import { type Copyable, copyableText } from './copyable.ts';
import type { ListRow, ListSource } from './list.ts';
import type { AppState, Notice } from './state.ts';
import { timeOfDay } from './time-of-day.ts';
import { withOverlay } from './ui-state.ts';

/** Everything that the line of notices said in this session, the newest first. */
export const messageList: ListSource = {
  title: () => 'Messages of this session',
  headings: ['time', 'level', 'message'],
  rows: state => state.notices.map(messageRow).toReversed(),
  empty: () => 'Nothing was said yet.',
  // There is nowhere to go to: the message is copied, and the list stays.
  choose: (state, id) => {
    const message = messageNumbered(state, Number(id));
    return messagesOpened(message ? copyTaken(state, message) : state, id);
  },
};

const MARKS: Readonly<Record<Notice['level'], ListRow['mark']>> = {
  info: 'none',
  warning: 'warning',
  error: 'failing',
};

function messageRow({ number, times, level, text, atMs }: Notice): ListRow {
  return {
    id: String(number),
    mark: MARKS[level],
    cells: [timeOfDay(atMs), level, times > 1 ? `${text} (${times} times)` : text],
    detail: '',
  };
}

/** A message, to be copied; undefined once it is forgotten. */
export function messageNumbered({ notices }: AppState, number: number): Copyable | undefined {
  const notice = notices.find(each => each.number === number);
  return notice && copyableText('the message', notice.text);
}

function messagesOpened(state: AppState, chosen: string): AppState {
  return withOverlay(state, { kind: 'list', list: 'messages', filter: '', isFiltering: false, chosen });
}

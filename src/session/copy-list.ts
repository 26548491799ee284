import { plainText } from '../plain-text.ts';
import { copyTaken } from './copy-state.ts';
import type { Copyable } from './copyable.ts';
import type { ListRow, ListSource } from './list.ts';

/** What can be copied, where it is several things. */
export const copyList: ListSource = {
  title: () => 'What is to be copied?',
  headings: ['what', 'text'],
  rows: state => state.copy.offered.map(copyRow),
  empty: () => 'There is nothing to copy here.',
  choose: (state, id) => {
    const item = state.copy.offered[Number(id)];
    return item ? copyTaken(state, item) : state;
  },
};

const SHOWN_CHARACTERS = 300;

function copyRow({ name, content }: Copyable, index: number): ListRow {
  return {
    id: String(index),
    mark: 'none',
    cells: [
      plainText(name, 80),
      content.kind === 'text' ? plainText(content.text, SHOWN_CHARACTERS) : 'read from the API server',
    ],
    detail: '',
  };
}

import TextInput from 'ink-text-input';
import { firstCharacter, type Line } from '../session/line-edit.ts';
import { Text } from './text.tsx';

/**
 * A line as it is typed: the cursor is inverse, and a blank at the end of the text. ink-text-input draws it, without the focus: it
 * would read keys beside the key map, lose all but one of several in one chunk, and take ctrl-u for a letter.
 */
export function TypedLine({ before, after }: Line) {
  const under = firstCharacter(after);
  return (
    <>
      <TextInput value={before} focus={false} onChange={nothing} />
      <Text inverse>{after.slice(0, under) || ' '}</Text>
      {after.slice(under)}
    </>
  );
}

function nothing(): void {}

import { firstCharacter, type Line } from '../session/line-edit.ts';
import { Text } from './text.tsx';

/** A line as it is typed: the cursor is inverse, and a blank at the end of the text. */
export function TypedLine({ before, after }: Line) {
  const under = firstCharacter(after);
  return (
    <>
      {before}
      <Text inverse>{after.slice(0, under) || ' '}</Text>
      {after.slice(under)}
    </>
  );
}

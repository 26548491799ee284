import stringWidth from 'string-width';
import { type Hint, hints } from './key-lookup.ts';
import { Text } from './text.tsx';
import { useAppState, useDerived, useGlyphs } from './use-app-state.tsx';

const GAP = 2;

/** The keys in force, the most important first, as many as fit. */
export function KeyLine() {
  const columns = useAppState(state => state.ui.columns);
  const known = useDerived(hints);
  const { arrows } = useGlyphs();
  const readable = (key: string) =>
    key
      .replace('←', arrows.left)
      .replace('→', arrows.right)
      .replace('↑', arrows.up)
      .replace('↓', arrows.down);
  const all = known.map(hint => ({ ...hint, key: readable(hint.key) }));
  const shown = fitting(all, columns - 1);
  return (
    <Text wrap="truncate-end">
      {shown.map(({ key, label, isAvailable }) => (
        <Text key={`${key} ${label}`} dimColor={!isAvailable}>
          {' '}
          <Text bold={isAvailable}>{key}</Text>
          {` ${label} `}
        </Text>
      ))}
    </Text>
  );
}

function fitting(all: readonly Hint[], columns: number): readonly Hint[] {
  let used = 0;
  return all.filter(({ key, label }) => {
    used += stringWidth(key) + 1 + stringWidth(label) + GAP;
    return used <= columns;
  });
}

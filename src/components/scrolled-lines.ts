export type ScrolledLines = { readonly first: number; readonly below: number };

/**
 * Which of so many lines are seen: the first one, and how many are below the last. Scrolling goes on at the other end.
 *
 * @param index how far it was scrolled, negative for upwards.
 */
export function scrolledLines(index: number, lines: number, visible: number): ScrolledLines {
  const places = Math.max(1, lines - visible + 1);
  const first = ((index % places) + places) % places;
  return { first, below: Math.max(0, lines - visible - first) };
}

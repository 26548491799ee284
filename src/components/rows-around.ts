/** Rows of a list that are drawn, from one place up to another; the latter is drawn no more. */
export type Stretch = { readonly first: number; readonly end: number };

/**
 * As many rows around the chosen one as fit whole into so many lines. The chosen one is always among them, even where it alone
 * has more lines than there are.
 *
 * @param heights lines that each row takes.
 * @param chosen its place, of those that there are.
 */
export function rowsAround(heights: readonly number[], chosen: number, lines: number): Stretch {
  let first = chosen;
  let end = chosen + 1;
  let left = lines - (heights[chosen] ?? 0);
  const fits = (at: number) => (heights[at] ?? Number.POSITIVE_INFINITY) <= left;
  while (fits(end) || fits(first - 1)) {
    // Half of what is left stays for what is above.
    const isBelowNext = fits(end) && (!fits(first - 1) || end - chosen <= chosen - first);
    const next = isBelowNext ? end : first - 1;
    left -= heights[next] ?? 0;
    if (isBelowNext) end += 1;
    else first -= 1;
  }
  return { first, end };
}

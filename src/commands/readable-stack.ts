import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

const PLACE = /(file:\/\/\S+?\.m?js):(\d+):(\d+)/g;

/**
 * A stack whose places are those of our sources, by the maps beside the bundle. A place in a dependency becomes the file it
 * was bundled from, without a line that means anything; a place without a map stays as it is.
 */
export function readableStack(stack: string): string {
  return stack.replace(PLACE, (place: string, url: string, line: string, column: string) => {
    const source = sourcePlace(url, Number(line), Number(column));
    return source ?? place;
  });
}

/** @param line counted from one, as is `column`. */
function sourcePlace(url: string, line: number, column: number): string | undefined {
  try {
    const map = new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')));
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    const file = entry.originalSource.replace(/^(\.\.\/)+/, '');
    return `${file}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  } catch {
    // A bug is to be reported, whatever is missing beside the program.
    return undefined;
  }
}

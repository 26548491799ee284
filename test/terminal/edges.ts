import xterm from '@xterm/headless';
import type { ScreenSize } from './screen-in-pty.ts';

/**
 * What would be drawn beyond the edges of a terminal of this size, frame by frame: the output is played into a terminal
 * that is larger than the program was told.
 */
export async function drawnBeyondTheEdges(
  output: string,
  { columns, rows }: ScreenSize,
): Promise<readonly string[]> {
  const roomy = new xterm.Terminal({ cols: columns * 2, rows: rows * 2, allowProposedApi: true });
  const beyond: string[] = [];
  for (const frame of output.split(/(?<=\x1b\[\?2026l)/)) {
    await new Promise<void>(resolve => roomy.write(frame, resolve));
    for (let row = 0; row < rows * 2; row += 1) {
      const line = roomy.buffer.active.getLine(row)?.translateToString(true) ?? '';
      const outside = row < rows ? line.slice(columns) : line;
      if (outside !== '') beyond.push(`row ${row}: ${outside}`);
    }
  }
  roomy.dispose();
  return beyond;
}

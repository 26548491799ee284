import stringWidth from 'string-width';

const LIKENESSES: Readonly<Record<string, string>> = {
  '…': '~',
  '×': 'x',
  '·': '-',
  '←': '<',
  '→': '>',
  '↑': '^',
  '↓': 'v',
};

/** The text in as many cells, with nothing but ASCII: a likeness where there is one, a question mark for each cell elsewhere. */
export function inAscii(text: string): string {
  return text.replaceAll(/[^\x00-\x7f]\p{M}*/gu, character => {
    return LIKENESSES[character] ?? '?'.repeat(stringWidth(character));
  });
}

/** The same terminal for a locale that has only ASCII: what Ink cuts and what a cluster says holds more than the glyphs of a theme. */
export function asciiOutput(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (chunk: Uint8Array | string, ...others: never[]) =>
    stdout.write(typeof chunk === 'string' ? inAscii(chunk) : chunk, ...others);
  return new Proxy(stdout, {
    get(target, key) {
      if (key === 'write') return write;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** The same terminal, which is written what `rewrite` makes of each text. */
export function rewritingOutput(
  stdout: NodeJS.WriteStream,
  rewrite: (text: string) => string,
): NodeJS.WriteStream {
  const write = (chunk: Uint8Array | string, ...others: never[]) =>
    stdout.write(typeof chunk === 'string' ? rewrite(chunk) : chunk, ...others);
  return new Proxy(stdout, {
    get(target, key) {
      if (key === 'write') return write;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/**
 * A bug that came up while a verb was at work, after which that verb has answered: `cause` is what was thrown.
 */
export class Crash extends Error {
  constructor(cause: unknown) {
    super('a bug came up', { cause });
  }
}

/** Rejects with the first exception that nobody caught, so that what is under way is ended before it is reported. */
export function firstCrash(): { readonly happened: Promise<never>; readonly forget: () => void } {
  let forget = () => {};
  const happened = new Promise<never>((_, reject) => {
    process.on('uncaughtException', reject);
    forget = () => {
      process.off('uncaughtException', reject);
    };
  });
  return { happened, forget };
}

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

/**
 * For a verb that has something to bring to an end and to answer: `stop` is called at the first exception that nobody caught.
 * `rethrow` then throws that as a `Crash`, once the verb has answered; `forget` stops listening.
 */
export function stoppingAtCrash(stop: () => void): {
  readonly rethrow: () => void;
  readonly forget: () => void;
} {
  const { happened, forget } = firstCrash();
  let bug: Crash | undefined;
  happened.catch((error: unknown) => {
    bug = new Crash(error);
    stop();
  });
  return {
    rethrow: () => {
      if (bug) throw bug;
    },
    forget,
  };
}

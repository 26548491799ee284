import { Command, CommanderError } from 'commander';

/**
 * The names that somebody may have meant who typed `word`, the most likely first; none where nothing is near. By the rule of
 * commander, which the flags of the command line go by as well.
 */
export function nearestNames(word: string, names: Iterable<string>): readonly string[] {
  const known = new Command()
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  for (const name of new Set(names)) known.addCommand(new Command(name));
  try {
    known.parse(['--', word], { from: 'user' });
    return [];
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return /\(Did you mean (?:one of )?(.+)\?\)$/.exec(error.message)?.[1]?.split(', ') ?? [];
  }
}

/** `there is no namespace shpo; nearest: shop`. */
export function noSuch(what: string, word: string, names: Iterable<string>): string {
  const near = nearestNames(word, names);
  return near.length === 0
    ? `there is no ${what} ${word}`
    : `there is no ${what} ${word}; nearest: ${near.join(', ')}`;
}

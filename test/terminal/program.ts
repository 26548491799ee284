import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The program as it is shipped. */
export function builtProgram(): string {
  const program = join(PROJECT, 'dist', 'bin.js');
  if (!existsSync(program)) {
    throw new Error('dist/bin.js is missing: run `npm run build` first (npm test does).');
  }
  return program;
}

/** A machine as it is after installation: an empty home, an empty temporary folder, and no kubeconfig anywhere. */
export type EmptyPlace = {
  readonly home: string;
  readonly temporary: string;
  readonly env: Readonly<Record<string, string>>;
  /** Names of what programs have left in the temporary folder. */
  readonly filesLeft: () => readonly string[];
  readonly remove: () => void;
};

export function createEmptyPlace(): EmptyPlace {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-place-'));
  const home = join(folder, 'home');
  const temporary = join(folder, 'tmp');
  mkdirSync(home);
  mkdirSync(temporary);
  return {
    home,
    temporary,
    env: {
      HOME: home,
      TMPDIR: temporary,
      PATH: process.env.PATH ?? '',
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
      // Node keeps its compile cache in the temporary folder, where it would hide what the program leaves there.
      NODE_DISABLE_COMPILE_CACHE: '1',
    },
    filesLeft: () => readdirSync(temporary),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

import type { Command } from 'commander';
import type { Io } from '../io.ts';

/**
 * Puts one verb on the command line: its arguments, its flags, its help. What the verb does is loaded when it is asked for,
 * and no sooner: the screen is drawn before. `end` takes the exit code.
 */
export type Verb = (program: Command, io: Io, end: (code: number) => void) => void;

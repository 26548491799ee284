import type { ChildEnd } from '../run-child.ts';

/** How a program of a step ended. `quiet`: it said nothing for so long that it was ended. */
export type ProgramEnd = ChildEnd | { readonly kind: 'quiet'; readonly minutes: number };

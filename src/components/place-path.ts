import stringWidth from 'string-width';
import { cutMiddle } from './cut-middle.ts';

export type PlaceNames = {
  readonly context: string;
  readonly namespace: string;
  /** Empty while no VirtualService is chosen. */
  readonly virtualService: string;
};

/** Enough of a context's name to know it by. */
const MIN_CONTEXT = 16;
const SEPARATOR = ' / ';

/**
 * Context, namespace and VirtualService in at most so many cells. The namespace is always whole; a long context, such as an
 * ARN, loses its middle, because its ends tell it from others.
 */
export function placePath({ context, namespace, virtualService }: PlaceNames, columns: number): string {
  const full = joined(context, namespace, virtualService && `VirtualService ${virtualService}`);
  if (stringWidth(full) <= columns) return full;
  const room = columns - stringWidth(joined('', namespace, virtualService)) - SEPARATOR.length;
  const shortened = joined(cutMiddle(context, Math.max(room, MIN_CONTEXT)), namespace, virtualService);
  return cutEnd(shortened, columns);
}

function joined(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join(SEPARATOR);
}

function cutEnd(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  const kept = Array.from(text);
  while (kept.length > 0 && stringWidth(kept.join('')) > columns - 1) kept.pop();
  return `${kept.join('')}…`;
}

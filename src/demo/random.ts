/** Yields the next number of a sequence, evenly spread over [0, 1). */
export type Random = () => number;

/** The same sequence for the same `seed` on every machine (mulberry32). Not for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The letters that Kubernetes generates names of: no vowels, so that no word arises by chance. */
const NAME_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** `length` letters as Kubernetes ends a generated name with. */
export function randomSuffix(random: Random, length = 5): string {
  return Array.from({ length }, () => NAME_LETTERS.charAt(Math.floor(random() * NAME_LETTERS.length))).join(
    '',
  );
}

/** Letters for `text`, the same each time, as `pod-template-hash` names a pod template (FNV-1a). */
export function hashedSuffix(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return [...String(hash)]
    .map(digit => NAME_LETTERS.charAt((Number(digit) + 21) % NAME_LETTERS.length))
    .join('');
}

const HIDDEN = '(hidden)';

/** What credentials look like in text that programs print: PEM blocks, JSON Web Tokens, headers, named values, addresses. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(-----END [A-Z ]+-----|$)/g, HIDDEN],
  [/\beyJ[\w-]{4,}\.[\w-]+(\.[\w-]*)?/g, HIDDEN],
  [/\bk8s-aws-v1\.[\w-]+/g, HIDDEN],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [
    /\b([\w-]*(?:token|secret|password|passwd|api[_-]?key|access[_-]?key))("?\s*[=:]\s*"?)[^\s"',;]{4,}/gi,
    `$1$2${HIDDEN}`,
  ],
  [/:\/\/[^\s/@]+@/g, `://${HIDDEN}@`],
];

/** Shorter values are words such as a region: hiding them would hide half of a message. */
const SHORTEST_SECRET = 8;

/** Text that a program printed, without what looks like a credential and without the `known` secrets. */
export function withoutSecrets(text: string, known: readonly string[]): string {
  const secrets = known.filter(secret => secret.length >= SHORTEST_SECRET);
  const unnamed = secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
  return SHAPES.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), unnamed);
}

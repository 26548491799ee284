import type { Answer } from './sample.ts';

/** Something an answer has or has not: a header with one value, or a piece of text in the body (empty text: an empty body). */
export type Mark =
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'text'; readonly text: string };

/** Where marks are looked for. */
export type MarkSource = 'headers' | 'segments' | 'words' | 'weak-headers';

/** Longer pieces of text are cut: the beginning tells as much. */
const MAX_TEXT_CHARACTERS = 200;

/** Written by gateways and proxies on the way, or different in every answer by their nature: they tell nothing of a version. */
const IGNORED_HEADERS: ReadonlySet<string> = new Set([
  'age',
  'alt-svc',
  'b3',
  'cf-ray',
  'connection',
  'content-encoding',
  'date',
  'expires',
  'keep-alive',
  'nel',
  'proxy-connection',
  'report-to',
  'server',
  'server-timing',
  'set-cookie',
  'strict-transport-security',
  'trailer',
  'transfer-encoding',
  'uber-trace-id',
  'vary',
  'via',
]);

const IGNORED_HEADER =
  /^(x-envoy-|x-b3-|x-ot-|x-datadog-|x-cache|x-amz|x-cloud-trace|x-goog-|x-forwarded-|x-real-ip|x-runtime|x-response-time|.*(request|correlation|trace|span)-?id$|traceparent|tracestate|grpc-)/;

/** Headers of the representation rather than of the version: many pages share them, and a gateway may rewrite them. */
const WEAK_HEADERS: ReadonlySet<string> = new Set([
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-language',
  'content-length',
  'content-type',
  'etag',
  'last-modified',
  'pragma',
]);

/** Every mark of this source that the answer carries, best first, in the order of the answer. */
export function marksOf(answer: Answer, source: MarkSource): readonly Mark[] {
  switch (source) {
    case 'headers':
      return headerMarks(answer, name => !WEAK_HEADERS.has(name));
    case 'weak-headers':
      return headerMarks(answer, name => WEAK_HEADERS.has(name));
    case 'segments':
      return segments(answer.body).map(text => ({ kind: 'text', text }));
    case 'words':
      return words(answer.body).map(text => ({ kind: 'text', text }));
  }
}

/** A key that two marks share exactly when they are the same. */
export function markKey(mark: Mark): string {
  return mark.kind === 'header' ? `header ${mark.name}:${mark.value}` : `text ${mark.text}`;
}

/** Whether the answer carries the mark. Text must stand by itself: `v1` is not in `v12`. */
export function carries(answer: Answer, mark: Mark): boolean {
  if (mark.kind === 'header') return answer.headers[mark.name] === mark.value;
  return mark.text === '' ? answer.body.trim() === '' : containsWhole(answer.body, mark.text);
}

const VOLATILE: readonly RegExp[] = [
  /\d{1,2}:\d{2}/, // a time of day
  /\d{4}-\d{2}-\d{2}|\d{1,2}\/\d{1,2}\/\d{2,4}/, // a date
  /\d{5,}/, // a counter, a timestamp
  /\d+\.\d+\.\d+\.\d+/, // an address
  /(?=[0-9a-f-]*\d)(?=[0-9a-f-]*[a-f])[0-9a-f-]{12,}/i, // an id
  /-[a-z0-9]{6,10}-[a-z0-9]{5}\b/, // a pod
];

/** Whether a mark looks like something that changes from answer to answer or from pod to pod, even where a few reads agree. */
export function looksVolatile(mark: Mark): boolean {
  const text = mark.kind === 'header' ? mark.value : mark.text;
  return VOLATILE.some(pattern => pattern.test(text));
}

/** Text so short that it turns up in pages that have nothing to do with a version, as names of elements do. */
export function isWeak(mark: Mark): boolean {
  return mark.kind === 'text' && mark.text.length < 4;
}

/** How little a mark is trusted, for sorting: digits change more than words. */
export function distrust(mark: Mark): number {
  if (mark.kind === 'header') return 0;
  return (isWeak(mark) ? 2 : 0) + (/\d/.test(mark.text) ? 1 : 0);
}

/** Whether a header is the application's own, and not one that a gateway or proxy writes or that differs in every answer. */
export function isOwnHeader(name: string): boolean {
  return !IGNORED_HEADERS.has(name) && !IGNORED_HEADER.test(name);
}

function headerMarks({ headers }: Answer, isWanted: (name: string) => boolean): Mark[] {
  return Object.entries(headers)
    .filter(([name]) => isOwnHeader(name) && isWanted(name))
    .map(([name, value]) => ({ kind: 'header', name, value }));
}

/** Lines, elements, declarations and members: what HTML, CSS, JSON and text are made of. */
function segments(body: string): string[] {
  const pieces = body.split(/[\r\n<>{},;]+/).map(piece => piece.trim().slice(0, MAX_TEXT_CHARACTERS));
  const found = pieces.filter(piece => piece !== '');
  return found.length === 0 ? [''] : found;
}

/** Words with the word before them, then words alone, for a line of which only a part is constant. */
function words(body: string): string[] {
  const pairs: string[] = [];
  const singles: string[] = [];
  let previousStart = -1;
  for (const match of body.matchAll(/[^\s<>{}[\]()"'`,;=&|]+/g)) {
    const end = match.index + match[0].length;
    singles.push(match[0].slice(0, MAX_TEXT_CHARACTERS));
    if (previousStart >= 0 && end - previousStart <= MAX_TEXT_CHARACTERS)
      pairs.push(body.slice(previousStart, end));
    previousStart = match.index;
  }
  return [...pairs, ...singles];
}

/** Whether a text holds another as a word or words of its own: `v1` is not in `v12`. */
export function containsWhole(body: string, text: string): boolean {
  for (let at = body.indexOf(text); at >= 0; at = body.indexOf(text, at + 1)) {
    if (!joinsWord(body, at - 1, at) && !joinsWord(body, at + text.length - 1, at + text.length)) return true;
  }
  return false;
}

/** Whether the characters at both places belong to one word. */
function joinsWord(body: string, left: number, right: number): boolean {
  return isWordCharacter(body.charCodeAt(left)) && isWordCharacter(body.charCodeAt(right));
}

/** Letters, digits and the underscore of ASCII; false for NaN, which stands outside the text. */
function isWordCharacter(code: number): boolean {
  return (
    (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
  );
}

import { plainText } from '../plain-text.ts';

/** `299 - "text"` and perhaps a date, as often as there are warnings (RFC 7234, section 5.5). */
const WARNING = /\b(\d{3}) \S+ "((?:[^"\\]|\\.)*)"(?: "[^"]*")?/g;

/** The code of warnings by an API server; others come from caches on the way. */
const MISCELLANEOUS = '299';

/** What an API server warns of in the `Warning` headers of an answer, safe to draw. Whatever is malformed is left out. */
export function warningTexts(header: string | readonly string[] | undefined): readonly string[] {
  const values = typeof header === 'string' ? [header] : (header ?? []);
  return values
    .flatMap(value => [...value.matchAll(WARNING)])
    .filter(([, code]) => code === MISCELLANEOUS)
    .map(([, , quoted = '']) => plainText(quoted.replace(/\\(.)/g, '$1'), 400))
    .filter(text => text !== '');
}

import { badRequest, type Refusal } from './status-error.ts';

/** What Go's parser says of text that is no JSON. */
export function goJsonError(text: string): string {
  let expected = 'looking for beginning of value';
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    const said = error instanceof Error ? error.message : '';
    const position = Number(/at position (\d+)/.exec(said)?.[1] ?? text.search(/\S/));
    const found = text[position];
    if (found === undefined || /Unexpected end|Unterminated/.test(said))
      return 'unexpected end of JSON input';
    if (/property name/.test(said)) expected = 'looking for beginning of object key string';
    if (/after array element/.test(said)) expected = 'after array element';
    if (/after property value/.test(said)) expected = 'after object key:value pair';
    if (/':' after property name/.test(said)) expected = 'after object key';
    if (/after JSON/.test(said)) expected = 'after top-level value';
    return `invalid character '${found}' ${expected}`;
  }
}

/** What Go calls the type of a JSON value. */
export function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}

const MOST_SHOWN = 30;

/** The beginning of a body as the API server shows it: as text where it looks like JSON, else as hexadecimal bytes. */
function shownBody(text: string): string {
  if (text === '') return '<empty>';
  const shown = text.trimStart().startsWith('{') ? text : Buffer.from(text).toString('hex');
  return shown.length > MOST_SHOWN ? `${shown.slice(0, MOST_SHOWN)} ...` : shown;
}

/** A body in which the server cannot even find out what it is. */
export function unrecognized(kind: string, why: string, text: string): Refusal {
  const expected = kind === '' ? '' : ` (must be of type ${kind})`;
  return badRequest(`the object provided is unrecognized${expected}: ${why} (${shownBody(text)})`);
}

/** A body that is JSON and no object. */
export function notAnObject(kind: string, value: unknown, text: string): Refusal {
  const struct =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  const why = `json: cannot unmarshal ${goTypeOf(value)} into Go value of type ${struct}`;
  return unrecognized(kind, `couldn't get version/kind; json parse error: ${why}`, text);
}

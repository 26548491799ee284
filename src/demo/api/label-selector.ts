import { labelKeyProblem, labelValueProblem } from './metadata-problems.ts';
import type { Matches } from './selectors.ts';

type Labels = Readonly<Record<string, string>>;

/** A selector that cannot be read, with the server's complaint. */
export type UnreadableSelector = { readonly problem: string };

class SelectorError extends Error {}

const END = '';
const SYMBOLS = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'];
const OPERATORS = ['=', '==', '!=', '>', '<', 'in', 'notin'];

/** The words and symbols of a selector, in order. */
function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const symbol = SYMBOLS.find(candidate => rest.startsWith(candidate));
    const token = symbol ?? /^[^=!(),<>\s]+/.exec(rest)?.[0] ?? rest;
    tokens.push(token);
    rest = rest.slice(token.length).trimStart();
  }
  return tokens;
}

function isWord(token: string): boolean {
  return token !== END && !SYMBOLS.includes(token);
}

/** Goes through the tokens one by one; behind the last it finds the end again and again. */
class Tokens {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get ahead(): string {
    return this.#tokens[this.#next] ?? END;
  }

  take(): string {
    const token = this.ahead;
    this.#next += 1;
    return token;
  }
}

function expected(found: string, wanted: string): SelectorError {
  return new SelectorError(`found '${found}', expected: ${wanted}`);
}

/** The values between parentheses. Between two commas there is an empty one. */
function readValues(tokens: Tokens): ReadonlySet<string> {
  const open = tokens.take();
  if (open !== '(') throw new SelectorError(`found '${open}' expected: '('`);
  const values = new Set<string>();
  if (tokens.ahead === ')') {
    tokens.take();
    return values;
  }
  if (!isWord(tokens.ahead) && tokens.ahead !== ',') throw expected(tokens.ahead, "',', ')' or identifier");
  for (;;) {
    values.add(isWord(tokens.ahead) ? tokens.take() : '');
    const token = tokens.take();
    if (token === ')') return values;
    if (token !== ',') throw expected(token, "',' or ')'");
  }
}

function readValue(tokens: Tokens): string {
  if (tokens.ahead === END || tokens.ahead === ',') return '';
  const value = tokens.take();
  if (!isWord(value)) throw expected(value, 'identifier');
  return value;
}

function checkValues(key: string, values: Iterable<string>): void {
  for (const [index, value] of [...values].entries()) {
    const problem = labelValueProblem(value);
    if (problem) throw new SelectorError(`values[${index}][${key}]: Invalid value: "${value}": ${problem}`);
  }
}

function compareNumbers(key: string, operator: string, text: string): Matches<Labels> {
  if (!/^[-+]?\d+$/.test(text)) {
    const why = `values[0]: Invalid value: "${text}": for 'Gt', 'Lt' operators, the value must be an integer`;
    throw new SelectorError(why);
  }
  const limit = Number(text);
  const isInside = operator === '>' ? (value: number) => value > limit : (value: number) => value < limit;
  return labels =>
    Object.hasOwn(labels, key) && /^[-+]?\d+$/.test(labels[key] ?? '') && isInside(Number(labels[key]));
}

function readRequirement(tokens: Tokens): Matches<Labels> {
  const isNegated = tokens.ahead === '!';
  if (isNegated) tokens.take();
  const key = tokens.take();
  if (!isWord(key)) throw expected(key, 'identifier');
  const problem = labelKeyProblem(key);
  if (problem) throw new SelectorError(`<nil>: Invalid value: "${key}": ${problem}`);
  const isPresent = (labels: Labels) => Object.hasOwn(labels, key);
  if (isNegated) return labels => !isPresent(labels);
  if (tokens.ahead === END || tokens.ahead === ',') return isPresent;
  const operator = tokens.take();
  if (!OPERATORS.includes(operator)) throw expected(operator, 'in, notin, =, ==, !=, gt, lt');
  if (operator === '>' || operator === '<') return compareNumbers(key, operator, readValue(tokens));
  const isSet = operator === 'in' || operator === 'notin';
  const values = isSet ? readValues(tokens) : new Set([readValue(tokens)]);
  checkValues(key, values);
  const isIn = (labels: Labels) => isPresent(labels) && values.has(labels[key] ?? '');
  return operator === 'notin' || operator === '!=' ? labels => !isIn(labels) : isIn;
}

function readOrComplain(tokens: Tokens): Matches<Labels> {
  try {
    return readRequirement(tokens);
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw new SelectorError(`unable to parse requirement: ${error.message}`);
  }
}

function readRequirements(tokens: Tokens): readonly Matches<Labels>[] {
  const requirements: Matches<Labels>[] = [];
  while (tokens.ahead !== END) {
    if (!isWord(tokens.ahead) && tokens.ahead !== '!')
      throw expected(tokens.ahead, "!, identifier, or 'end of string'");
    requirements.push(readOrComplain(tokens));
    const separator = tokens.take();
    if (separator === END) break;
    if (separator !== ',') throw expected(separator, "',' or 'end of string'");
    if (!isWord(tokens.ahead) && tokens.ahead !== '!') throw expected(tokens.ahead, "identifier after ','");
  }
  return requirements;
}

/**
 * Reads a label selector as clients write it in a query: `app=myapp,version in (v1, v2),!old`.
 * An empty one matches everything.
 */
export function readLabelSelector(text: string): Matches<Labels> | UnreadableSelector {
  try {
    const requirements = readRequirements(new Tokens(text));
    return labels => requirements.every(matches => matches(labels));
  } catch (error) {
    if (error instanceof SelectorError) return { problem: error.message };
    throw error;
  }
}

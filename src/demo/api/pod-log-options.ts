import { PODS } from '../kinds/core.ts';
import type { Problem } from '../kinds/problems.ts';
import { badRequest, invalid, type Refusal } from './status-error.ts';

/** What a reader of a log asks for. */
export type PodLogOptions = {
  /** Absent: the pod's only container. */
  readonly container: string | undefined;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Lines from this time on; milliseconds since the epoch. */
  readonly sinceMs: number | undefined;
};

/** As the API server reads a flag of a query: there is no wrong value. */
function readFlag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text !== null && text !== '0' && text.toLowerCase() !== 'false';
}

/** Absent names are no numbers, and empty values are absent. */
function readInteger(query: URLSearchParams, name: string): number | Refusal | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) return badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  const value = Number(text);
  return Number.isSafeInteger(value)
    ? value
    : badRequest(`strconv.ParseInt: parsing "${text}": value out of range`);
}

function readTime(text: string): number | Refusal | undefined {
  if (text === '') return undefined;
  const layout = '2006-01-02T15:04:05Z07:00';
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const atMs = Date.parse(text);
  return isTime && !Number.isNaN(atMs)
    ? atMs
    : badRequest(`parsing time "${text}" as "${layout}": cannot parse "${text}" as "2006"`);
}

function tooSmall(
  field: string,
  value: number,
  least: 'greater than 0' | 'greater than or equal to 0',
): Problem {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${value}: must be ${least}` };
}

/** What is wrong with numbers that are numbers. */
function problemsOf(numbers: {
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  readonly sinceSeconds: number | undefined;
  readonly sinceTime: number | undefined;
}): readonly Problem[] {
  const { tailLines, limitBytes, sinceSeconds, sinceTime } = numbers;
  const problems: Problem[] = [];
  if (tailLines !== undefined && tailLines < 0)
    problems.push(tooSmall('tailLines', tailLines, 'greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1)
    problems.push(tooSmall('limitBytes', limitBytes, 'greater than 0'));
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified';
    problems.push({ reason: 'FieldValueForbidden', field: '[]', message });
  } else if (sinceSeconds !== undefined && sinceSeconds < 1)
    problems.push(tooSmall('sinceSeconds', sinceSeconds, 'greater than 0'));
  return problems;
}

/** The options in the query of a request for the log of the pod `name`. */
export function readPodLogOptions(
  query: URLSearchParams,
  name: string,
  nowMs: number,
): PodLogOptions | Refusal {
  const tailLines = readInteger(query, 'tailLines');
  const limitBytes = readInteger(query, 'limitBytes');
  const sinceSeconds = readInteger(query, 'sinceSeconds');
  const sinceTime = readTime(query.get('sinceTime') ?? '');
  for (const read of [tailLines, limitBytes, sinceSeconds, sinceTime])
    if (typeof read === 'object') return read;
  const numbers = { tailLines, limitBytes, sinceSeconds, sinceTime } as Parameters<typeof problemsOf>[0];
  const problems = problemsOf(numbers);
  if (problems.length > 0) return invalid({ ...PODS, kind: 'PodLogOptions' }, name, problems);
  return {
    container: query.get('container') || undefined,
    follow: readFlag(query, 'follow'),
    previous: readFlag(query, 'previous'),
    timestamps: readFlag(query, 'timestamps'),
    tailLines: numbers.tailLines,
    limitBytes: numbers.limitBytes,
    sinceMs: numbers.sinceSeconds === undefined ? numbers.sinceTime : nowMs - 1_000 * numbers.sinceSeconds,
  };
}

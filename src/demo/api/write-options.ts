import { isJsonObject } from '../json.ts';
import type { Problem } from '../kinds/problems.ts';
import type { FieldValidation } from './accept-object.ts';
import type { ApiParts } from './api-parts.ts';
import { unreadable } from './malformed-object.ts';
import { type ApiRequest, headerOf } from './request.ts';
import { invalid, type Refusal } from './status-error.ts';
import type { WriteContext } from './write-object.ts';

const OPTIONS = { POST: 'CreateOptions', PUT: 'UpdateOptions', PATCH: 'PatchOptions' } as const;

const MODES = ['', 'Ignore', 'Strict', 'Warn'] as const;

const LONGEST_MANAGER = 128;

/** Who writes: what the client calls itself, else the first word of its User-Agent. */
function managerOf(request: ApiRequest): string {
  const named = request.query.get('fieldManager');
  return (
    named || (headerOf(request, 'user-agent').split('/')[0] ?? '').slice(0, LONGEST_MANAGER) || 'unknown'
  );
}

/** A value of an option that is none of those that the server knows. */
export function unsupported(field: string, shown: string, supported: readonly string[]): Problem {
  const list = supported.map(value => `"${value}"`).join(', ');
  const message = `Unsupported value: ${shown}: supported values: ${list}`;
  return { reason: 'FieldValueNotSupported', field, message };
}

function optionProblems(request: ApiRequest, isApply: boolean): readonly Problem[] {
  const { query } = request;
  const problems: Problem[] = [];
  if (isApply && !query.get('fieldManager')) {
    const message = 'Required value: is required for apply patch';
    problems.push({ reason: 'FieldValueRequired', field: 'fieldManager', message });
  }
  if (!isApply && query.has('force')) {
    const message = 'Forbidden: may not be specified for non-apply patch';
    problems.push({ reason: 'FieldValueForbidden', field: 'force', message });
  }
  if ((query.get('fieldManager') ?? '').length > LONGEST_MANAGER) {
    const message = `Too long: may not be more than ${LONGEST_MANAGER} bytes`;
    problems.push({ reason: 'FieldValueTooLong', field: 'fieldManager', message });
  }
  const dryRun = query.getAll('dryRun').filter(value => value !== '');
  if (dryRun.some(value => value !== 'All'))
    problems.push(unsupported('dryRun', JSON.stringify(dryRun), ['All']));
  const mode = query.get('fieldValidation') ?? '';
  if (!MODES.some(known => known === mode))
    problems.push(unsupported('fieldValidation', JSON.stringify(mode), MODES));
  return problems;
}

/** A patch whose outcome has fields that the kind does not know. `shown` is what the server says it looked at. */
export function refusePatch(shown: string): FieldValidation['refuse'] {
  return (_kind, _version, error) => {
    const message = `Invalid value: ${JSON.stringify(shown)}: ${error}`;
    return invalid({ group: '', resource: '', kind: '' }, '', [
      { reason: 'FieldValueInvalid', field: 'patch', message },
    ]);
  };
}

/** A value as Go prints it: `map[spec:map[replicas:2]]`. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isJsonObject(value)) return value === null ? '<nil>' : String(value);
  const members = Object.keys(value).sort();
  return `map[${members.map(name => `${name}:${goText(value[name])}`).join(' ')}]`;
}

/** How the request wants to write; `warn` takes what its author should hear. */
export function readWriteContext(
  parts: ApiParts,
  request: ApiRequest,
  isApply: boolean,
  warn: (warning: string) => void,
): WriteContext | Refusal {
  const problems = optionProblems(request, isApply);
  const options = OPTIONS[request.method as keyof typeof OPTIONS] ?? 'UpdateOptions';
  if (problems.length > 0)
    return invalid({ group: 'meta.k8s.io', resource: '', kind: options }, '', problems);
  const mode = MODES.find(known => known === request.query.get('fieldValidation')) || 'Warn';
  return {
    storage: parts.storage,
    random: parts.random,
    nowMs: parts.timers.now(),
    manager: managerOf(request),
    isDryRun: request.query.getAll('dryRun').includes('All'),
    validation: { mode, warn, refuse: unreadable },
    ...(parts.admit ? { admit: parts.admit } : {}),
  };
}

import { isJsonArray, isJsonObject, type Json } from '../../json.ts';
import type { Shape } from '../../kinds/schema.ts';
import { type PathStep, pathText } from './field-set.ts';
import { itemStep, memberShape } from './typed-value.ts';

const EXPECTED = {
  string: 'string',
  boolean: 'boolean',
  number: 'numeric (int or float)',
  integer: 'numeric (int or float)',
} as const;

function shown(value: Json): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  return typeof value === 'number' ? 'numeric' : 'map or list';
}

function scalarProblem(shape: Shape, value: Json): string | undefined {
  switch (shape.type) {
    case 'string':
      return typeof value === 'string' ? undefined : `expected ${EXPECTED.string}, got ${shown(value)}`;
    case 'boolean':
    case 'number':
    case 'integer': {
      const wanted = shape.type === 'boolean' ? 'boolean' : 'number';
      return typeof value === wanted ? undefined : `expected ${EXPECTED[shape.type]}, got ${shown(value)}`;
    }
    default:
      return undefined;
  }
}

/** The first thing in an applied configuration that its shape does not allow, as the API server says it. */
export function typingProblem(shape: Shape, value: Json, path = ''): string | undefined {
  if (value === null || shape.type === 'anything') return undefined;
  if (shape.type === 'object' || shape.type === 'map') {
    if (!isJsonObject(value)) return `${path}: expected map, got &{${String(value)}}`;
    for (const [name, member] of Object.entries(value)) {
      const known = memberShape(shape, name);
      const problem = known
        ? typingProblem(known, member, `${path}.${name}`)
        : `${path}.${name}: field not declared in schema`;
      if (problem) return problem;
    }
    return undefined;
  }
  if (shape.type !== 'list') {
    const problem = scalarProblem(shape, value);
    return problem && `${path}: ${problem}`;
  }
  if (!isJsonArray(value)) return `${path}: expected list, got &{${String(value)}}`;
  return listProblem(shape, value, path);
}

function listProblem(
  shape: Extract<Shape, { type: 'list' }>,
  items: readonly Json[],
  path: string,
): string | undefined {
  const seen = new Set<PathStep>();
  for (const [index, item] of items.entries()) {
    const step = itemStep(shape, item);
    const at = shape.identity === 'none' ? `${path}[${index}]` : `${path}${pathText([step])}`;
    const problem = typingProblem(shape.item, item, at);
    if (problem) return problem;
    if (shape.identity !== 'none' && seen.has(step))
      return `${path}: duplicate entries for key ${pathText([step])}`;
    seen.add(step);
  }
  return undefined;
}

type Schema = {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
};

/** The keywords that are judged; a schema with another one is refused, so that none is passed over in silence. */
const JUDGED = new Set([
  '$ref',
  '$defs',
  '$schema',
  'title',
  'description',
  'type',
  'const',
  'enum',
  'pattern',
  'minimum',
  'required',
  'additionalProperties',
  'properties',
  'items',
]);

/** Where a value is not as a JSON schema says, for the keywords that our schemas use. */
export function schemaProblems(
  root: Schema,
  value: unknown,
  schema: Schema = root,
  at = '$',
): readonly string[] {
  const strange = Object.keys(schema).filter(keyword => !JUDGED.has(keyword));
  if (strange.length > 0) throw new Error(`the test knows no ${strange.join(', ')}`);
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/$defs/', '');
    const target = root.$defs?.[name];
    return target ? schemaProblems(root, value, target, at) : [`${at}: no definition ${name}`];
  }
  return [
    ...(hasType(schema.type, value) ? [] : [`${at}: is no ${schema.type}`]),
    ...('const' in schema && schema.const !== value ? [`${at}: is not ${schema.const}`] : []),
    ...(schema.enum && !schema.enum.includes(value) ? [`${at}: is none of ${schema.enum}`] : []),
    ...(isMismatch(schema.pattern, value) ? [`${at}: does not match`] : []),
    ...(isBelow(schema.minimum, value) ? [`${at}: is too small`] : []),
    ...memberProblems(root, value, schema, at),
  ];
}

/** As JSON Schema has it, a pattern is about strings alone, and a minimum about numbers. */
function isMismatch(pattern: string | undefined, value: unknown): boolean {
  return pattern !== undefined && typeof value === 'string' && !new RegExp(pattern).test(value);
}

function isBelow(minimum: number | undefined, value: unknown): boolean {
  return minimum !== undefined && typeof value === 'number' && value < minimum;
}

function hasType(type: Schema['type'], value: unknown): boolean {
  if (type === undefined) return true;
  const names = typeof type === 'string' ? [type] : type;
  return names.some(name => {
    if (name === 'null') return value === null;
    if (name === 'array') return Array.isArray(value);
    if (name === 'integer') return Number.isInteger(value);
    if (name === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
    return typeof value === name;
  });
}

function memberProblems(root: Schema, value: unknown, schema: Schema, at: string): readonly string[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.flatMap((item, index) => schemaProblems(root, item, items, `${at}[${index}]`)) : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const { required = [], properties = {}, additionalProperties = true } = schema;
  const missing = required.filter(name => !(name in value)).map(name => `${at}: lacks ${name}`);
  const members = Object.entries(value).flatMap(([name, member]) => {
    const known = properties[name];
    if (known) return schemaProblems(root, member, known, `${at}.${name}`);
    return additionalProperties ? [] : [`${at}: has ${name}`];
  });
  return [...missing, ...members];
}

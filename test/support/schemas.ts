import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PROJECT } from '../terminal/program.ts';

const folder = join(PROJECT, 'src', 'commands', 'schemas');

// By the name of its file: that is how one schema refers to another.
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, validateFormats: false });
for (const name of readdirSync(folder)) {
  ajv.addSchema(JSON.parse(readFileSync(join(folder, name), 'utf8')), name);
}

/** Where an answer for programs is not as the schema in that file says; empty where it is. */
export function schemaProblems(name: string, answer: unknown): readonly string[] {
  const validate = ajv.getSchema(name);
  if (!validate) throw new Error(`there is no schema ${name}`);
  validate(answer);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
}

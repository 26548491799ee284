// Writes the tables that follow from the code into the README, between their markers. A test fails while the two differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { keysAsMarkdown } from '../src/components/key-lookup.ts';
import { findingCodesAsMarkdown } from '../src/kube/finding-codes.ts';
import { commandsAsMarkdown } from '../src/session/typed-commands.ts';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));

function withTable(text, name, table) {
  const [before, rest] = text.split(`<!-- ${name} -->\n`);
  const after = rest?.split(`<!-- /${name} -->`)[1];
  if (after === undefined) throw new Error(`README.md has lost the markers of its table of ${name}`);
  return `${before}<!-- ${name} -->\n${table}\n<!-- /${name} -->${after}`;
}

const tables = {
  keys: keysAsMarkdown(),
  commands: commandsAsMarkdown(),
  codes: findingCodesAsMarkdown(),
};
const text = Object.entries(tables).reduce(
  (written, [name, table]) => withTable(written, name, table),
  readFileSync(readme, 'utf8'),
);
writeFileSync(readme, text);

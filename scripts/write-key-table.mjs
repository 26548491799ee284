// Writes the key map into the README, between its markers. A test fails while the two differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { keysAsMarkdown } from '../src/components/key-lookup.ts';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const text = readFileSync(readme, 'utf8');
const [before, rest] = text.split('<!-- keys -->\n');
const after = rest?.split('<!-- /keys -->')[1];
if (after === undefined) throw new Error('README.md has lost the markers of its key table');
writeFileSync(readme, `${before}<!-- keys -->\n${keysAsMarkdown()}\n<!-- /keys -->${after}`);

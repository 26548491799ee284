// The licences of what is bundled: they ask to be passed on with every copy.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * The text of THIRD-PARTY-LICENSES: each package that a file of the bundle comes from, with its licence files. Throws where
 * a package has neither a licence file nor names its licence.
 *
 * @param {string} root folder of this package
 * @param {{ readonly outputs: Record<string, { readonly inputs: Record<string, { readonly bytesInOutput: number }> }> }} metafile of esbuild
 */
export function thirdPartyLicences(root, metafile) {
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const folders = new Set(
    inputs.map(([file]) => packageFolderOf(file)).filter(folder => folder !== undefined),
  );
  const parts = [...folders].toSorted().map(folder => licenceOf(join(root, folder)));
  const title = 'weighbridge contains the following packages, under the licences that follow each.\n';
  return [title, ...parts].join(`\n${'-'.repeat(80)}\n\n`);
}

/** `node_modules/ink/build/ink.js` is of `node_modules/ink`; our own files are of none. */
function packageFolderOf(file) {
  return /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter(file => LICENCE_FILE.test(file));
  if (files.length === 0 && typeof license !== 'string') throw new Error(`${name} does not say its licence`);
  const texts = files.toSorted().map(file => readFileSync(join(folder, file), 'utf8').trim());
  return `${[`${name} ${version}`, `Licence: ${license ?? 'as follows'}`, ...texts].join('\n\n')}\n`;
}

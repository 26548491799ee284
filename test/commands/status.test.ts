import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { kubeconfigText } from '../support/kubeconfig-file.ts';
import { type Finished, runCommand } from './run-command.ts';

const schemas = join(import.meta.dirname, '..', '..', 'src', 'commands', 'schemas');
const isStatus = new Ajv2020({ allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(schemas, 'status.json'), 'utf8')),
);

/** What was answered with `-o json`, once it is known to be as the schema says. */
function answered({ stdout }: Pick<Finished, 'stdout'>) {
  const answer = JSON.parse(stdout);
  expect(isStatus(answer), JSON.stringify(isStatus.errors)).toBe(true);
  return answer;
}

function temporaryFile(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-status-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('a cluster that cannot be looked at', () => {
  const oneContext = () => temporaryFile('one', kubeconfigText('http://127.0.0.1:1', {}, {}));
  const rubbish = () => temporaryFile('rubbish', 'contexts: [{');
  it.each<[string, () => readonly string[], number, RegExp]>([
    ['no kubeconfig', () => [], 2, /There is no kubeconfig/],
    ['a kubeconfig that is not there', () => ['--kubeconfig', '/nowhere/x'], 2, /Can't read kubeconfig/],
    ['a kubeconfig that is rubbish', () => ['--kubeconfig', rubbish()], 2, /Can't read kubeconfig/],
    ['an empty kubeconfig', () => ['--kubeconfig', temporaryFile('empty', '')], 2, /Can't read kubeconfig/],
    ['a kubeconfig without contexts', () => ['--kubeconfig', temporaryFile('bare', 'a: 1')], 2, /no current/],
    ['no such context', () => ['--kubeconfig', oneContext(), '--context', 'y'], 2, /no context y/],
    ['a cluster that is away', () => ['--kubeconfig', oneContext()], 2, /nothing listens/],
    ['a demo that cannot be written', () => ['--demo', '--kubeconfig', '/nowhere/x'], 1, /Can't write/],
    ['a gateway that is none', () => ['--gateway', 'no url'], 1, /--gateway no url: it is no URL\.$/],
    ['a header that is none', () => ['--header', 'no header'], 1, /--header no header: /],
    ['certificates that are none', () => ['--gateway-ca', '/nowhere/x'], 1, /--gateway-ca \/nowhere\/x: /],
    ['several routes', () => ['--demo', '--route', 'another'], 1, /no route another/],
    ['another VirtualService', () => ['--demo', 'another'], 1, /another/],
  ])('%s is told with what to do', async (_, args, code, headline) => {
    const ended = await runCommand(['status', ...args(), '-o', 'json']);
    const { error, exitCode } = answered(ended);
    expect({ code: ended.code, exitCode }).toEqual({ code, exitCode: code });
    expect(error.headline).toMatch(headline);
    expect(error.nextStep).toMatch(/^[A-Z].+\.$/);
    expect(ended.stderr).toBe(`${error.headline} ${error.nextStep}\n`);
  });
});

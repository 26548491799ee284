import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { schemaProblems } from '../support/schemas.ts';
import { runCommand } from './run-command.ts';

/** The schema of what each verb answers for programs, and what it takes at least. */
const VERBS = [
  ['canary', 'canary.json', ['--to', 'v2']],
  ['doctor', 'doctor.json', []],
  ['report', 'report.json', []],
  ['shift', 'shift.json', ['v2=20']],
  ['status', 'status.json', []],
  ['tutorial', 'tutorial.json', []],
  ['version', 'version.json', []],
] as const;

/** Verbs that have nothing to say in JSON, and words that are no verb. */
const NO_ANSWER = ['completion', 'demo', 'open', 'statsu', '--read-only'];

describe.each(VERBS)('%s -o json', (verb, schema, least) => {
  it('answers a flag that there is none of with a document of its schema', async () => {
    const { code, stdout, stderr } = await runCommand([verb, ...least, '--nonsense', '-o', 'json']);
    const answer = JSON.parse(stdout);
    expect(schemaProblems(schema, answer)).toEqual([]);
    expect({ code, ...answer }).toMatchObject({
      code: 1,
      version: 1,
      verb,
      exitCode: 1,
      error: {
        headline: `Can't run weighbridge ${verb}: unknown option '--nonsense'.`,
        nextStep: `See weighbridge ${verb} --help.`,
      },
    });
    expect(stderr).toBe(`${answer.error.headline} ${answer.error.nextStep}\n`);
  });

  it('answers a format that there is none of for people alone', async () => {
    const { code, stdout, stderr } = await runCommand([verb, ...least, '-o', 'toml']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/argument 'toml' is invalid\. Allowed choices are text, json/);
  });
});

describe.each(VERBS.filter(([verb]) => verb !== 'report' && verb !== 'version'))(
  '%s -o json on the demo cluster',
  (verb, schema, least) => {
    it('answers a scenario that there is none of with a document of its schema', async () => {
      const args = [verb, ...least, '--scenario', 'nope', '-o', 'json'];
      const { code, stdout, stderr } = await runCommand(args);
      const answer = JSON.parse(stdout);
      expect(schemaProblems(schema, answer)).toEqual([]);
      expect({ code, exitCode: answer.exitCode }).toEqual({ code: 1, exitCode: 1 });
      expect(stderr).toMatch(/^Can't open the demo scenario nope: .* Choose one of .*healthy/);
    });

    it('answers a context that there is none of with a document of its schema', async () => {
      const args = [verb, ...least, '--context', 'nowhere', '-o', 'json'];
      const { stdout } = await runCommand(args);
      expect(schemaProblems(schema, JSON.parse(stdout))).toEqual([]);
    });
  },
);

describe.each(NO_ANSWER)('weighbridge %s -o json', words => {
  it('answers with a failure and what to use in its place', async () => {
    const { code, stdout, stderr } = await runCommand([words, '-o', 'json']);
    const answer = JSON.parse(stdout);
    expect(schemaProblems('error.json', answer)).toEqual([]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--help/);
  });
});

describe('weighbridge -o json', () => {
  it('names the verbs that answer without a screen', async () => {
    const { code, stdout, stderr } = await runCommand(['-o', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ verb: 'open', exitCode: 1 });
    expect(stderr).toContain('weighbridge status');
    expect(stderr).toContain('weighbridge shift v2=20');
  });
});

describe('a canary as lines of JSON', () => {
  it.each([
    [[], "Can't run weighbridge canary: required option '--to <version>' not specified."],
    [['--to', 'v2', '--steps', '0'], /option '--steps <weights>' argument '0' is invalid\. Give whole/],
    [['--to', 'v2', '--rate', '0'], /option '--rate <number>' argument '0' is invalid\. Give a number/],
    [['--to', 'v2', 'one', 'more'], /too many arguments/],
    [['--to', 'v2', '--confirm'], "Can't use --confirm: there is no terminal to ask on."],
    [['--to', 'v2', '--host', 'a b'], "Can't use --host a b: it is no host name."],
  ])('ends with one line where its command line is %j', async (args, headline) => {
    const { code, stdout } = await runCommand(['canary', ...args, '-o', 'json']);
    expect(stdout.split('\n')).toHaveLength(2);
    const line = JSON.parse(stdout);
    expect(schemaProblems('canary.json', line)).toEqual([]);
    expect({ code, ...line }).toMatchObject({ code: 1, exitCode: 1, event: 'ended', outcome: 'not-begun' });
    expect(line.error.headline).toMatch(headline);
    expect(line.error.nextStep).toMatch(/^[A-Z].+\.$/);
  });
});

describe('-o yaml', () => {
  it.each(['doctor', 'report', 'shift', 'status', 'tutorial', 'version'])(
    'says the same of a failure of %s',
    async verb => {
      const json = await runCommand([verb, '--nonsense', '-o', 'json']);
      const yaml = await runCommand([verb, '--nonsense', '-o', 'yaml']);
      expect(load(yaml.stdout)).toEqual(JSON.parse(json.stdout));
    },
  );
});

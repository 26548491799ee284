import { PassThrough } from 'node:stream';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Io } from '../../src/commands/io.ts';
import { createProgram } from '../../src/commands/program.ts';
import { version } from '../../src/version.ts';
import { schemaProblems } from '../support/schemas.ts';
import { runCommand } from './run-command.ts';

const stream = () => new PassThrough() as unknown as NodeJS.WriteStream;
const io = { stdout: stream(), stderr: stream(), env: {} } as unknown as Io;

/** The program with verbs that do nothing, so that command lines are parsed and not run. */
function idleProgram(onRun: (verb: string) => void): Command {
  const program = createProgram(io, () => undefined);
  for (const verb of program.commands) verb.action(() => onRun(verb.name()));
  return program;
}

const verbs = createProgram(io, () => undefined).commands.map(verb => verb.name());

async function helpOf(verb: string): Promise<string> {
  const { code, stdout } = await runCommand([verb, '--help']);
  expect(code).toBe(0);
  return stdout;
}

/** The command lines of the examples that call weighbridge, without what the shell does around them. */
function examplesOf(help: string): readonly string[] {
  return [...help.matchAll(/^ {2}\$ (.*)$/gm)].flatMap(([, line = '']) => {
    const [, ours] = /\bweighbridge\b(.*?)(?:[)>|;&]|$)/.exec(line) ?? [];
    return ours === undefined ? [] : [ours.trim()];
  });
}

/** As a shell would split it, for lines that quote with apostrophes alone. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}

describe.each(verbs)('the help of %s', verb => {
  it('says what it does, every flag, its exit codes and two examples or more', async () => {
    const help = await helpOf(verb);
    expect(help).toMatch(/^Usage: weighbridge /);
    const command = createProgram(io, () => undefined).commands.find(other => other.name() === verb);
    expect(command?.description()).toMatch(/\w{3}/);
    for (const { long, description } of command?.options ?? []) {
      expect(help).toContain(long);
      expect(description).not.toBe('');
    }
    for (const argument of command?.registeredArguments ?? []) expect(argument.description).not.toBe('');
    expect(help).toMatch(/^Exit codes:\n {2}0 /m);
    expect(examplesOf(help).length).toBeGreaterThanOrEqual(2);
  });

  it('has examples that are command lines of it', async () => {
    for (const example of examplesOf(await helpOf(verb))) {
      const ran: string[] = [];
      const program = idleProgram(name => ran.push(name));
      try {
        await program.parseAsync(wordsOf(example), { from: 'user' });
      } catch (error) {
        throw error instanceof CommanderError ? new Error(`${example}: ${error.message}`) : error;
      }
      expect({ example, ran }).toEqual({ example, ran: [verb] });
    }
  });

  it('fits 80 columns, but for examples', async () => {
    const wide = (await helpOf(verb)).split('\n').filter(line => line.length > 80 && !/^ {2}[$#]/.test(line));
    expect(wide).toEqual([]);
  });
});

describe('the help of the program', () => {
  it('names every verb, the exit codes, examples, and where there is more', async () => {
    const { code, stdout } = await runCommand(['--help']);
    expect(code).toBe(0);
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^  ${verb} `, 'm'));
    expect(stdout).toMatch(/^Exit codes:\n {2}0 /m);
    expect(stdout).toContain('weighbridge VERB --help');
    expect(stdout.split('\n').filter(line => line.length > 80)).toEqual([]);
  });
});

describe('a verb that only looks', () => {
  const writing = ['--read-only', '--override-owner'];
  const sampling = ['--rate', '--version-header'];

  it.each([
    ['status', writing],
    ['doctor', [...writing, ...sampling]],
    ['report', [...writing, ...sampling]],
  ])('%s takes none of %j', async (verb, flags) => {
    const help = await helpOf(verb);
    for (const flag of flags) expect(help).not.toContain(flag);
  });
});

describe('version', () => {
  it('is one line for people', async () => {
    const { code, stdout, stderr } = await runCommand(['version']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^weighbridge \d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+, \w+ \w+\)\n$/);
  });

  it('is for programs what its schema describes', async () => {
    const { code, stdout } = await runCommand(['version', '-o', 'json']);
    const json = JSON.parse(stdout);
    expect({ code, problems: schemaProblems('version.json', json) }).toEqual({ code: 0, problems: [] });
    expect(json.weighbridge).toBe(version);
  });
});

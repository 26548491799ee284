import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Candidates, completionPlace } from '../../src/commands/completion-place.ts';
import type { Io } from '../../src/commands/io.ts';
import { createProgram } from '../../src/commands/program.ts';
import { RUN_TO } from '../../src/tutorial/step.ts';

const stream = () => new PassThrough() as unknown as NodeJS.WriteStream;
const io = { stdout: stream(), stderr: stream(), env: {} } as unknown as Io;

/** What is offered for a line as it is typed, the cursor at its end. */
function offered(line: string): Candidates {
  return completionPlace(
    createProgram(io, () => undefined),
    line.split(' '),
  ).candidates;
}

function words(line: string): readonly string[] {
  const candidates = offered(line);
  return candidates.kind === 'words' ? candidates.words.map(({ value }) => value) : [];
}

describe('what may stand at a place of the command line', () => {
  it('is a verb at first, each with a sentence', () => {
    const candidates = offered('');
    expect(words('')).toEqual(
      expect.arrayContaining(['open', 'demo', 'doctor', 'tutorial', 'completion', 'version']),
    );
    expect(candidates).toMatchObject({
      words: expect.arrayContaining([
        { value: 'version', description: expect.stringContaining('which release') },
      ]),
    });
  });

  it.each<readonly [string, Candidates['kind']]>([
    ['doctor ', 'virtual-services'],
    ['doctor my', 'virtual-services'],
    ['open ', 'virtual-services'],
    ['doctor myapp ', 'nothing'],
    ['doctor --context ', 'contexts'],
    ['doctor --context=', 'contexts'],
    ['--context ', 'contexts'],
    ['--context minikube ', 'virtual-services'],
    ['doctor -n ', 'namespaces'],
    ['doctor --namespace ', 'namespaces'],
    ['doctor -i ', 'namespaces'],
    ['doctor --kubeconfig ', 'files'],
    ['open --record ', 'files'],
    ['demo --scenario ', 'scenarios'],
    ['canary --rate ', 'nothing'],
    ['canary --rate 5 --demo ', 'virtual-services'],
    ['doctor --no-such-flag ', 'virtual-services'],
    ['demo ', 'nothing'],
    ['nothing-like-this -n ', 'namespaces'],
    ['canary --to ', 'versions'],
    ['canary --steps ', 'nothing'],
    ['shift myapp ', 'versions'],
    ['shift v1=20 ', 'versions'],
  ])('%j is %s', (line, kind) => {
    expect(offered(line).kind).toBe(kind);
  });

  it('is one of the choices of a flag or of an argument', () => {
    expect(words('doctor -o ')).toEqual(['text', 'json', 'yaml']);
    expect(words('doctor --output=')).toEqual(['text', 'json', 'yaml']);
    expect(words('tutorial --through ')).toEqual(RUN_TO);
    expect(words('completion ')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('is a flag of the verb behind a dash', () => {
    expect(words('doctor -')).toEqual(expect.arrayContaining(['--context', '--output', '--help']));
    expect(words('shift myapp --o')).toContain('--override-owner');
    expect(words('version --')).not.toContain('--context');
  });

  it('knows what was typed before, and what of a word is the flag', () => {
    const program = createProgram(io, () => undefined);
    expect(completionPlace(program, ['doctor', '-n', 'shop', 'myapp', '--context=mini'])).toMatchObject({
      prefix: '--context=',
      typed: 'mini',
      flags: new Map([['--namespace', 'shop']]),
      args: ['myapp'],
    });
  });

  it('is a version with a weight behind it where weights are, and without one where a version is', () => {
    expect(offered('shift ')).toEqual({ kind: 'virtual-services', orVersions: true });
    expect(offered('canary ')).toEqual({ kind: 'virtual-services', orVersions: false });
    expect(offered('shift myapp ')).toEqual({ kind: 'versions', suffix: '=' });
    expect(offered('shift myapp v1=20 v')).toEqual({ kind: 'versions', suffix: '=' });
    expect(offered('canary --to ')).toEqual({ kind: 'versions', suffix: '' });
  });
});

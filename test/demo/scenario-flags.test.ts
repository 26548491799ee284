import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hostDemo } from '../../src/commands/demo-host.ts';
import type { Io } from '../../src/commands/io.ts';
import { run } from '../../src/commands/program.ts';
import { SCENARIOS } from '../../src/demo/scenarios/scenarios.ts';
import { requestApi } from './cluster.ts';

/** Runs one command line without a terminal. */
async function runCommand(...args: readonly string[]) {
  const said = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof said) => ({
    write: (text: string) => {
      said[name] += text;
      return true;
    },
  });
  const io = { stdin: {}, stdout: stream('stdout'), stderr: stream('stderr'), env: {} } as unknown as Io;
  return { code: await run(args, io), ...said };
}

describe('weighbridge demo', () => {
  it('--list names each scenario with a sentence', async () => {
    const { code, stdout, stderr } = await runCommand('demo', '--list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map(line => line.replace(/ {2,}/, ': '))).toEqual(
      SCENARIOS.map(({ name, summary }) => `${name}: ${summary}`),
    );
  });

  it('--scenario with an unknown name says which there are', async () => {
    const { code, stdout, stderr } = await runCommand('demo', '--serve', '--scenario', 'sunny');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Can't open the demo scenario sunny: .* Choose one of healthy, empty, .*\.\n$/);
  });

  it('--pods wants a number', async () => {
    expect((await runCommand('demo', '--pods', 'many')).code).toBe(1);
  });

  it('hosts the scenario that is asked for', async () => {
    const demo = await hostDemo({ scenario: 'crowded', pods: 10 });
    expect(readFileSync(demo.kubeconfig, 'utf8')).toBe(demo.cluster.kubeconfig);
    const { body } = await requestApi(demo.cluster, '/api/v1/namespaces/default/pods');
    expect((body as { items: readonly unknown[] }).items.length).toBe(12);
    await demo.stop();
  });
});

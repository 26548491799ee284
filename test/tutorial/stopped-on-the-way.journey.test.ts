import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext, vi } from 'vitest';
import { type StandInMachine, standInMachine } from '../support/stand-ins/machine.ts';
import { isRunning } from '../terminal/processes.ts';
import { builtProgram } from '../terminal/program.ts';

const LONG = { timeout: 90_000 };

type Running = { readonly kill: (signal: NodeJS.Signals) => void; readonly ended: Promise<Ended> };
type Ended = { readonly exit: number | NodeJS.Signals | null; readonly stderr: string };

/** The program as it is shipped, in a process of its own. */
function start(machine: StandInMachine, ...args: readonly string[]): Running {
  const child = spawn(process.execPath, [builtProgram(), 'tutorial', ...args], {
    env: machine.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>(resolve => {
    child.once('close', (code, signal) => resolve({ exit: code ?? signal, stderr }));
  });
  return { kill: signal => child.kill(signal), ended };
}

async function nextStep(machine: StandInMachine): Promise<string> {
  return JSON.parse((await machine.tutorial('--json')).stdout).next;
}

const gone = (ids: readonly number[], { expect }: Pick<TestContext, 'expect'>) =>
  vi.waitFor(() => expect(ids.filter(isRunning)).toEqual([]), 20_000);

describe.skipIf(process.platform === 'win32')('the tutorial that is stopped', LONG, () => {
  it.concurrent('while it looks for the tools leaves no process, and looks again', async context => {
    const { expect, onTestFinished } = context;
    const machine = await standInMachine(onTestFinished);
    const note = join(machine.folder, 'docker-hangs');
    await machine.put('docker', `#!/bin/sh\nPATH=/bin:/usr/bin\necho $$ > '${note}'\nsleep 600\n`);
    const run = start(machine, '--through', 'tools', '--yes');
    const id = await vi.waitFor(async () => {
      const written = Number(await readFile(note, 'utf8'));
      expect(written).toBeGreaterThan(0);
      return written;
    }, 20_000);
    run.kill('SIGINT');
    expect((await run.ended).exit).toBe(130);
    await gone([id], context);
    await machine.put('docker', `#!/bin/sh\nprintf '%s\\n' '{"MemTotal":16000000000,"NCPU":8}'\n`);
    expect((await machine.tutorial('--through', 'tools', '--yes')).code).toBe(0);
    expect(await nextStep(machine)).toBe('cluster');
  });

  it.concurrent('while minikube starts leaves no process, and starts the same cluster again', async context => {
    const { expect, onTestFinished } = context;
    const machine = await standInMachine(onTestFinished);
    await machine.minikube({ hangsAt: 'Creating Container' });
    const run = start(machine, '--through', 'cluster', '--yes');
    const hanging = await machine.hanging();
    run.kill('SIGINT');
    const { exit, stderr } = await run.ended;
    expect(exit).toBe(130);
    expect(stderr).toContain('Step 2, A cluster, fails. minikube start was stopped.');
    await gone(hanging, context);
    await machine.minikube({});
    expect(await nextStep(machine)).toBe('cluster');
    expect((await machine.tutorial('--through', 'cluster', '--yes')).code).toBe(0);
    expect((await machine.calls()).at(-1)).toBe('minikube start -p minikube -o json');
    expect(await nextStep(machine)).toBe('istio');
  });

  it.concurrent('while istioctl installs leaves no process, and goes on with the installation', async context => {
    const { expect, onTestFinished } = context;
    const machine = await standInMachine(onTestFinished);
    await machine.istioctl({ hangsAfter: 'istiod' });
    const run = start(machine, '--through', 'istio', '--yes');
    const hanging = await machine.hanging();
    run.kill('SIGTERM');
    expect((await run.ended).exit).toBe(143);
    await gone(hanging, context);
    await machine.istioctl({});
    expect(await nextStep(machine)).toBe('istio');
    expect((await machine.tutorial('--through', 'istio', '--yes')).code).toBe(0);
    expect((await machine.calls()).map(call => call.split(' ')[0])).toEqual([
      'minikube',
      'istioctl',
      'istioctl',
    ]);
    expect(await nextStep(machine)).toBe('versions');
  });

  it.concurrent('without a chance to tidy up goes on with what there is', async context => {
    const { expect, onTestFinished } = context;
    const machine = await standInMachine(onTestFinished);
    await machine.minikube({ hangsAt: 'Preparing Kubernetes' });
    const run = start(machine, '--through', 'cluster', '--yes');
    const hanging = await machine.hanging();
    // The computer goes down: nobody ends anybody in order.
    run.kill('SIGKILL');
    for (const id of hanging) process.kill(id, 'SIGKILL');
    expect((await run.ended).exit).toBe('SIGKILL');
    await machine.minikube({});
    expect(await nextStep(machine)).toBe('cluster');
    expect((await machine.tutorial('--through', 'cluster', '--yes')).code).toBe(0);
    expect(await nextStep(machine)).toBe('istio');
  });
});

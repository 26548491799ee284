import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineMachine } from '../../src/tutorial/examine-machine.ts';
import type { Machine } from '../../src/tutorial/facts.ts';
import { judgeTools } from '../../src/tutorial/tools.ts';
import { eventually } from '../support/eventually.ts';
import {
  ALL_TOOLS,
  docker,
  dockerWithoutDaemon,
  type FakeTools,
  istioctl,
  kubectl,
  minikube,
  pathOf,
} from '../support/fake-tools.ts';
import { manifests } from '../support/tutorial-cluster.ts';
import { isRunning } from '../terminal/processes.ts';

const never = new AbortController().signal;

async function examine(tools: FakeTools, deadlineMs = 10_000, signal = never): Promise<Machine> {
  return examineMachine({ PATH: await pathOf(tools) }, signal, deadlineMs);
}

const NO_CLUSTER = { kind: 'none', reason: 'There is no kubeconfig.', nextStep: '' } as const;

/** What step 1 says of a machine on which nothing of a cluster is known. */
const troublesOf = (machine: Machine) =>
  judgeTools({ machine, cluster: NO_CLUSTER, manifests }).troubles.map(
    ({ id, sentence }) => `${id}: ${sentence}`,
  );

/** Each thing that goes wrong with a tool, as its stand-in does it, and the sentence that the person reads. */
const FAILURES: readonly (readonly [what: string, tools: FakeTools, said: readonly string[]])[] = [
  ['everything is there', ALL_TOOLS, []],
  ['minikube is missing', without('minikube'), ['tool-missing: minikube is not on the PATH.']],
  ['kubectl is missing', without('kubectl'), ['tool-missing: kubectl is not on the PATH.']],
  ['istioctl is missing', without('istioctl'), ['tool-missing: istioctl is not on the PATH.']],
  [
    'istioctl is from before networking.istio.io/v1',
    { ...ALL_TOOLS, istioctl: istioctl('1.18.7') },
    [
      'tool-old: istioctl 1.18.7 is too old, 1.22.0 is the oldest that will do: older ones install an Istio without networking.istio.io/v1.',
    ],
  ],
  [
    'kubectl is from before server-side apply',
    { ...ALL_TOOLS, kubectl: kubectl('v1.21.14') },
    [
      'tool-old: kubectl 1.21.14 is too old, 1.22.0 is the oldest that will do: older ones have no server-side apply.',
    ],
  ],
  ['istioctl is built from source', { ...ALL_TOOLS, istioctl: istioctl('86c9f01-dirty') }, []],
  [
    'kubectl fails',
    {
      ...ALL_TOOLS,
      kubectl: "console.error('first\\nerror: \\u001b[31mbroken\\u001b[0m.');process.exitCode = 3;",
    },
    ['tool-failed: kubectl does not say its version: it ended with 3: error: broken.'],
  ],
  [
    'kubectl is killed',
    { ...ALL_TOOLS, kubectl: "process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 10000);" },
    ['tool-failed: kubectl does not say its version: it ended with SIGKILL.'],
  ],
  [
    'kubectl says half of what it should',
    { ...ALL_TOOLS, kubectl: 'process.stdout.write(\'{\\"clientVersion\\": {\\"gitVer\');' },
    ['tool-failed: kubectl does not say its version: what it says cannot be read.'],
  ],
  [
    'minikube is another program',
    { ...ALL_TOOLS, minikube: 'console.log(\'{\\"hello\\": 1}\');' },
    ['tool-failed: minikube does not say its version: what it says cannot be read.'],
  ],
  [
    'no driver is installed',
    without('docker'),
    ['no-driver: No driver of minikube is installed (looked for docker, kvm2, podman, virtualbox).'],
  ],
  [
    "docker's daemon does not run",
    { ...ALL_TOOLS, docker: dockerWithoutDaemon },
    [
      'no-driver: No driver of minikube works. docker: it does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running.',
    ],
  ],
  [
    'docker may not be used',
    {
      ...ALL_TOOLS,
      docker: "console.error('permission denied while trying to connect');process.exitCode = 1;",
    },
    [
      'no-driver: No driver of minikube works. docker: it ended with 1: permission denied while trying to connect.',
    ],
  ],
];

function without(name: string): FakeTools {
  return Object.fromEntries(Object.entries(ALL_TOOLS).filter(([tool]) => tool !== name));
}

describe.skipIf(process.platform !== 'linux')('the tools of a machine', () => {
  it.each(FAILURES)('are judged where %s', async (_what, tools, said) => {
    expect(troublesOf(await examine(tools))).toEqual(said);
  });

  it('are known by their versions, the driver by what it has, and minikube by its clusters', async () => {
    const profile = {
      Name: 'minikube',
      Status: 'Stopped',
      Config: { Driver: 'docker', Memory: 8192, CPUs: 4 },
    };
    const machine = await examine({ ...ALL_TOOLS, minikube: minikube('v1.37.0', [profile]) });
    expect(machine.tools).toEqual({
      minikube: { kind: 'found', version: '1.37.0' },
      kubectl: { kind: 'found', version: '1.36.3' },
      istioctl: { kind: 'found', version: '1.30.3' },
    });
    expect(machine.drivers[0]).toEqual({ kind: 'works', name: 'docker', memoryMb: 15_258, cpus: 8 });
    expect(machine.profiles).toEqual([
      { name: 'minikube', status: 'Stopped', driver: 'docker', memoryMb: 8192, cpus: 4 },
    ]);
  });

  it('that hang are given up at the deadline, and nothing that they started is left', async () => {
    const note = join(tmpdir(), `weighbridge-hanging-${process.pid}`);
    const hanging = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
process.on('SIGTERM', () => {});
require('node:fs').writeFileSync(${JSON.stringify(note)}, process.pid + ' ' + child.pid);
setInterval(() => {}, 1000);`;
    const machine = await examine({ ...ALL_TOOLS, kubectl: hanging }, 1_500);
    expect(machine.tools.kubectl).toEqual({ kind: 'failed', reason: 'it gave no answer in time' });
    await untilGone(note);
  });

  it('are left alone when the person leaves, and nothing of them is left', async () => {
    const note = join(tmpdir(), `weighbridge-left-${process.pid}`);
    const hanging = `require('node:fs').writeFileSync(${JSON.stringify(note)}, String(process.pid)); setInterval(() => {}, 1000);`;
    const leaving = new AbortController();
    const examined = examine({ ...ALL_TOOLS, docker: hanging }, 20_000, leaving.signal);
    await eventually(async () => expect(await readFile(note, 'utf8')).toMatch(/\d+/));
    leaving.abort();
    await examined;
    await untilGone(note);
  });

  it('that say more than anybody reads cost no more than the part that is kept', async () => {
    const endless =
      "const line = 'x'.repeat(65536) + '\\n'; for (let i = 0; i < 100; i += 1) process.stdout.write(line);";
    const machine = await examine({ ...ALL_TOOLS, docker: endless });
    expect(machine.drivers[0]).toEqual({
      kind: 'failed',
      name: 'docker',
      reason: 'it does not say how much memory it has',
    });
  });

  it('has a driver with little memory, which is said in the step of the cluster', async () => {
    const machine = await examine({ ...ALL_TOOLS, docker: docker(2_000_000_000, 2) });
    expect(machine.drivers[0]).toMatchObject({ kind: 'works', memoryMb: 1907, cpus: 2 });
  });
});

async function untilGone(note: string): Promise<void> {
  const ids = (await readFile(note, 'utf8')).split(' ').map(Number);
  await rm(note);
  expect(ids.length).toBeGreaterThan(0);
  await eventually(() => expect(ids.filter(isRunning)).toEqual([]));
}

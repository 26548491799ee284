import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { programRunner, QUIET_MS } from '../../src/session/tutorial-machine.ts';
import { istioctlFailure } from '../../src/tutorial/istioctl-failure.ts';
import { minikubeFailure } from '../../src/tutorial/minikube-failure.ts';
import type { ProgramEnd } from '../../src/tutorial/program-end.ts';
import type { RunFailure } from '../../src/tutorial/step-run.ts';
import { manifestsFolder } from '../support/demo-session.ts';
import { ManualClock } from '../support/manual-clock.ts';
import type { IstioctlBehaviour } from '../support/stand-ins/istioctl.ts';
import { type StandInMachine, standInMachine } from '../support/stand-ins/machine.ts';
import { errorEvent, minikubeScript, stepEvent } from '../support/stand-ins/minikube-script.ts';
import { isRunning } from '../terminal/processes.ts';

/** Something that goes wrong on a machine, and how far the tutorial is to go there. */
type Row = {
  readonly what: string;
  readonly through?: 'tools' | 'cluster' | 'istio';
  readonly flags?: readonly string[];
  readonly break: (machine: StandInMachine) => Promise<unknown>;
};

const says = (json: object) => `#!/bin/sh\nprintf '%s\\n' '${JSON.stringify(json)}'\n`;
const failsWith = (code: number, words: string) => `#!/bin/sh\necho '${words}' >&2\nexit ${code}\n`;
const kubectl = (gitVersion: string) => says({ clientVersion: { gitVersion } });
const istioctl = (version: string) => says({ clientVersion: { version } });
const docker = (MemTotal: number, NCPU: number) => says({ MemTotal, NCPU, ServerErrors: null });

const TOOLS: readonly Row[] = [
  { what: 'minikube is not installed', break: machine => machine.remove('minikube') },
  { what: 'kubectl is not installed', break: machine => machine.remove('kubectl') },
  { what: 'istioctl is not installed', break: machine => machine.remove('istioctl') },
  {
    what: 'minikube is from 2021',
    break: machine => machine.put('minikube', minikubeScript({ version: 'v1.24.0' })),
  },
  {
    what: 'kubectl is from before server-side apply',
    break: machine => machine.put('kubectl', kubectl('v1.21.14')),
  },
  {
    what: 'istioctl is from before networking.istio.io/v1',
    break: machine => machine.put('istioctl', istioctl('1.18.7')),
  },
  {
    what: 'kubectl fails',
    break: machine => machine.put('kubectl', failsWith(3, 'error: broken.')),
  },
  { what: 'kubectl is killed', break: machine => machine.put('kubectl', '#!/bin/sh\nkill -9 $$\n') },
  {
    what: 'istioctl says half of what it should',
    break: machine => machine.put('istioctl', `#!/bin/sh\nprintf '%s' '{"clientVersion": {"ver'\n`),
  },
  { what: 'minikube is another program', break: machine => machine.put('minikube', says({ hello: 1 })) },
  { what: 'no driver is installed', break: machine => machine.remove('docker') },
  {
    what: "docker's daemon does not run",
    break: machine =>
      machine.put(
        'docker',
        says({
          ServerErrors: [
            'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
          ],
        }),
      ),
  },
  {
    what: 'docker may not be used',
    break: machine => machine.put('docker', failsWith(1, 'permission denied while trying to connect')),
  },
];

const START = [
  stepEvent(0, 'Initial Minikube Setup', 'minikube v1.38.1 on Debian 12.11'),
  stepEvent(1, 'Selecting Driver', 'Using the docker driver based on user configuration'),
];
const small = { Name: 'minikube', Status: 'Stopped', Config: { Driver: 'docker', Memory: 2200, CPUs: 2 } };

const starts = (script: Parameters<typeof minikubeScript>[0]) => (machine: StandInMachine) =>
  machine.put('minikube', minikubeScript(script));

const CLUSTER: readonly Row[] = [
  {
    what: 'the driver has too little memory',
    break: machine => machine.put('docker', docker(3_000_000_000, 2)),
  },
  {
    what: 'Docker Desktop refuses more than it has',
    break: starts({
      start: [
        ...START,
        errorEvent('MK_USAGE', 64, 'Docker Desktop has only 7591MB memory but you specified 8192MB'),
      ],
      end: 64,
    }),
  },
  {
    what: 'Docker Desktop has not enough for Kubernetes',
    break: starts({
      start: [
        ...START,
        errorEvent(
          'RSRC_DOCKER_MEMORY',
          23,
          'Docker Desktop only has 1985MiB available, less than the required 1800MiB for Kubernetes',
          '1. Click on "Docker for Desktop" menu icon\n\t\t\t2. Click "Preferences"\n\t\t\t3. Click "Resources"\n\t\t\t4. Increase "Memory" slider bar to 2.25 GB or higher\n\t\t\t5. Click "Apply & Restart"',
          'https://docs.docker.com/docker-for-mac/#resources',
        ),
      ],
      end: 23,
    }),
  },
  {
    what: 'no driver is healthy',
    break: starts({
      start: [
        ...START,
        errorEvent(
          'PROVIDER_DOCKER_NOT_RUNNING',
          69,
          '"docker version --format <no value>-<no value>:<no value>" exit status 1: Cannot connect to the Docker daemon',
          'Start the Docker service',
          'https://minikube.sigs.k8s.io/docs/drivers/docker/',
        ),
      ],
      end: 69,
    }),
  },
  {
    what: 'the base image cannot be pulled',
    break: starts({
      start: [
        ...START,
        stepEvent(5, 'Pulling Base Image', 'Pulling base image v0.0.48 ...'),
        ['warning', { message: 'minikube was unable to download gcr.io/k8s-minikube/kicbase:v0.0.48' }],
        errorEvent(
          'GUEST_PROVISION',
          80,
          'error provisioning guest: Failed to start host: failed to download kic base image',
        ),
      ],
      end: 80,
    }),
  },
  {
    what: 'Kubernetes does not come up in time',
    break: starts({
      start: [
        ...START,
        stepEvent(11, 'Preparing Kubernetes', 'Preparing Kubernetes v1.36.3 on Docker 29.1.3 ...'),
        errorEvent(
          'K8S_APISERVER_MISSING',
          105,
          'wait 6m0s for node: wait for apiserver proc: apiserver process never appeared',
          'Check that the provided apiserver flags are valid, and that SELinux is disabled',
        ),
      ],
      end: 105,
    }),
  },
  {
    what: 'minikube crashes',
    break: starts({
      start: START,
      stderr: 'panic: runtime error: invalid memory address or nil pointer dereference',
      end: 2,
    }),
  },
  {
    what: 'minikube ends in the middle of an event',
    break: starts({ start: [...START, '{"specversion":"1.0","type":"io.k8s.sigs.minik'], end: 1 }),
  },
  { what: 'minikube is killed', break: starts({ start: START, end: 'kills itself' }) },
  {
    what: 'minikube succeeds and writes no context',
    break: starts({ start: [...START, stepEvent(19, 'Done', 'Done!')] }),
  },
  { what: 'the cluster that there is has too little memory', break: starts({ profiles: [small] }) },
  {
    what: 'the context that was named does not answer',
    flags: ['--context', 'staging'],
    break: async () => undefined,
  },
  {
    what: 'nothing may be changed',
    flags: ['--read-only'],
    break: async () => undefined,
  },
];

const behaves = (behaviour: IstioctlBehaviour) => (machine: StandInMachine) => machine.istioctl(behaviour);
const installFails = (script: string) => (machine: StandInMachine) =>
  machine.put(
    'istioctl',
    `#!/bin/sh\ncase "$1" in version) printf '%s\\n' '{"clientVersion":{"version":"1.30.3"}}';; *) ${script};; esac\n`,
  );

const ISTIO: readonly Row[] = [
  {
    what: 'the cluster refuses what istioctl installs',
    break: installFails(
      'echo \'Error: failed to install manifests: errors occurred during operation: namespaces is forbidden: User "dev" cannot create resource "namespaces"\' >&2; exit 1',
    ),
  },
  { what: 'istioctl is killed', break: installFails('kill -9 $$') },
  { what: 'istiod finds no memory on the node', break: behaves({ memory: '16Gi' }) },
  { what: "Istio's images cannot be pulled", break: behaves({ imageTag: '9.9.9' }) },
  {
    what: 'the context is protected, and was not named',
    flags: ['--kubeconfig', 'PROTECTED'],
    break: async () => undefined,
  },
];

type Tried = { readonly step: string; readonly what: string; readonly said: string };

/** The last line that a person reads, with what differs from run to run taken out. */
async function tried(row: Row, through: string, kubeconfig: string | undefined): Promise<Tried> {
  const machine = await standInMachine();
  const named = join(machine.folder, 'protected');
  if (kubeconfig !== undefined) {
    await mkdir(dirname(machine.kubeconfig), { recursive: true });
    await writeFile(machine.kubeconfig, kubeconfig);
    await writeFile(named, kubeconfig.replaceAll('minikube', 'eu-production'));
  }
  await row.break(machine);
  const flags = (row.flags ?? []).map(flag => (flag === 'PROTECTED' ? named : flag));
  const { code, stderr } = await machine.tutorial('--through', through, '--yes', ...flags);
  expect({ what: row.what, code }).toEqual({ what: row.what, code: 2 });
  const line = stderr.trimEnd().split('\n').at(-1) ?? '';
  const said = line
    .replaceAll(machine.folder, '/machine')
    .replace(/(istiod)-\w+-\w+/g, '$1-POD')
    .replace(/--memory=\d+/g, '--memory=MB');
  return { step: through, what: row.what, said };
}

/** A few at a time, in their order. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const queue = items.map((item, at) => ({ item, at }));
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next.at] = await work(next.item);
  };
  await Promise.all([worker(), worker(), worker()]);
  return results;
}

async function noIstio(): Promise<string> {
  const demo = await startDemoCluster({ manifestsFolder, scenario: 'no-istio' });
  onTestFinished(() => demo.stop());
  return demo.kubeconfig.replaceAll(demo.context, 'minikube');
}

/** A program that says nothing for longer than the tutorial waits, by a clock that is moved. */
async function silent(file: string, failureOf: (end: ProgramEnd) => RunFailure | undefined): Promise<string> {
  const machine = await standInMachine();
  const note = join(machine.folder, 'started');
  await machine.put(file, `#!/bin/sh\nPATH=/bin:/usr/bin\necho $$ > '${note}'\nsleep 600\n`);
  const clock = new ManualClock(0);
  const run = programRunner({ ...machine.env, PATH: join(machine.folder, 'bin') }, clock, QUIET_MS, 0);
  const end = run([join(machine.folder, 'bin', file)], () => undefined, new AbortController().signal);
  const started = async () => Number(await readFile(note, 'utf8'));
  await vi.waitFor(async () => expect(await started()).toBeGreaterThan(0), 10_000);
  clock.advance(QUIET_MS);
  const failure = failureOf(await end);
  const pid = await started();
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 10_000);
  return `${failure?.headline} ${failure?.nextStep}`;
}

describe.skipIf(process.platform !== 'linux')('what goes wrong on the way to a cluster with Istio', () => {
  test('is said in a sentence, with what to do', { timeout: 120_000 }, async () => {
    const kubeconfig = await noIstio();
    const table = [
      ...(await inTurn(TOOLS, row => tried(row, 'tools', undefined))),
      ...(await inTurn(CLUSTER, row => tried(row, 'cluster', undefined))),
      {
        step: 'cluster',
        what: 'minikube hangs',
        said: await silent('minikube', end => minikubeFailure('start', end, undefined, 'linux')),
      },
      // Each has a cluster of its own where it leaves something there.
      ...(await inTurn(ISTIO, async row =>
        tried(row, 'istio', /images|memory/.test(row.what) ? await noIstio() : kubeconfig),
      )),
      {
        step: 'istio',
        what: 'istioctl hangs',
        said: await silent('istioctl', end => istioctlFailure(end, [])),
      },
    ];
    const text = table.map(({ step, what, said }) => `${step}: ${what}\n    ${said}\n`).join('');
    console.log(text);
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, 'failures.txt'));
  });
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { TutorialHost } from '../../src/commands/tutorial-host.ts';
import type { TutorialParts } from '../../src/session/tutorial-parts.ts';
import { runOffer } from '../../src/session/tutorial-run.ts';
import { ioWith } from '../commands/run-command.ts';
import { manifestsFolder } from '../support/demo-session.ts';
import { type StandInMachine, standInMachine } from '../support/stand-ins/machine.ts';
import { manifests } from '../support/tutorial-cluster.ts';

const LONG = { timeout: 90_000 };

const START = 'minikube start --driver=docker --memory=8192 --cpus=4 -o json';
const DELETE = 'minikube delete -p minikube';
const INSTALL =
  'istioctl install --context=minikube --set profile=demo --set values.gateways.istio-ingressgateway.type=NodePort -y';

/** A context of the kubeconfig whose cluster does not answer. */
const unreachable = (name: string) => `apiVersion: v1
kind: Config
current-context: ${name}
clusters: [{ name: ${name}, cluster: { server: 'https://127.0.0.1:1' } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name} } }]
users: [{ name: ${name}, user: { token: secret } }]
`;

async function writeKubeconfig({ kubeconfig }: StandInMachine, text: string): Promise<void> {
  await mkdir(dirname(kubeconfig), { recursive: true });
  await writeFile(kubeconfig, text);
}

describe('the tutorial on a machine with no cluster', LONG, () => {
  it.concurrent('makes one, installs Istio, and goes on until the shift is proved', async ({
    expect,
    onTestFinished,
  }) => {
    const machine = await standInMachine(onTestFinished);
    const { code, stdout, stderr } = await machine.tutorial('--through', 'shift', '--yes', '--rate', '200');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const plan = stdout.replaceAll(manifestsFolder, '/manifests').replace(/--memory=\d+/g, '--memory=MB');
    await expect(plan).toMatchFileSnapshot(join(import.meta.dirname, 'plan-from-an-empty-machine.txt'));
    expect(stderr).toContain(
      "the kubeconfig's current context is now minikube; the tutorial goes on there\n",
    );
    expect(stderr).toContain('100 % every pod is ready\n');
    expect(stderr).toMatch(
      /^0\/100: traffic agrees; 0 of \d+ requests failed: below [\d.]+ % with 95 % confidence/m,
    );
    expect(await machine.calls()).toEqual([START, INSTALL]);

    // Everything is there: nothing is made again, nothing is shifted back, and nothing is deleted.
    const again = await machine.tutorial('--through', 'shift', '--yes', '--rate', '200');
    expect(again.code).toBe(0);
    expect(again.stderr).not.toMatch(/applied |50\/50|90\/10/);
    expect(again.stderr).toMatch(/^0\/100: traffic agrees/m);
    expect(await machine.calls()).toEqual([START, INSTALL]);
  });

  it.concurrent('says that it goes from a context that does not answer to the one that minikube made', async ({
    expect,
    onTestFinished,
  }) => {
    const machine = await standInMachine(onTestFinished);
    await writeKubeconfig(machine, unreachable('work'));
    const { code, stderr } = await machine.tutorial('--through', 'cluster', '--yes');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toContain(
      "the kubeconfig's current context is now minikube, it was work; the tutorial goes on there\n",
    );
    expect(await readFile(machine.kubeconfig, 'utf8')).toContain('name: work');
  });

  it.concurrent('starts the cluster again that minikube has and that is stopped', async ({
    expect,
    onTestFinished,
  }) => {
    const machine = await standInMachine(onTestFinished);
    await writeKubeconfig(machine, unreachable('minikube'));
    const stopped = {
      Name: 'minikube',
      Status: 'Stopped',
      Config: { Driver: 'docker', Memory: 8192, CPUs: 4 },
    };
    await writeFile(join(machine.folder, 'profiles.json'), JSON.stringify({ invalid: [], valid: [stopped] }));
    const { stdout } = await machine.tutorial('--print');
    expect(stdout).toContain("minikube's cluster minikube is there, and its status is Stopped.");
    const { code, stderr } = await machine.tutorial('--through', 'cluster', '--yes');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(await machine.calls()).toEqual(['minikube start -p minikube -o json']);
  });

  it.concurrent('deletes a cluster and makes it anew only for who accepts that offer', async ({
    expect,
    onTestFinished,
  }) => {
    const machine = await standInMachine(onTestFinished);
    expect((await machine.tutorial('--through', 'cluster', '--yes')).code).toBe(0);
    const { steps } = JSON.parse((await machine.tutorial('--json')).stdout);
    const [offer] = steps[1].offers;
    expect(offer).toMatchObject({
      id: 'new-cluster',
      words: "Delete minikube's cluster minikube, with everything in it, and start again",
    });
    expect(offer.runs.map(({ command }: { command: string[] }) => command.join(' '))).toEqual([
      DELETE,
      START,
    ]);
    const { parts, before } = await tutorialOn(machine, onTestFinished);
    expect(await runOffer('new-cluster', parts)).toEqual({ kind: 'done' });
    expect(await machine.calls()).toEqual([START, DELETE, START]);
    const after = await parts.facts();
    expect(after.cluster).toMatchObject({ kind: 'answers', place: { context: 'minikube' } });
    expect(after.cluster).not.toEqual(before.cluster);
  });
});

/** The tutorial as it runs without a screen, for what only a screen asks for. */
async function tutorialOn(machine: StandInMachine, whenFinished: TestContext['onTestFinished']) {
  const cleanup: (() => Promise<void>)[] = [];
  whenFinished(async () => {
    for (const step of cleanup.toReversed()) await step();
  });
  const host = new TutorialHost({
    flags: { demo: false, istioNamespace: 'istio-system' },
    sampling: {},
    consent: { isGiven: true, isContextNamed: false, isReadOnly: false },
    manifests,
    io: ioWith(machine.env),
    cleanup,
    signal: new AbortController().signal,
  });
  await host.start();
  const { facts, reach, machine: computer } = host;
  const parts: TutorialParts = {
    clock: systemClock,
    facts,
    reach,
    machine: computer,
    report: () => undefined,
    rolloutMs: 20_000,
    signal: new AbortController().signal,
  };
  return { parts, before: await facts() };
}

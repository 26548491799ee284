// Behaves as minikube 1.38.1 does with -o json, in a folder that holds what it knows: clusters are demo clusters in processes of
// their own. Run as a program.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { dump, load } from 'js-yaml';
import { hang } from './hang.ts';

/** How it departs from success; in `minikube.json` of its folder, and empty where that is absent. */
export type MinikubeBehaviour = {
  /** Says that step and nothing more, with a child of its own, deaf to SIGTERM. */
  readonly hangsAt?: string;
  /** The scenario of the cluster; without Istio where absent. */
  readonly scenario?: string;
};

type Profile = { readonly Name: string; readonly Status: string; readonly Config: object };
type Kubeconfig = {
  readonly 'current-context'?: string;
  readonly clusters?: readonly { readonly name: string }[];
  readonly contexts?: readonly { readonly name: string }[];
  readonly users?: readonly { readonly name: string }[];
};

const folder = process.env.STAND_IN_FOLDER ?? '';
const read = <Value>(name: string, otherwise: Value): Value => {
  const file = join(folder, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Value) : otherwise;
};
const behaviour = read<MinikubeBehaviour>('minikube.json', {});
const args = process.argv.slice(2);
const flag = (name: string, otherwise: string) =>
  args.find(arg => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const profile = args.includes('-p') ? (args[args.indexOf('-p') + 1] ?? '') : 'minikube';
const profiles = () => read<{ readonly valid: readonly Profile[] }>('profiles.json', { valid: [] }).valid;

appendFileSync(join(folder, 'calls'), `minikube ${args.join(' ')}\n`);
if (args[0] === 'start') await start();
else if (args[0] === 'delete') remove();
else {
  console.error(`Error: unknown command "${args[0]}" for "minikube"`);
  process.exitCode = 64;
}

function print(json: object): void {
  console.log(JSON.stringify(json));
}

function event(type: string, data: Readonly<Record<string, string>>): void {
  print({
    specversion: '1.0',
    id: '9addf234-3746-4a1f-ad3f-8f4b2c5bcd9c',
    source: 'https://minikube.sigs.k8s.io/',
    type: `io.k8s.sigs.minikube.${type}`,
    datacontenttype: 'application/json',
    data,
  });
}

async function start(): Promise<void> {
  const existing = profiles().find(({ Name }) => Name === profile);
  if (existing?.Status === 'OK') {
    await step(0, 'Initial Minikube Setup', 'minikube v1.38.1 on Debian 12.11\n');
    await step(
      19,
      'Done',
      `Done! kubectl is now configured to use "${profile}" cluster and "default" namespace by default`,
    );
    return;
  }
  const size = { Memory: Number(flag('memory', '8192')), CPUs: Number(flag('cpus', '4')) };
  const config = existing?.Config ?? { Driver: flag('driver', 'docker'), ...size };
  await step(0, 'Initial Minikube Setup', 'minikube v1.38.1 on Debian 12.11\n');
  await step(1, 'Selecting Driver', 'Using the docker driver based on user configuration\n');
  event('info', { message: 'Using Docker driver with root privileges' });
  await step(
    3,
    'Starting Node',
    `Starting "${profile}" primary control-plane node in "${profile}" cluster\n`,
  );
  keep({ Name: profile, Status: 'Starting', Config: config });
  await step(5, 'Pulling Base Image', 'Pulling base image v0.0.48 ...\n');
  for (const progress of ['0.0186', '0.5', '0.99'])
    event('download.progress', {
      artifact: 'preloaded-images-k8s-v18-v1.36.3-docker-overlay2-amd64.tar.lz4',
      currentstep: '5',
      progress,
      totalsteps: '19',
    });
  await step(8, 'Creating Container', 'Creating docker container (CPUs=4, Memory=8192MB) ...\n');
  const cluster = await startCluster();
  await step(11, 'Preparing Kubernetes', 'Preparing Kubernetes v1.36.3 on Docker 29.1.3 ...\n');
  await step(15, 'Verifying Kubernetes', 'Verifying Kubernetes components...\n');
  addContext(cluster.kubeconfig);
  await step(17, 'Enabling Addons', 'Enabled addons: default-storageclass, storage-provisioner');
  keep({ Name: profile, Status: 'OK', Config: config });
  await step(
    19,
    'Done',
    `Done! kubectl is now configured to use "${profile}" cluster and "default" namespace by default`,
  );
}

async function step(current: number, name: string, message: string): Promise<void> {
  event('step', { currentstep: String(current), message, name, totalsteps: '19' });
  if (behaviour.hangsAt === name) await hang(folder);
}

async function startCluster(): Promise<{ readonly pid: number; readonly kubeconfig: string }> {
  const file = `cluster-${profile}.json`;
  endCluster();
  const script = join(import.meta.dirname, 'cluster-process.ts');
  const options = { detached: true, stdio: 'ignore' } as const;
  spawn(process.execPath, [script, folder, profile, behaviour.scenario ?? 'no-istio'], options).unref();
  while (!existsSync(join(folder, file))) await wait(20);
  return read(file, { pid: 0, kubeconfig: '' });
}

function keep(changed: Profile): void {
  const others = profiles().filter(({ Name }) => Name !== changed.Name);
  keepAll([...others, changed]);
}

function keepAll(valid: readonly Profile[]): void {
  writeFileSync(join(folder, 'profiles.json'), `${JSON.stringify({ invalid: [], valid })}\n`);
}

function kubeconfigFile(): string {
  return (process.env.KUBECONFIG ?? '').split(':')[0] ?? '';
}

function addContext(made: string): void {
  const file = kubeconfigFile();
  const now = existsSync(file) ? (load(readFileSync(file, 'utf8')) as Kubeconfig) : {};
  const own = load(made) as Kubeconfig;
  const merged = (name: 'clusters' | 'contexts' | 'users') => [
    ...(now[name] ?? []).filter(entry => entry.name !== profile),
    ...(own[name] ?? []),
  ];
  mkdirSync(dirname(file), { recursive: true });
  const clusters = { clusters: merged('clusters'), contexts: merged('contexts'), users: merged('users') };
  writeFileSync(file, dump({ apiVersion: 'v1', kind: 'Config', ...clusters, 'current-context': profile }));
}

/** The one that runs, if any: one that is started again is a new one. */
function endCluster(): void {
  const file = `cluster-${profile}.json`;
  const { pid } = read(file, { pid: 0 });
  rmSync(join(folder, file), { force: true });
  if (pid > 0) process.kill(pid, 'SIGKILL');
}

function remove(): void {
  endCluster();
  keepAll(profiles().filter(({ Name }) => Name !== profile));
  console.log(`* Deleting "${profile}" in docker ...`);
  console.log(`* Removed all traces of the "${profile}" cluster.`);
}

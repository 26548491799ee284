import { listIn, numberIn, objectIn, parseObject, textIn } from '../kube/json.ts';
import { plainText } from '../plain-text.ts';
import type { ChildEnd } from '../run-child.ts';
import type { DriverFact, MinikubeProfile, ToolFact, ToolName } from './facts.ts';
import { releaseOf } from './tools.ts';

/** What each tool is asked for its version with. None of them asks a cluster or the network. */
export const VERSION_ARGS: Readonly<Record<ToolName, readonly string[]>> = {
  minikube: ['version', '-o', 'json'],
  kubectl: ['version', '--client', '-o', 'json'],
  istioctl: ['version', '--remote=false', '-o', 'json'],
};

const VERSIONS_IN: Readonly<Record<ToolName, (json: ReturnType<typeof objectIn>) => string | undefined>> = {
  minikube: json => textIn(json.minikubeVersion),
  kubectl: json => textIn(objectIn(json.clientVersion).gitVersion),
  istioctl: json => textIn(objectIn(json.clientVersion).version),
};

/** What is known of a tool by how its question for the version ended. */
export function toolFact(name: ToolName, end: ChildEnd): ToolFact {
  if (end.kind !== 'ended' || end.exit !== '0') return notAnswered(end);
  const json = parseObject(end.output);
  const version = json && VERSIONS_IN[name](json);
  if (!version) return { kind: 'failed', reason: 'what it says cannot be read' };
  return { kind: 'found', version: releaseOf(version) };
}

function notAnswered(end: ChildEnd): Exclude<ToolFact, { kind: 'found' }> {
  switch (end.kind) {
    case 'not-started':
      return end.code === 'ENOENT'
        ? { kind: 'missing' }
        : { kind: 'failed', reason: `it cannot be run (${plainText(end.code, 60)})` };
    case 'killed':
      return { kind: 'failed', reason: 'it gave no answer in time' };
    case 'ended':
      return { kind: 'failed', reason: `it ended with ${end.exit}${lastWords(end.words)}` };
  }
}

/** The last line that a program said, for the end of a sentence; empty where it said nothing. */
export function lastWords(words: string): string {
  const line = words
    .split('\n')
    .map(text => plainText(text, 160).replace(/\.$/, ''))
    .findLast(text => text !== '');
  return line === undefined ? '' : `: ${line}`;
}

/** A driver of minikube, and how to ask whether it works. */
export type DriverQuestion = {
  /** As minikube names it. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Memory and CPUs of the machine that it runs containers in; absent where it gives those of this computer. */
  readonly size?: (output: string) => { readonly memoryMb: number; readonly cpus: number } | undefined;
};

const MEGABYTE = 1_048_576;

export const DRIVER_QUESTIONS = {
  docker: {
    name: 'docker',
    file: 'docker',
    args: ['info', '--format', '{{json .}}'],
    size: output => sizeIn(objectIn(parseObject(output)), 'MemTotal', 'NCPU'),
  },
  podman: {
    name: 'podman',
    file: 'podman',
    args: ['info', '--format', 'json'],
    size: output => sizeIn(objectIn(objectIn(parseObject(output)).host), 'memTotal', 'cpus'),
  },
  kvm2: { name: 'kvm2', file: 'virsh', args: ['--connect', 'qemu:///system', 'version'] },
  vfkit: { name: 'vfkit', file: 'vfkit', args: ['--version'] },
  virtualbox: { name: 'virtualbox', file: 'VBoxManage', args: ['--version'] },
} as const satisfies Readonly<Record<string, DriverQuestion>>;

/** The drivers worth asking on each platform, the one that suits it best first. */
export const DRIVERS_ON: Readonly<Record<'macos' | 'linux' | 'windows', readonly DriverQuestion[]>> = {
  macos: [DRIVER_QUESTIONS.docker, DRIVER_QUESTIONS.vfkit, DRIVER_QUESTIONS.podman],
  linux: [
    DRIVER_QUESTIONS.docker,
    DRIVER_QUESTIONS.kvm2,
    DRIVER_QUESTIONS.podman,
    DRIVER_QUESTIONS.virtualbox,
  ],
  windows: [DRIVER_QUESTIONS.docker, DRIVER_QUESTIONS.virtualbox],
};

function sizeIn(json: ReturnType<typeof objectIn>, memory: string, cpus: string) {
  const bytes = numberIn(json[memory]);
  const count = numberIn(json[cpus]);
  if (!bytes || !count) return undefined;
  return { memoryMb: Math.floor(bytes / MEGABYTE), cpus: count };
}

/**
 * What is known of a driver by how its question ended.
 *
 * @param computer what this computer has: virtual machines take their share of it.
 */
export function driverFact(
  { name, size }: DriverQuestion,
  end: ChildEnd,
  computer: { readonly memoryMb: number; readonly cpus: number },
): DriverFact {
  if (end.kind !== 'ended' || end.exit !== '0') return { name, ...notAnswered(end) };
  // docker info succeeds without a daemon, and says so inside.
  const [problem] = listIn(objectIn(parseObject(end.output)).ServerErrors).map(textIn);
  if (problem)
    return {
      name,
      kind: 'failed',
      reason: `it does not answer: ${plainText(problem, 160).replace(/[.?]$/, '')}`,
    };
  const given = size ? size(end.output) : computer;
  if (!given) return { name, kind: 'failed', reason: 'it does not say how much memory it has' };
  return { name, kind: 'works', ...given };
}

/** The clusters that `minikube profile list -o json` names; none where it says nothing that can be read. */
export function minikubeProfiles(end: ChildEnd): readonly MinikubeProfile[] {
  const json = end.kind === 'ended' ? objectIn(parseObject(end.output)) : {};
  return listIn(json.valid).map(item => {
    const profile = objectIn(item);
    const config = objectIn(profile.Config);
    return {
      name: plainText(textIn(profile.Name) ?? '', 80),
      status: plainText(textIn(profile.Status) ?? 'unknown', 40),
      driver: plainText(textIn(config.Driver) ?? '', 40),
      memoryMb: numberIn(config.Memory),
      cpus: numberIn(config.CPUs),
    };
  });
}

import { plainText } from '../plain-text.ts';
import type { AnsweringCluster, Facts, Machine, Platform, ToolFact, ToolName } from './facts.ts';
import { TOOLS } from './facts.ts';
import type { Action, Judgement, StepText, Trouble } from './step.ts';

export const TOOLS_TEXT: StepText = {
  id: 'tools',
  title: 'The tools',
  why: [
    'minikube makes a Kubernetes cluster on this computer, kubectl talks to it, and istioctl installs Istio into it.',
    'minikube needs a driver: what runs the cluster, which is Docker for most people, or virtual machines.',
  ],
  seenBy: 'minikube, kubectl and istioctl say their versions, and a driver of minikube answers.',
  mayGoWrong: [
    {
      id: 'tool-missing',
      sentence: 'A tool is not on the PATH.',
      fix: 'Install it with the command of this step, and open a new terminal.',
    },
    {
      id: 'tool-old',
      sentence: 'A tool is too old: it cannot install, or does not know what the cluster has.',
      fix: 'Upgrade it the way it was installed.',
    },
    {
      id: 'no-driver',
      sentence: 'No driver works: Docker is installed and its daemon does not run, or may not be used.',
      fix: 'Start Docker Desktop; on Linux: sudo systemctl start docker, and be in the group docker.',
    },
  ],
};

/** The oldest releases that can do this tutorial, with why. */
const OLDEST: Readonly<Record<ToolName, { readonly version: string; readonly why: string }>> = {
  minikube: { version: '1.26.0', why: 'older ones know no Kubernetes that a supported Istio runs on' },
  kubectl: { version: '1.22.0', why: 'older ones have no server-side apply' },
  istioctl: { version: '1.22.0', why: 'older ones install an Istio without networking.istio.io/v1' },
};

/** Judges the tools: those that what is still to be done needs. */
export function judgeTools({ machine, cluster }: Facts): Judgement {
  if (!machine) {
    const evidence = ['the demo cluster is inside weighbridge: nothing has to be installed'];
    return { progress: { kind: 'not-needed', evidence }, troubles: [], notes: [] };
  }
  const found = TOOLS.map(name => ({ name, trouble: toolTrouble(name, machine.tools[name]) }));
  const driver = driverTrouble(machine);
  const troubles = [...found.flatMap(({ trouble }) => trouble ?? []), ...(driver ? [driver] : [])];
  const evidence = evidenceOf(machine, found);
  if (troubles.length === 0) return { progress: { kind: 'done', evidence }, troubles, notes: [] };
  const notes = troubles.map(({ sentence }) => sentence);
  const enough = cluster.kind === 'answers' ? enoughFor(cluster, found) : undefined;
  if (enough)
    return { progress: { kind: 'not-needed', evidence: [enough, ...evidence] }, troubles: [], notes };
  const missing = troubles.map(({ sentence }) => sentence);
  return { progress: { kind: 'to-do', missing, evidence }, troubles, notes: [] };
}

type Looked = { readonly name: ToolName; readonly trouble: Trouble | undefined };

/** Why what is there is enough although tools are missing; undefined where it is not. */
function enoughFor({ place, istioVersion }: AnsweringCluster, found: readonly Looked[]): string | undefined {
  const cluster = `the cluster of context ${place.context} answers`;
  if (istioVersion !== undefined) return `${cluster} and has Istio: nothing more has to be installed`;
  const hasIstioctl = found.some(({ name, trouble }) => name === 'istioctl' && !trouble);
  return hasIstioctl ? `${cluster}: of the tools only istioctl is needed` : undefined;
}

function evidenceOf({ tools, drivers }: Machine, found: readonly Looked[]): readonly string[] {
  const usable = found.flatMap(({ name, trouble }) => {
    const tool = tools[name];
    return trouble || tool.kind !== 'found' ? [] : [`${name} ${tool.version}`];
  });
  const driver = drivers.find(({ kind }) => kind === 'works');
  return driver ? [...usable, `driver ${driver.name} works`] : usable;
}

function toolTrouble(name: ToolName, tool: ToolFact): Trouble | undefined {
  switch (tool.kind) {
    case 'missing':
      return {
        id: 'tool-missing',
        sentence: `${name} is not on the PATH.`,
        fix: 'Install it, and open a new terminal.',
      };
    case 'failed':
      return {
        id: 'tool-failed',
        sentence: `${name} does not say its version: ${tool.reason}.`,
        fix: `Install it again; ${name} version shows the same.`,
      };
    case 'found': {
      const { version, why } = OLDEST[name];
      if (!isOlder(tool.version, version)) return undefined;
      return {
        id: 'tool-old',
        sentence: `${name} ${tool.version} is too old, ${version} is the oldest that will do: ${why}.`,
        fix: 'Upgrade it the way it was installed.',
      };
    }
  }
}

function driverTrouble({ drivers, platform }: Machine): Trouble | undefined {
  if (drivers.some(({ kind }) => kind === 'works')) return undefined;
  const failed = drivers.find(one => one.kind === 'failed');
  if (failed?.kind === 'failed') {
    return {
      id: 'no-driver',
      sentence: `No driver of minikube works. ${failed.name}: ${failed.reason.replace(/[.?!]$/, '')}.`,
      fix: DRIVER_FIX[platform],
    };
  }
  const looked = drivers.map(({ name }) => name).join(', ');
  return {
    id: 'no-driver',
    sentence: `No driver of minikube is installed (looked for ${looked}).`,
    fix: 'Install Docker: https://docs.docker.com/get-docker/',
  };
}

const DRIVER_FIX: Readonly<Record<Platform, string>> = {
  macos: 'Start Docker Desktop, and wait until it says that it runs.',
  linux:
    'sudo systemctl start docker; where it is a matter of rights: sudo usermod -aG docker $USER, and log in again.',
  windows: 'Start Docker Desktop, and wait until it says that it runs.',
};

/** How to install what is missing or too old. */
export function installTools({ machine }: Facts): readonly Action[] {
  if (!machine) return [];
  return TOOLS.filter(name => toolTrouble(name, machine.tools[name])).map(name => ({
    kind: 'shell',
    words: `install ${name}`,
    line: installLine(name, machine),
  }));
}

function installLine(name: ToolName, { platform, architecture }: Machine): string {
  switch (platform) {
    case 'macos':
      return `brew install ${name}`;
    case 'windows':
      return WINDOWS[name];
    case 'linux':
      return LINUX[name](architecture);
  }
}

const WINDOWS: Readonly<Record<ToolName, string>> = {
  minikube: 'winget install Kubernetes.minikube',
  kubectl: 'winget install Kubernetes.kubectl',
  istioctl: 'choco install istioctl',
};

const LINUX: Readonly<Record<ToolName, (architecture: string) => string>> = {
  minikube: architecture =>
    `curl -LO https://github.com/kubernetes/minikube/releases/latest/download/minikube-linux-${architecture} && sudo install minikube-linux-${architecture} /usr/local/bin/minikube`,
  kubectl: architecture =>
    `curl -LO "https://dl.k8s.io/release/$(curl -Ls https://dl.k8s.io/release/stable.txt)/bin/linux/${architecture}/kubectl" && sudo install kubectl /usr/local/bin/kubectl`,
  istioctl: () =>
    'curl -L https://istio.io/downloadIstio | sh - && sudo install istio-*/bin/istioctl /usr/local/bin/istioctl',
};

/** Whether a release is older than another; one that is no release, such as a build of one's own, is not. */
export function isOlder(version: string, than: string): boolean {
  const [left, right] = [numbersOf(version), numbersOf(than)];
  if (!left || !right) return false;
  const index = left.findIndex((number, at) => number !== right[at]);
  return index >= 0 && (left[index] ?? 0) < (right[index] ?? 0);
}

function numbersOf(version: string): readonly number[] | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch ?? 0)];
}

/** A release as a tool says it, safe to draw and without the `v` in front. */
export function releaseOf(text: string): string {
  return plainText(text, 40).replace(/^v(?=\d)/, '');
}

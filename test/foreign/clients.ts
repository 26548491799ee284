import { clientNode } from './client-node.ts';
import { type Cluster, startDemo, startWithTutorial } from './cluster.ts';
import { kubectlFor } from './kubectl.ts';
import { readingRows } from './kubectl-reading.ts';
import { workloadRows } from './kubectl-workloads.ts';
import { writingRows } from './kubectl-writing.ts';
import { findProgram } from './processes.ts';
import { python } from './python.ts';
import type { Client } from './row.ts';
import { tutorialRows } from './tutorial.ts';

const MISSING = {
  kubectl: 'There is no kubectl on the PATH',
  curl: 'There is no curl on the PATH',
  python: 'There is no python3 on the PATH',
} as const;
type Program = keyof typeof MISSING;

/** What stands for a client that this machine does not have: a row that fails. */
function missing(name: Program): Client {
  const run = () =>
    Promise.reject(
      new Error(`${MISSING[name]}. Install it, or leave it out with WEIGHBRIDGE_SKIP_FOREIGN=${name}.`),
    );
  return { name, rows: [{ what: 'is on this machine', run }] };
}

function kubectlClient(program: string, cluster: Cluster): Client {
  const kubectl = kubectlFor(program, cluster);
  return {
    name: 'kubectl',
    rows: [...readingRows(kubectl), ...writingRows(kubectl, cluster), ...workloadRows(kubectl)],
  };
}

async function tutorialByHand(kubectl: string, curl: string): Promise<Client> {
  const cluster = await startDemo('--scenario', 'empty');
  return {
    name: 'by hand',
    rows: tutorialRows(kubectlFor(kubectl, cluster), curl, cluster),
    stop: cluster.stop,
  };
}

/** Where the clients find what they need; `undefined` for what is neither there nor missed. */
type Found = Partial<Record<Program, string>>;

async function* clientsOn(cluster: Cluster, found: Found, isReal: boolean): AsyncGenerator<Client> {
  if (found.kubectl) yield kubectlClient(found.kubectl, cluster);
  if (found.kubectl && found.curl && !isReal) yield await tutorialByHand(found.kubectl, found.curl);
  if (found.python) yield await python(found.python, cluster);
  yield clientNode(cluster);
}

/**
 * The clients that this machine has, on a demo of their own; on the cluster of `WEIGHBRIDGE_FOREIGN_KUBECONFIG` where
 * that is set, but for the tutorial. One that is missing fails, unless `WEIGHBRIDGE_SKIP_FOREIGN` (names with commas)
 * leaves it out: then `say` gets a sentence.
 */
export async function* clientsOfThisMachine(
  env: NodeJS.ProcessEnv,
  say: (sentence: string) => void,
): AsyncGenerator<Client> {
  const skipped = (env.WEIGHBRIDGE_SKIP_FOREIGN ?? '').split(',');
  const found: Found = {};
  for (const [name, program] of [
    ['kubectl', 'kubectl'],
    ['curl', 'curl'],
    ['python', 'python3'],
  ] as const) {
    const path = findProgram(program);
    if (skipped.includes(name)) say(`WEIGHBRIDGE_SKIP_FOREIGN leaves ${name} out.`);
    else if (path === undefined) yield missing(name);
    else found[name] = path;
  }
  const real = env.WEIGHBRIDGE_FOREIGN_KUBECONFIG;
  const cluster = await startWithTutorial(real);
  try {
    yield* clientsOn(cluster, found, real !== undefined);
  } finally {
    await cluster.stop();
  }
}

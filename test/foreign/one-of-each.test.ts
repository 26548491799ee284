import { afterAll, beforeAll, describe, it } from 'vitest';
import { clientNode } from './client-node.ts';
import { type Cluster, startWithTutorial } from './cluster.ts';
import { kubectlFor } from './kubectl.ts';
import { writingRows } from './kubectl-writing.ts';
import { findProgram } from './processes.ts';
import { installedPython, startPython } from './python.ts';
import type { Client } from './row.ts';

async function runOnly(what: string, { rows, stop }: Client): Promise<void> {
  try {
    const row = rows.find(candidate => candidate.what === what);
    if (!row) throw new Error(`no row is called ${what}`);
    await row.run();
  } finally {
    await stop?.();
  }
}

/** One row of each client that needs nothing installed; `npm run test:foreign` has them all. */
describe('the built demo', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startWithTutorial(undefined);
  });
  afterAll(() => cluster.stop());

  it('serves client-node', () =>
    runOnly('informer: what is there, what comes, changes and goes', clientNode(cluster)));

  const kubectl = findProgram('kubectl');
  if (kubectl === undefined) {
    console.log(
      'There is no kubectl on the PATH, so npm test leaves its row out; npm run test:foreign does not.',
    );
  } else {
    it('serves kubectl', () => {
      const rows = writingRows(kubectlFor(kubectl, cluster), cluster);
      return runOnly('apply: created, unchanged, configured', { name: 'kubectl', rows });
    });
  }

  const python = installedPython(process.env);
  if (python === undefined) {
    console.log(
      "Python's client is not installed, so npm test leaves its row out; npm run test:foreign installs it.",
    );
  } else {
    it("serves Python's client", async () =>
      runOnly('patch by JSON patch, with a test', await startPython(python, cluster)));
  }
});

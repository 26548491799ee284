import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { describe, expect } from 'vitest';
import type { DemoCluster } from '../../src/demo/demo-cluster.ts';
import { it as base, clientsOf, eventualFailure, versionIn } from './cluster.ts';

const HAS_KUBECTL = spawnSync('kubectl', ['version', '--client']).status === 0;

type Forward = {
  readonly url: string;
  /** What kubectl said so far. */
  readonly said: () => string;
  readonly exit: Promise<number | null>;
};

type Forwards = {
  /** Starts `kubectl port-forward`; it ends with the test. */
  readonly forward: (demo: DemoCluster, ...args: readonly string[]) => Promise<Forward>;
};

const it = base.extend<Forwards>({
  forward: async ({ task: _task }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'weighbridge-test-'));
    const running: ChildProcess[] = [];
    await use(async (demo, ...args) => {
      const kubeconfig = join(folder, `kubeconfig-${running.length}`);
      writeFileSync(kubeconfig, demo.kubeconfig);
      const kubectl = spawn('kubectl', ['--kubeconfig', kubeconfig, 'port-forward', ...args]);
      running.push(kubectl);
      let said = '';
      for (const stream of [kubectl.stdout, kubectl.stderr])
        stream.on('data', chunk => {
          said += chunk;
        });
      const exit = new Promise<number | null>(resolve => kubectl.once('exit', resolve));
      const port = await new Promise<string>((resolve, reject) => {
        kubectl.stdout.on('data', () => {
          const found = /127\.0\.0\.1:(\d+) ->/.exec(said)?.[1];
          if (found !== undefined) resolve(found);
        });
        kubectl.once('close', () => reject(new Error(said)));
      });
      return { url: `http://127.0.0.1:${port}/`, said: () => said, exit };
    });
    for (const kubectl of running) kubectl.kill();
    rmSync(folder, { recursive: true, force: true });
  },
});

async function pageOf(url: string): Promise<string> {
  const { body } = await request(url, { reset: true });
  return body.text();
}

describe.skipIf(!HAS_KUBECTL)('kubectl port-forward', { concurrent: true }, () => {
  it('leads to a Deployment and to a Service', async ({ readyDemo: demo, forward }) => {
    const deployment = await forward(demo, 'deployment/myapp-v2', ':80');
    const service = await forward(demo, 'service/myapp', ':80');
    expect(versionIn(await pageOf(deployment.url))).toBe('v2');
    expect(versionIn(await pageOf(service.url))).toMatch(/^v[12]$/);
  });

  it('carries twenty requests at a time, and a page of megabytes whole', async ({
    readyDemo: demo,
    forward,
  }) => {
    const { url } = await forward(demo, 'deployment/myapp-v1', ':80');
    const pages = await Promise.all(Array.from({ length: 20 }, () => pageOf(url)));
    expect(new Set(pages.map(versionIn))).toEqual(new Set(['v1']));
    demo.setPageBody('v1', 'x'.repeat(5_000_000));
    expect((await pageOf(url)).length).toBe(5_000_000);
  });

  it('says that nothing listens, and ends', async ({ readyDemo: demo, forward }) => {
    const { url, said, exit } = await forward(demo, 'deployment/myapp-v1', ':81');
    await expect(pageOf(url)).rejects.toThrow();
    expect(await exit).toBe(1);
    expect(said()).toMatch(/error forwarding port 81 to pod .*connection refused/);
    expect(said()).toContain('error: lost connection to pod');
  });

  it('ends with the next connection after its pod is gone', async ({ readyDemo: demo, forward }) => {
    const { url, said, exit } = await forward(demo, 'deployment/myapp-v1', ':80');
    await pageOf(url);
    await clientsOf(demo).core.deleteCollectionNamespacedPod({
      namespace: 'default',
      labelSelector: 'version=v1',
    });
    await eventualFailure(() => pageOf(url));
    expect(await exit).toBe(1);
    expect(said()).toContain('error: lost connection to pod');
  });

  it('is refused where the right is missing', async ({ readyDemo: demo, forward }) => {
    demo.deny({ resource: 'pods', subresource: 'portforward' });
    await expect(forward(demo, 'deployment/myapp-v1', ':80')).rejects.toThrow(
      /cannot create resource "pods\/portforward"/,
    );
  });
});

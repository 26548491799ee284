import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { startDemoCluster } from '../../src/demo/demo-cluster.ts';
import { eventually } from '../support/eventually.ts';
import {
  ask,
  clientsOf,
  it,
  MANIFESTS,
  patchWeights,
  recordWatch,
  requestApi,
  untilReady,
  VIRTUAL_SERVICE,
} from './cluster.ts';

describe.concurrent('while the API is down', () => {
  it('requests fail and watches end, and traffic goes on', async ({ demo }) => {
    await untilReady(demo);
    const { ended } = await recordWatch(demo, '/api/v1/pods');
    await demo.stopApi();
    await ended;
    await expect(requestApi(demo, '/version')).rejects.toThrow('fetch failed');
    expect((await ask(demo)).code).toBe(200);
  });

  it('nothing is lost: the same port, token, certificate and objects come back', async ({ demo }) => {
    const patched = await patchWeights(demo, [60, 40]);
    await demo.stopApi();
    await demo.startApi();
    const { events } = await recordWatch(demo, '/apis/networking.istio.io/v1/virtualservices', {
      resourceVersion: patched.metadata.resourceVersion,
    });
    const object = await clientsOf(demo).custom.getNamespacedCustomObject(VIRTUAL_SERVICE);
    expect(object).toEqual(patched);
    await patchWeights(demo, [70, 30]);
    await eventually(() => expect(events.map(({ type }) => type)).toEqual(['MODIFIED']));
  });
});

describe.concurrent('a cluster that has stopped', () => {
  it('takes no connection, and ends the watches that were open', async () => {
    const demo = await startDemoCluster({ manifestsFolder: MANIFESTS });
    const { ended } = await recordWatch(demo, '/api/v1/pods', { allowWatchBookmarks: true });
    await demo.stop();
    await ended;
    await expect(ask(demo)).rejects.toThrow('fetch failed');
    await expect(requestApi(demo, '/version')).rejects.toThrow('fetch failed');
  });

  it('leaves no listener, socket or timer: its process ends by itself', async () => {
    const program = `
      import { startDemoCluster } from '${new URL('../../src/demo/demo-cluster.ts', import.meta.url).href}';
      const demo = await startDemoCluster({ manifestsFolder: '${MANIFESTS}' });
      const answers = async () => (await fetch(demo.gatewayUrl)).status === 200;
      while (!(await answers())) await new Promise(resolve => setTimeout(resolve, 20));
      await demo.stop();
      const stopped = performance.now();
      process.on('exit', () => console.log(Math.round(performance.now() - stopped)));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    // Whatever was left would hold it for longer: a kept connection is closed after 5 s at the earliest.
    expect(Number(stdout)).toBeLessThan(3_000);
  });

  it('can be stopped at any moment, and twice', async () => {
    const demo = await startDemoCluster({ manifestsFolder: MANIFESTS });
    await demo.stop();
    await demo.stop();
  });
});

describe.concurrent('a cluster that cannot start', () => {
  it('says so and leaves nothing, when its port is taken', async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const apiPort = typeof address === 'object' && address ? address.port : 0;
    await expect(startDemoCluster({ manifestsFolder: MANIFESTS, apiPort })).rejects.toThrow('EADDRINUSE');
    await new Promise(resolve => other.close(resolve));
  });
});

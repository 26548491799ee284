import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { witnessApi } from '../../bench/api-witness.ts';
import { ClusterClient } from '../terminal/cluster-client.ts';
import { clientOf, emptyPlace, startCluster } from '../terminal/test-bed.ts';

it('sees the connections to an API server, those that are open, and each PATCH', async () => {
  const place = emptyPlace();
  const { kubeconfig } = await startCluster(place);
  const witnessed = join(place.home, 'witnessed');
  const witness = await witnessApi(kubeconfig, witnessed);
  onTestFinished(() => witness.close());
  const leaving = new ClusterClient(witnessed);
  const staying = clientOf(witnessed);

  await leaving.readWeights();
  const patched = witness.nextPatch();
  const beforeMs = performance.now();
  await staying.setWeights([40, 60], 'test');
  expect(await patched).toBeGreaterThanOrEqual(beforeMs);
  expect([witness.opened, witness.open]).toEqual([2, 2]);

  await leaving.close();
  await expect.poll(() => witness.open).toBe(1);
  expect(witness.opened).toBe(2);
});

import { describe, expect } from 'vitest';
import { accepted } from './api.ts';
import { failure, it } from './contract.ts';
import { aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

describe('a watch from a revision that is forgotten', () => {
  it('gets one error event with status 410, and ends', async ({ server, api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    server.forgetPast();
    const watch = await api.watch(virtualServices, { resourceVersion: 1 });
    const message = expect.stringMatching(/^too old resource version: 1 \(\d+\)$/);
    expect([watch.code, await watch.ended]).toEqual([
      200,
      [{ type: 'ERROR', object: failure(410, 'Expired', message).body }],
    ]);
  });

  it('can go on from a new list', async ({ server, api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    server.forgetPast();
    const { resourceVersion } = accepted(await api.get(virtualServices)).metadata;
    const watch = await api.watch(virtualServices, { resourceVersion });
    await api.post(virtualServices, aVirtualService('a'));
    const events = await watch.first(1);
    watch.close();
    expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([['ADDED', 'a']]);
  });
});

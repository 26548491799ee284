import { describe, expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import {
  clientsOf,
  istioObject,
  it,
  MERGE_PATCH,
  patchWeights,
  recordWatch,
  requestApi,
  VIRTUAL_SERVICE,
} from './cluster.ts';

const VIRTUAL_SERVICES = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describe.concurrent('a watch', () => {
  it('begins with what is there when it names no revision', async ({ demo }) => {
    const { events } = await recordWatch(demo, VIRTUAL_SERVICES);
    await eventually(() =>
      expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([['ADDED', 'myapp']]),
    );
  });

  it('goes on from the revision of a list, and misses nothing in between', async ({ demo }) => {
    const list = await clientsOf(demo).custom.listNamespacedCustomObject(istioObject('virtualservices', ''));
    const patched = [await patchWeights(demo, [60, 40]), await patchWeights(demo, [70, 30])];
    const { events } = await recordWatch(demo, VIRTUAL_SERVICES, {
      resourceVersion: list.metadata.resourceVersion,
    });
    patched.push(await patchWeights(demo, [80, 20]));
    const versions = patched.map(object => ['MODIFIED', object.metadata.resourceVersion]);
    await eventually(() =>
      expect(events.map(({ type, object }) => [type, object.metadata.resourceVersion])).toEqual(versions),
    );
  });

  it('from a revision that is forgotten gets an error event with status 410', async ({ demo }) => {
    const old = (await patchWeights(demo, [60, 40])).metadata.resourceVersion;
    await patchWeights(demo, [70, 30]);
    demo.compact();
    const { body, code } = await requestApi(demo, `${VIRTUAL_SERVICES}?watch=true&resourceVersion=${old}`);
    expect([code, body]).toMatchObject([
      200,
      { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', status: 'Failure' } },
    ]);
  });

  it('shows an object that begins or ceases to match as added or deleted', async ({ demo }) => {
    const { custom } = clientsOf(demo);
    const { events } = await recordWatch(demo, VIRTUAL_SERVICES, { labelSelector: 'team=blue' });
    for (const team of ['blue', 'blue', null]) {
      const annotations = { at: String(Math.random()) };
      await custom.patchNamespacedCustomObject(
        { ...VIRTUAL_SERVICE, body: { metadata: { labels: { team }, annotations } } },
        MERGE_PATCH,
      );
    }
    await eventually(() =>
      expect(events.map(({ type, object }) => [type, object.metadata.labels?.team])).toEqual([
        ['ADDED', 'blue'],
        ['MODIFIED', 'blue'],
        ['DELETED', 'blue'],
      ]),
    );
  });

  it('of one object hears of no other', async ({ demo }) => {
    const { core } = clientsOf(demo);
    const { events } = await recordWatch(demo, CONFIG_MAPS, { fieldSelector: 'metadata.name=mine' });
    for (const name of ['other', 'mine'])
      await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name } } });
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'other' });
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'mine' });
    await eventually(() =>
      expect(events.map(({ type, object }) => [type, object.metadata.name])).toEqual([
        ['ADDED', 'mine'],
        ['DELETED', 'mine'],
      ]),
    );
  });

  it('ends by itself when its time is up, with a bookmark of how far it came', async ({ demo }) => {
    const query = { timeoutSeconds: 1, allowWatchBookmarks: true, resourceVersion: '1' };
    const { events, ended } = await recordWatch(demo, '/api/v1/nodes', query);
    await ended;
    expect(events.at(-1)).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'Node', metadata: { resourceVersion: expect.stringMatching(/^\d+$/) } },
    });
  });

  it('that asks for the initial events hears where they end', async ({ demo }) => {
    const query = {
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    };
    const { events } = await recordWatch(demo, VIRTUAL_SERVICES, query);
    await eventually(() => expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']));
    expect(events[1]?.object.metadata).toMatchObject({
      annotations: { 'k8s.io/initial-events-end': 'true' },
    });
  });

  it('orders events by revision', async ({ demo }) => {
    const { events } = await recordWatch(demo, '/api/v1/pods');
    demo.failPods('version=v2', 'crash');
    await eventually(() => expect(events.length).toBeGreaterThan(8));
    const revisions = events
      .filter(({ type }) => type === 'MODIFIED')
      .map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual(revisions.toSorted((left, right) => left - right));
  });
});

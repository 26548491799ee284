import { describe, expect } from 'vitest';
import { type Api, accepted, type Query } from './api.ts';
import { failure, it } from './contract.ts';
import { aConfigMap, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';
import type { WatchEvent } from './watch.ts';

const told = (events: readonly WatchEvent[]) =>
  events.map(({ type, object }) => [type, object.metadata.name]);

/** The first `count` events of a watch, which is closed afterwards. */
async function firstEvents(api: Api, path: string, count: number, query: Query) {
  const watch = await api.watch(path, query);
  try {
    return await watch.first(count);
  } finally {
    watch.close();
  }
}

const weight = (value: number) => [{ op: 'add', path: '/spec/http/0/route/0/weight', value }];

describe.concurrent('a watch', () => {
  it('begins with what is there when it names no revision', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    for (const name of ['b', 'a']) await api.post(virtualServices, aVirtualService(name));
    const events = await firstEvents(api, virtualServices, 2, {});
    expect(told(events)).toEqual([
      ['ADDED', 'a'],
      ['ADDED', 'b'],
    ]);
    expect(events[0]?.object).toEqual((await api.get(`${virtualServices}/a`)).body);
  });

  it('goes on from the revision of a list, and misses nothing in between', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const object = `${virtualServices}/a`;
    await api.post(virtualServices, aVirtualService('a'));
    const { resourceVersion } = accepted(await api.get(virtualServices)).metadata;
    const patched = [accepted(await api.patch(object, 'json', weight(60)))];
    const watch = await api.watch(virtualServices, { resourceVersion });
    patched.push(accepted(await api.patch(object, 'json', weight(70))));
    await api.delete(object);
    const events = await watch.first(3);
    watch.close();
    expect(events.slice(0, 2)).toEqual(patched.map(of => ({ type: 'MODIFIED', object: of })));
    expect(events[2]).toMatchObject({
      type: 'DELETED',
      object: { metadata: { name: 'a' }, spec: patched[1]?.spec },
    });
  });

  it('tells the deletion with a revision of its own', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(configMaps, aConfigMap('a')));
    const watch = await api.watch(configMaps, {
      fieldSelector: 'metadata.name=a',
      resourceVersion: metadata.resourceVersion,
    });
    await api.delete(`${configMaps}/a`, { gracePeriodSeconds: 0 });
    const [event] = await watch.first(1);
    watch.close();
    expect(event?.type).toBe('DELETED');
    expect(Number(event?.object.metadata.resourceVersion)).toBeGreaterThan(Number(metadata.resourceVersion));
  });

  it('orders its events by revision', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(configMaps, aConfigMap('first')));
    const watch = await api.watch(configMaps, {
      labelSelector: 'of=order',
      resourceVersion: metadata.resourceVersion,
    });
    const names = Array.from({ length: 12 }, (_, index) => `of-${index}`);
    await Promise.all(names.map(name => api.post(configMaps, aConfigMap(name, { of: 'order' }))));
    const events = await watch.first(names.length);
    watch.close();
    const revisions = events.map(({ object }) => Number(object.metadata.resourceVersion));
    expect(revisions).toEqual(revisions.toSorted((left, right) => left - right));
    expect(new Set(revisions).size).toBe(names.length);
  });

  it('shows an object that begins or ceases to match as added or deleted', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(configMaps, aConfigMap('a')));
    const watch = await api.watch(configMaps, {
      labelSelector: 'team=blue',
      resourceVersion: metadata.resourceVersion,
    });
    for (const [index, team] of ['blue', 'blue', null].entries())
      await api.patch(`${configMaps}/a`, 'merge', {
        metadata: { labels: { team } },
        data: { index: `${index}` },
      });
    const events = await watch.first(3);
    watch.close();
    expect(
      events.map(({ type, object }) => [type, object.metadata.labels?.team, object.data?.index]),
    ).toEqual([
      ['ADDED', 'blue', '0'],
      ['MODIFIED', 'blue', '1'],
      ['DELETED', 'blue', '1'],
    ]);
  });

  it('of one name hears of no other', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { resourceVersion } = accepted(await api.get(configMaps)).metadata;
    const watch = await api.watch(configMaps, { fieldSelector: 'metadata.name=mine', resourceVersion });
    for (const name of ['other', 'mine']) await api.post(configMaps, aConfigMap(name));
    for (const name of ['other', 'mine']) await api.delete(`${configMaps}/${name}`);
    const events = await watch.first(2);
    watch.close();
    expect(told(events)).toEqual([
      ['ADDED', 'mine'],
      ['DELETED', 'mine'],
    ]);
  });

  it('hears nothing of a write that changes nothing', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const object = `${virtualServices}/a`;
    const created = accepted(await api.post(virtualServices, aVirtualService('a')));
    const watch = await api.watch(virtualServices, { resourceVersion: created.metadata.resourceVersion });
    const same = accepted(await api.patch(object, 'json', weight(50)));
    await api.patch(object, 'json', weight(60));
    const [event] = await watch.first(1);
    watch.close();
    expect(same).toEqual(created);
    expect(event?.object.spec).toMatchObject({ http: [{ route: [{ weight: 60 }, { weight: 50 }] }] });
  });

  it('ends by itself when its time is up', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const { resourceVersion } = accepted(await api.get(configMaps)).metadata;
    const watch = await api.watch(configMaps, {
      timeoutSeconds: 1,
      resourceVersion,
      labelSelector: 'no=one',
    });
    expect([watch.code, await watch.ended]).toEqual([200, []]);
  });

  it('that asks for bookmarks learns how far it came before its time is up', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const { metadata } = accepted(await api.post(virtualServices, aVirtualService('a')));
    const watch = await api.watch(virtualServices, {
      timeoutSeconds: 4,
      allowWatchBookmarks: true,
      resourceVersion: metadata.resourceVersion,
    });
    const events = await watch.ended;
    expect(events.map(({ type }) => type)).toEqual(events.map(() => 'BOOKMARK'));
    const revision = events.at(-1)?.object.metadata.resourceVersion;
    expect(events.at(-1)?.object).toEqual({
      kind: 'VirtualService',
      apiVersion: 'networking.istio.io/v1',
      metadata: { resourceVersion: revision },
      ...(events.at(-1)?.object.spec ? { spec: events.at(-1)?.object.spec } : {}),
    });
    expect(Number(revision)).toBeGreaterThanOrEqual(Number(metadata.resourceVersion));
  });

  it('that asks for the initial events hears where they end', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    const events = await firstEvents(api, virtualServices, 2, {
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    });
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK']);
    expect(events[1]?.object.metadata).toMatchObject({
      resourceVersion: expect.stringMatching(/^\d+$/),
      annotations: { 'k8s.io/initial-events-end': 'true' },
    });
  });

  it('that asks for the initial events must say how fresh', async ({ api, namespace }) => {
    const message = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    const { code, body } = await api.get(pathsIn(namespace).virtualServices, {
      watch: true,
      sendInitialEvents: true,
    });
    expect({ code, body }).toEqual(
      failure(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: ${message}`, {
        group: 'meta.k8s.io',
        kind: 'ListOptions',
        causes: [{ reason: 'FieldValueForbidden', message, field: 'resourceVersionMatch' }],
      }),
    );
  });
});

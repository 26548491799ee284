import { describe, expect, it } from 'vitest';
import { readDeployment } from '../../src/kube/deployment.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { readPod } from '../../src/kube/pod.ts';
import { readService } from '../../src/kube/service.ts';
import { readDestinationRule } from '../../src/kube/traffic-objects.ts';
import { versionsOf } from '../../src/kube/versions.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';
import { aVirtualService, fixtureObjects, objectsIn } from '../support/objects.ts';

function sourcesOf(objects: readonly KubeObject[]) {
  const ofKind = (kind: string) => objects.filter(object => object.kind === kind);
  return {
    deployments: ofKind('Deployment').map(readDeployment),
    pods: ofKind('Pod').map(readPod),
    services: ofKind('Service').map(readService),
    destinationRules: ofKind('DestinationRule').map(readDestinationRule),
    warningEvents: [],
  };
}

function routeOf(virtualService: ReturnType<typeof readVirtualService>) {
  const [route] = virtualService.routes;
  if (!route) throw new Error('no route');
  return route;
}

const route = routeOf(aVirtualService([50, 50]));

describe('the versions behind a route', () => {
  it('are the Deployments and pods that the Service and the subset select', () => {
    expect(versionsOf(route, 'default', sourcesOf(fixtureObjects('crash-looping')))).toEqual([
      {
        label: 'v1',
        namespace: 'default',
        deployment: 'myapp-v1',
        readyPods: 1,
        wantedPods: 1,
        image: 'janakiramm/myapp:v1',
        createdAtMs: Date.parse('2026-11-20T06:00:00Z'),
        health: 'ready',
        words: 'Running',
        why: '',
        podNames: ['myapp-v1-66bbb8f55c-cd4dq'],
        readyPodNames: ['myapp-v1-66bbb8f55c-cd4dq'],
        podPort: 80,
      },
      {
        label: 'v2',
        namespace: 'default',
        deployment: 'myapp-v2',
        readyPods: 0,
        wantedPods: 1,
        image: 'janakiramm/myapp:v2',
        createdAtMs: Date.parse('2026-11-23T05:58:00Z'),
        health: 'failing',
        words: 'CrashLoopBackOff',
        why: 'CrashLoopBackOff, 4 restarts: exit 1',
        podNames: ['myapp-v2-788c7bb89c-hfg5m'],
        readyPodNames: [],
        podPort: 80,
      },
    ]);
  });

  const toHost = (host: string) => {
    const destinations = route.destinations.map(destination => ({ ...destination, host }));
    return versionsOf({ ...route, destinations }, 'default', sourcesOf(fixtureObjects('crash-looping')));
  };

  it('are those of the Service that the host means by its full name as well', () => {
    expect(toHost('myapp.default.svc.cluster.local')).toEqual(toHost('myapp'));
    expect(toHost('myapp.default.svc.cluster.local')[0]).toMatchObject({
      namespace: 'default',
      readyPods: 1,
    });
  });

  it.each(['myapp.default', 'myapp.default.example', 'default.myapp'])(
    'are not known behind %s, which Istio takes as it is written',
    host => {
      expect(toHost(host)[0]).toMatchObject({
        namespace: 'default',
        health: 'unknown',
        words: 'its host names no Service',
      });
    },
  );

  it('say which object is missing', () => {
    const objects = fixtureObjects('crash-looping');
    const without = (kind: string) => sourcesOf(objects.filter(object => object.kind !== kind));
    expect(versionsOf(route, 'default', without('DestinationRule'))[1]).toMatchObject({
      health: 'absent',
      words: 'no DestinationRule names subset v2',
    });
    expect(versionsOf(route, 'default', without('Service'))[0]?.words).toBe('no Service myapp here');
  });

  it.each([
    ['Service', 'services', 'unknown', 'its Service may not be read'],
    ['DestinationRule', 'destinationRules', 'unknown', 'its DestinationRule may not be read'],
    ['Pod', 'pods', 'ready', 'Running'],
    ['Deployment', 'deployments', 'ready', 'Running'],
  ] as const)('are not called absent where no %s may be read', (kind, part, health, words) => {
    const objects = fixtureObjects('crash-looping').filter(object => object.kind !== kind);
    const sources = { ...sourcesOf(objects), unread: { [part]: 'may not be read' } };
    expect(versionsOf(route, 'default', sources)[0]).toMatchObject({ health, words });
  });

  it('are unknown where neither their pods nor their Deployments may be read', () => {
    const objects = fixtureObjects('crash-looping').filter(
      ({ kind }) => kind !== 'Pod' && kind !== 'Deployment',
    );
    const unread = { pods: 'may not be read', deployments: 'may not be read' };
    expect(versionsOf(route, 'default', { ...sourcesOf(objects), unread })[0]).toMatchObject({
      health: 'unknown',
      words: 'its pods may not be read',
    });
  });

  it('are found in the namespace of their host, by that namespace alone', () => {
    const home = fixtureObjects('crash-looping').filter(
      ({ kind }) => kind !== 'Service' && kind !== 'DestinationRule',
    );
    const elsewhere = fixtureObjects('crash-looping').map(
      object => JSON.parse(JSON.stringify(object).replaceAll('default', 'shop')) as KubeObject,
    );
    const remote = routeOf(
      readVirtualService({
        metadata: { name: 'x', namespace: 'default' },
        spec: {
          http: [
            {
              route: ['v1', 'v2'].map(subset => ({
                destination: { host: 'myapp.shop.svc.cluster.local', subset },
              })),
            },
          ],
        },
      }),
    );
    expect(versionsOf(remote, 'default', sourcesOf([...home, ...elsewhere]))).toMatchObject([
      { label: 'v1', namespace: 'shop', readyPods: 1, health: 'ready' },
      { label: 'v2', namespace: 'shop', readyPods: 0, health: 'failing' },
    ]);
    expect(versionsOf(remote, 'default', sourcesOf(home))[0]?.words).toBe(
      'no Service myapp.shop.svc.cluster.local here',
    );
  });

  it('are told apart by host where there are no subsets', () => {
    const objects = objectsIn(`
metadata: {name: shop-blue, namespace: default}
kind: Service
spec: {selector: {app: shop, colour: blue}, ports: [{port: 80, targetPort: 8080}]}
---
metadata: {name: blue, namespace: default}
kind: Deployment
spec: {replicas: 0, template: {metadata: {labels: {app: shop, colour: blue}}}}
`);
    const byHost = routeOf(
      readVirtualService({
        metadata: { name: 'shop', namespace: 'default' },
        spec: {
          http: [
            { route: [{ destination: { host: 'shop-blue' } }, { destination: { host: 'shop-green' } }] },
          ],
        },
      }),
    );
    expect(versionsOf(byHost, 'default', sourcesOf(objects))).toMatchObject([
      { label: 'shop-blue', deployment: 'blue', words: 'scaled to 0', podPort: 8080 },
      { label: 'shop-green', health: 'absent', words: 'no Service shop-green here' },
    ]);
  });
});

describe('labels of destinations', () => {
  const labels = (destinations: readonly Record<string, unknown>[]) =>
    routeOf(
      readVirtualService({
        metadata: { name: 'x', namespace: 'default' },
        spec: { http: [{ route: destinations.map(destination => ({ destination })) }] },
      } as never),
    ).destinations.map(({ label }) => label);

  it('are the subset, else the short host', () => {
    expect(
      labels([{ host: 'a.b.svc.cluster.local', subset: 'v1' }, { host: 'a.b.svc.cluster.local' }]),
    ).toEqual(['v1', 'a']);
  });

  it('are unique within the route', () => {
    expect(
      labels([
        { host: 'a', subset: 'v1' },
        { host: 'b', subset: 'v1' },
      ]),
    ).toEqual(['a', 'b']);
    expect(labels([{ host: 'a.one.svc' }, { host: 'a.two.svc' }])).toEqual(['a.one', 'a.two']);
    expect(labels([{ host: 'a' }, { host: 'a' }])).toEqual(['a#1', 'a#2']);
    expect(
      labels([
        { host: 'a', port: { number: 80 } },
        { host: 'a', port: { number: 81 } },
      ]),
    ).toEqual(['a:80', 'a:81']);
  });

  it('hold nothing that a terminal acts on', () => {
    expect(
      labels([
        { host: 'a', subset: '\u001b[31mv1\u202e' },
        { host: 'a', subset: 'v2' },
      ]),
    ).toEqual(['v1', 'v2']);
  });
});

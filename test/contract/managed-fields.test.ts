import { describe, expect } from 'vitest';
import { accepted, type Thing } from './api.ts';
import { it } from './contract.ts';
import { aDeployment, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

const WEIGHT = [{ op: 'add', path: '/spec/http/0/route/0/weight', value: 60 }];
const owners = ({ metadata }: Thing) =>
  metadata.managedFields?.map(({ manager, operation, subresource, fieldsV1 }) => [
    manager,
    subresource === undefined ? operation : `${operation} of ${subresource}`,
    fieldsV1,
  ]);
const HOSTS = { 'f:hosts': {} };
const HTTP = { 'f:http': {} };

describe.concurrent('the weights of a VirtualService', () => {
  it('belong after a patch to who patched, the list of routes as a whole', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'), { fieldManager: 'creator' });
    const patched = accepted(
      await api.patch(`${virtualServices}/a`, 'json', WEIGHT, { fieldManager: 'patcher' }),
    );
    expect(owners(patched)).toEqual([
      ['creator', 'Update', { 'f:spec': { '.': {}, ...HOSTS } }],
      ['patcher', 'Update', { 'f:spec': HTTP }],
    ]);
  });

  it('belong after an update to who updated', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const created = accepted(
      await api.post(virtualServices, aVirtualService('a'), { fieldManager: 'creator' }),
    );
    const wanted = { ...created, spec: aVirtualService('a', [60, 40]).spec };
    const updated = accepted(await api.put(`${virtualServices}/a`, wanted, { fieldManager: 'updater' }));
    expect(owners(updated)).toEqual([
      ['creator', 'Update', { 'f:spec': { '.': {}, ...HOSTS } }],
      ['updater', 'Update', { 'f:spec': HTTP }],
    ]);
  });

  it('are lost to who applied them once somebody patches', async ({ api, namespace }) => {
    const path = `${pathsIn(namespace).virtualServices}/a`;
    await api.patch(path, 'apply', aVirtualService('a'), { fieldManager: 'applier' });
    const patched = accepted(await api.patch(path, 'json', WEIGHT, { fieldManager: 'patcher' }));
    expect(owners(patched)).toEqual([
      ['applier', 'Apply', { 'f:spec': HOSTS }],
      ['patcher', 'Update', { 'f:spec': HTTP }],
    ]);
  });

  it('come back to who applies them by force', async ({ api, namespace }) => {
    const path = `${pathsIn(namespace).virtualServices}/a`;
    const applied = { fieldManager: 'applier' };
    await api.patch(path, 'apply', aVirtualService('a'), applied);
    await api.patch(path, 'json', WEIGHT, { fieldManager: 'patcher' });
    const back = accepted(await api.patch(path, 'apply', aVirtualService('a'), { ...applied, force: true }));
    expect(owners(back)).toEqual([['applier', 'Apply', { 'f:spec': { ...HOSTS, ...HTTP } }]]);
  });

  it('are named by the first word of the User-Agent where no manager is given', async ({
    api,
    namespace,
  }) => {
    const { virtualServices } = pathsIn(namespace);
    const created = accepted(await api.post(virtualServices, aVirtualService('a')));
    expect(owners(created)?.map(([manager]) => manager)).toEqual(['contract']);
  });
});

describe.concurrent('ownership', () => {
  it('of the same manager, operation and version is one entry', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    const patched = accepted(await api.patch(`${virtualServices}/a`, 'json', WEIGHT));
    expect(owners(patched)).toEqual([['contract', 'Update', { 'f:spec': { '.': {}, ...HOSTS, ...HTTP } }]]);
  });

  it('under two versions of a kind is two entries', async ({ api, namespace }) => {
    const { virtualServices, virtualServicesV1beta1 } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    const patched = accepted(await api.patch(`${virtualServicesV1beta1}/a`, 'json', WEIGHT));
    expect(patched.metadata.managedFields?.map(({ apiVersion, fieldsV1 }) => [apiVersion, fieldsV1])).toEqual(
      [
        ['networking.istio.io/v1', { 'f:spec': { '.': {}, ...HOSTS } }],
        ['networking.istio.io/v1beta1', { 'f:spec': HTTP }],
      ],
    );
  });

  it('of labels is a matter of each label', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    const body = { metadata: { labels: { team: 'blue', 'example.com/x': 'y' } } };
    const patched = accepted(
      await api.patch(`${virtualServices}/a`, 'merge', body, { fieldManager: 'labeller' }),
    );
    expect(owners(patched)).toContainEqual([
      'labeller',
      'Update',
      { 'f:metadata': { 'f:labels': { '.': {}, 'f:team': {}, 'f:example.com/x': {} } } },
    ]);
  });

  it('of what was removed ends', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const labels = (value: string | null) => ({ metadata: { labels: { team: value } } });
    await api.post(virtualServices, aVirtualService('a'));
    await api.patch(`${virtualServices}/a`, 'merge', labels('blue'), { fieldManager: 'labeller' });
    const removed = accepted(
      await api.patch(`${virtualServices}/a`, 'merge', labels(null), { fieldManager: 'remover' }),
    );
    expect(owners(removed)?.map(([manager]) => manager)).not.toContain('labeller');
    expect(removed.metadata.labels ?? {}).toEqual({});
  });

  it('through a subresource is an entry of its own', async ({ api, namespace }) => {
    const { deployments } = pathsIn(namespace);
    await api.post(deployments, aDeployment('web', { paused: true, replicas: 0 }));
    await api.patch(
      `${deployments}/web/scale`,
      'merge',
      { spec: { replicas: 1 } },
      { fieldManager: 'scaler' },
    );
    expect(owners(accepted(await api.get(`${deployments}/web`)))).toContainEqual([
      'scaler',
      'Update of scale',
      { 'f:spec': { 'f:replicas': {} } },
    ]);
  });

  it('in a Deployment names containers, ports and labels by their keys', async ({ api, namespace }) => {
    const { deployments } = pathsIn(namespace);
    const created = accepted(await api.post(deployments, aDeployment('web', { paused: true, replicas: 0 })));
    expect(created.metadata.managedFields?.[0]?.fieldsV1).toMatchObject({
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"myapp"}': {
                '.': {},
                'f:image': {},
                'f:ports': {
                  '.': {},
                  'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:name': {} },
                },
              },
            },
          },
        },
      },
    });
  });
});

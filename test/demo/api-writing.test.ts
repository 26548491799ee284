import { describe, expect } from 'vitest';
import {
  clientsOf,
  failure,
  istioObject,
  it,
  MERGE_PATCH,
  NAMED,
  patchWeights,
  refusalOf,
  requestApi,
  VIRTUAL_SERVICE,
  weightsIn,
} from './cluster.ts';

const VIRTUAL_SERVICES = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';

describe.concurrent('writing', () => {
  it('creates, replaces and deletes', async ({ demo }) => {
    const { core } = clientsOf(demo);
    const namespace = 'default';
    const created = await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { generateName: 'page-' }, data: { a: '1' } },
    });
    const name = created.metadata?.name ?? '';
    expect(name).toMatch(/^page-[b-df-hj-np-tv-z2-9]{5}$/);
    const replaced = await core.replaceNamespacedConfigMap({
      namespace,
      name,
      body: { ...created, data: { a: '2' } },
    });
    expect(replaced.data).toEqual({ a: '2' });
    const status = await core.deleteNamespacedConfigMap({ namespace, name });
    expect(status).toMatchObject({ status: 'Success', details: { name, kind: 'configmaps' } });
    expect(await refusalOf(core.readNamespacedConfigMap({ namespace, name }))).toMatchObject({ code: 404 });
  });

  it('refuses to replace what somebody else has changed meanwhile', async ({ demo }) => {
    const { custom } = clientsOf(demo);
    const mine = await custom.getNamespacedCustomObject(VIRTUAL_SERVICE);
    await patchWeights(demo, [60, 40]);
    const message =
      'Operation cannot be fulfilled on virtualservices.networking.istio.io "myapp": the object has been modified; ' +
      'please apply your changes to the latest version and try again';
    const refused = custom.replaceNamespacedCustomObject({ ...VIRTUAL_SERVICE, body: mine });
    expect(await refusalOf(refused)).toEqual(failure(409, 'Conflict', message, NAMED));
  });

  it('refuses to create what is there', async ({ demo }) => {
    const body = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'myapp' },
      spec: { ports: [{ port: 80 }] },
    };
    expect(
      await refusalOf(clientsOf(demo).core.createNamespacedService({ namespace: 'default', body })),
    ).toEqual(
      failure(409, 'AlreadyExists', 'services "myapp" already exists', { name: 'myapp', kind: 'services' }),
    );
  });

  it('says what is missing, and what cannot be a name', async ({ demo }) => {
    const { custom } = clientsOf(demo);
    const create = (metadata: object, spec: object) => {
      const body = { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata, spec };
      return refusalOf(custom.createNamespacedCustomObject({ ...istioObject('destinationrules', ''), body }));
    };
    expect(await create({ name: 'x' }, {})).toMatchObject({
      message: expect.stringContaining(
        'DestinationRule.networking.istio.io "x" is invalid: [spec.host: Required value',
      ),
    });
    expect(await create({ name: 'Not A Name' }, { host: 'x' })).toMatchObject({
      code: 422,
      message: expect.stringContaining('RFC 1123'),
    });
  });

  it('refuses an object in a namespace that is not there', async ({ demo }) => {
    const body = { metadata: { name: 'x' } };
    expect(
      await refusalOf(clientsOf(demo).core.createNamespacedConfigMap({ namespace: 'nope', body })),
    ).toMatchObject({
      code: 404,
      message: 'namespaces "nope" not found',
    });
  });

  it('merges a merge patch, and takes no other kind of patch for a custom kind', async ({ demo }) => {
    const { custom } = clientsOf(demo);
    const body = { metadata: { labels: { team: 'blue' } } };
    const patched = await custom.patchNamespacedCustomObject({ ...VIRTUAL_SERVICE, body }, MERGE_PATCH);
    expect(patched.metadata.labels).toEqual({ team: 'blue' });
    const headers = { 'content-type': 'application/strategic-merge-patch+json' };
    const refused = await requestApi(demo, `${VIRTUAL_SERVICES}/myapp`, {
      method: 'PATCH',
      headers,
      body: '{}',
    });
    expect(refused).toMatchObject({ code: 415, body: { reason: 'UnsupportedMediaType' } });
  });

  it('takes YAML as well as JSON', async ({ demo }) => {
    const body = 'metadata:\n  name: from-yaml\ndata:\n  a: "1"\n';
    const headers = { 'content-type': 'application/yaml' };
    const created = await requestApi(demo, '/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      headers,
      body,
    });
    expect(created).toMatchObject({ code: 201, body: { metadata: { name: 'from-yaml' }, data: { a: '1' } } });
  });

  it('never deletes the default namespace', async ({ demo }) => {
    const message = 'namespaces "default" is forbidden: this namespace may not be deleted';
    const refused = clientsOf(demo).core.deleteNamespace({ name: 'default' });
    expect(await refusalOf(refused)).toEqual(
      failure(403, 'Forbidden', message, { name: 'default', kind: 'namespaces' }),
    );
  });

  it('stores nothing in a dry run', async ({ demo }) => {
    const body = [{ op: 'replace', path: '/spec/http/0/route/0/weight', value: 99 }];
    const answer = await clientsOf(demo).custom.patchNamespacedCustomObject({
      ...VIRTUAL_SERVICE,
      body,
      dryRun: 'All',
    });
    expect(answer.spec.http[0].route[0].weight).toBe(99);
    expect(await weightsIn(demo)).toEqual([50, 50]);
  });

  it('refuses a body that is too large', async ({ demo }) => {
    const body = JSON.stringify({ metadata: { name: 'big' }, data: { a: 'x'.repeat(3_200_000) } });
    const headers = { 'content-type': 'application/json' };
    const answer = await requestApi(demo, '/api/v1/namespaces/default/configmaps', {
      method: 'POST',
      headers,
      body,
    });
    expect(answer).toMatchObject({ code: 413, body: { reason: 'RequestEntityTooLarge' } });
  });

  it('gives NodePort Services a port of the node', async ({ demo }) => {
    const body = {
      metadata: { name: 'open' },
      spec: { type: 'NodePort', selector: { app: 'myapp' }, ports: [{ port: 80 }] },
    };
    const { spec } = await clientsOf(demo).core.createNamespacedService({ namespace: 'default', body });
    expect(spec).toMatchObject({
      type: 'NodePort',
      clusterIP: expect.stringMatching(/^10\.96\./),
      ports: [{ port: 80, targetPort: 80, protocol: 'TCP', nodePort: expect.any(Number) }],
    });
  });
});

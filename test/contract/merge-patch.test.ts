import { describe, expect } from 'vitest';
import { type Api, accepted } from './api.ts';
import { failure, it, refusal } from './contract.ts';
import { aConfigMap, aDeployment, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

describe.concurrent('a merge patch', () => {
  it('sets what it names, removes what it names null, and keeps the rest', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await api.post(configMaps, { ...aConfigMap('a', { team: 'blue', size: '1' }), data: { a: '1', b: '2' } });
    const patched = accepted(
      await api.patch(`${configMaps}/a`, 'merge', {
        metadata: { labels: { team: null, tier: 'web' } },
        data: { b: null, c: '3' },
      }),
    );
    expect([patched.metadata.labels, patched.data]).toEqual([
      { size: '1', tier: 'web' },
      { a: '1', c: '3' },
    ]);
  });

  it('replaces lists whole', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    const http = [{ route: [{ destination: { host: 'other' } }] }];
    const { spec } = accepted(await api.patch(`${virtualServices}/a`, 'merge', { spec: { http } }));
    expect(spec).toEqual({ hosts: ['myapp.example.com'], http });
  });

  it('that changes nothing keeps the revision', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const before = accepted(await api.post(virtualServices, aVirtualService('a')));
    const same = { spec: before.spec };
    expect(accepted(await api.patch(`${virtualServices}/a`, 'merge', same))).toEqual(before);
  });

  it('that expects another revision is refused', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await api.post(configMaps, aConfigMap('a'));
    const answer = await api.patch(`${configMaps}/a`, 'merge', {
      metadata: { resourceVersion: '1' },
      data: { colour: 'green' },
    });
    const message =
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your ' +
      'changes to the latest version and try again';
    expect(refusal(answer)).toEqual(failure(409, 'Conflict', message, { name: 'a', kind: 'configmaps' }));
  });

  it.for([
    [
      'a list',
      [],
      'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
    [
      'a string',
      'x',
      'error decoding patch: json: cannot unmarshal string into Go value of type map[string]interface {}',
    ],
  ] as const)('that is %s is refused', async ([_name, body, message], { api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    expect(refusal(await api.patch(`${virtualServices}/a`, 'merge', body))).toEqual(
      failure(400, 'BadRequest', message),
    );
  });
});

type Container = { readonly name: string; readonly image: string };

/** The containers of a paused Deployment after a strategic merge patch on its pod spec. */
async function patchedPodSpec(api: Api, namespace: string, spec: object) {
  const { deployments } = pathsIn(namespace);
  const body = { spec: { template: { spec } } };
  const patched = accepted(await api.patch(`${deployments}/web`, 'strategic', body));
  const template = patched.spec.template as { spec: { containers: readonly Container[] } };
  return template.spec;
}

async function createPaused(api: Api, namespace: string, containers: readonly object[]) {
  const paused = { paused: true, replicas: 0 };
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers } };
  await api.post(pathsIn(namespace).deployments, aDeployment('web', { ...paused, template }));
}

describe.concurrent('a strategic merge patch', () => {
  const WEB = {
    name: 'web',
    image: 'nginx:1',
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
    args: ['a', 'b'],
    ports: [{ containerPort: 80 }],
  };
  const SIDE = { name: 'side', image: 'side:1' };

  it('finds a container by its name', async ({ api, namespace }) => {
    await createPaused(api, namespace, [WEB, SIDE]);
    const { containers } = await patchedPodSpec(api, namespace, {
      containers: [{ name: 'side', image: 'side:2' }],
    });
    expect(containers.map(({ name, image }) => [name, image]).toSorted()).toEqual([
      ['side', 'side:2'],
      ['web', 'nginx:1'],
    ]);
  });

  it('adds a container that is not there yet, before the others', async ({ api, namespace }) => {
    await createPaused(api, namespace, [WEB]);
    const { containers } = await patchedPodSpec(api, namespace, { containers: [SIDE] });
    expect(containers.map(({ name }) => name)).toEqual(['side', 'web']);
  });

  it('merges variables by name and ports by number, and replaces arguments', async ({ api, namespace }) => {
    await createPaused(api, namespace, [WEB]);
    const { containers } = await patchedPodSpec(api, namespace, {
      containers: [
        { name: 'web', env: [{ name: 'B', value: '3' }], args: ['c'], ports: [{ containerPort: 81 }] },
      ],
    });
    expect(containers).toMatchObject([
      {
        env: [
          { name: 'B', value: '3' },
          { name: 'A', value: '1' },
        ].toSorted((left, right) => left.name.localeCompare(right.name)),
        args: ['c'],
        ports: [{ containerPort: 81 }, { containerPort: 80 }],
      },
    ]);
  });

  it('deletes an item that it is told to', async ({ api, namespace }) => {
    await createPaused(api, namespace, [WEB, SIDE]);
    const { containers } = await patchedPodSpec(api, namespace, {
      containers: [{ name: 'side', $patch: 'delete' }],
    });
    expect(containers.map(({ name }) => name)).toEqual(['web']);
  });

  it('replaces a list that it is told to', async ({ api, namespace }) => {
    await createPaused(api, namespace, [WEB, SIDE]);
    const { containers } = await patchedPodSpec(api, namespace, {
      containers: [{ $patch: 'replace' }, { name: 'only', image: 'only:1' }],
    });
    expect(containers.map(({ name }) => name)).toEqual(['only']);
  });

  it('puts items in the order that it is told', async ({ api, namespace }) => {
    await createPaused(api, namespace, [WEB, SIDE]);
    const { containers } = await patchedPodSpec(api, namespace, {
      '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }],
      containers: [{ name: 'web', image: 'nginx:2' }],
    });
    expect(containers.map(({ name, image }) => [name, image])).toEqual([
      ['side', 'side:1'],
      ['web', 'nginx:2'],
    ]);
  });

  it('merges labels and annotations as a merge patch does', async ({ api, namespace }) => {
    await createPaused(api, namespace, [WEB]);
    const { deployments } = pathsIn(namespace);
    const { metadata } = accepted(
      await api.patch(`${deployments}/web`, 'strategic', {
        metadata: { labels: { app: null, tier: 'web' }, annotations: { note: 'x' } },
      }),
    );
    expect([metadata.labels, metadata.annotations?.note]).toEqual([{ tier: 'web' }, 'x']);
  });

  it('that changes nothing keeps revision and generation', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    const before = accepted(await api.post(configMaps, aConfigMap('a')));
    const same = { data: { colour: 'blue' } };
    expect(accepted(await api.patch(`${configMaps}/a`, 'strategic', same))).toEqual(before);
  });
});

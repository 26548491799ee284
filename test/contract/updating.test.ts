import { describe, expect } from 'vitest';
import { accepted } from './api.ts';
import { failure, it, refusal } from './contract.ts';
import { aConfigMap, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';
const ISTIO = { name: 'a', group: 'networking.istio.io', kind: 'virtualservices' };

describe.concurrent('updating', () => {
  it('replaces the object, and counts a generation', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const before = accepted(await api.post(virtualServices, aVirtualService('a')));
    const wanted = { ...before, spec: aVirtualService('a', [10, 90]).spec };
    const { code, body } = await api.put(`${virtualServices}/a`, wanted);
    expect([code, body.spec, body.metadata.generation]).toEqual([200, wanted.spec, 2]);
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(Number(before.metadata.resourceVersion));
    expect([body.metadata.uid, body.metadata.creationTimestamp]).toEqual([
      before.metadata.uid,
      before.metadata.creationTimestamp,
    ]);
  });

  it('of labels alone counts no generation', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const before = accepted(await api.post(virtualServices, aVirtualService('a')));
    const wanted = { ...before, metadata: { ...before.metadata, labels: { team: 'blue' } } };
    const { metadata } = accepted(await api.put(`${virtualServices}/a`, wanted));
    expect([metadata.labels, metadata.generation]).toEqual([{ team: 'blue' }, 1]);
    expect(metadata.resourceVersion).not.toBe(before.metadata.resourceVersion);
  });

  it('that changes nothing keeps the revision', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const before = accepted(await api.post(virtualServices, aVirtualService('a')));
    expect(accepted(await api.put(`${virtualServices}/a`, before))).toEqual(before);
  });

  it('on trial answers as always and keeps nothing', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const before = accepted(await api.post(virtualServices, aVirtualService('a')));
    const wanted = { ...before, spec: aVirtualService('a', [10, 90]).spec };
    const { spec } = accepted(await api.put(`${virtualServices}/a`, wanted, { dryRun: 'All' }));
    expect(spec).toEqual(wanted.spec);
    expect((await api.get(`${virtualServices}/a`)).body).toEqual(before);
  });

  it('of a ConfigMap needs no revision', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await api.post(configMaps, aConfigMap('a'));
    const { code, body } = await api.put(`${configMaps}/a`, {
      ...aConfigMap('a'),
      data: { colour: 'green' },
    });
    expect([code, body.data]).toEqual([200, { colour: 'green' }]);
  });
});

describe.concurrent('updating is refused', () => {
  it('where somebody else wrote since', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const before = accepted(await api.post(virtualServices, aVirtualService('a')));
    await api.put(`${virtualServices}/a`, { ...before, spec: aVirtualService('a', [10, 90]).spec });
    const late = { ...before, spec: aVirtualService('a', [20, 80]).spec };
    expect(refusal(await api.put(`${virtualServices}/a`, late))).toEqual(
      failure(
        409,
        'Conflict',
        `Operation cannot be fulfilled on virtualservices.networking.istio.io "a": ${MODIFIED}`,
        ISTIO,
      ),
    );
  });

  it('of an Istio object without its revision', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    const message = 'Invalid value: 0: must be specified for an update';
    expect(refusal(await api.put(`${virtualServices}/a`, aVirtualService('a', [10, 90])))).toEqual(
      failure(
        422,
        'Invalid',
        `virtualservices.networking.istio.io "a" is invalid: metadata.resourceVersion: ${message}`,
        { ...ISTIO, causes: [{ reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' }] },
      ),
    );
  });

  it('of what is not there', async ({ api, namespace }) => {
    const answer = await api.put(`${pathsIn(namespace).configMaps}/a`, aConfigMap('a'));
    expect(refusal(answer)).toEqual(
      failure(404, 'NotFound', 'configmaps "a" not found', { name: 'a', kind: 'configmaps' }),
    );
  });

  it('under another name than that of the path', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await api.post(configMaps, aConfigMap('a'));
    expect(refusal(await api.put(`${configMaps}/a`, aConfigMap('b')))).toEqual(
      failure(400, 'BadRequest', 'the name of the object (b) does not match the name on the URL (a)'),
    );
  });

  it('of another object of that name', async ({ api, namespace }) => {
    const { configMaps } = pathsIn(namespace);
    await api.post(configMaps, aConfigMap('a'));
    const other = { ...aConfigMap('a'), metadata: { name: 'a', uid: 'another' } };
    const message = expect.stringMatching(
      /^Operation cannot be fulfilled on configmaps "a": .*Precondition failed: UID in precondition: another, UID in object meta: [0-9a-f-]{36}$/,
    );
    expect(refusal(await api.put(`${configMaps}/a`, other))).toEqual(
      failure(409, 'Conflict', message, { name: 'a', kind: 'configmaps' }),
    );
  });
});

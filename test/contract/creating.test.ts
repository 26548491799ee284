import { describe, expect } from 'vitest';
import { accepted } from './api.ts';
import { failure, it, refusal } from './contract.ts';
import { aConfigMap, aDeployment, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

const ISTIO = { group: 'networking.istio.io', kind: 'VirtualService' };
const JSON_TYPE = { 'content-type': 'application/json' };
const FORMATS = 'application/json, application/yaml, application/vnd.kubernetes.protobuf';

describe.concurrent('creating', () => {
  it('fills in identity, generation and who owns what', async ({ api, namespace }) => {
    const { code, body } = await api.post(pathsIn(namespace).virtualServices, aVirtualService('a'));
    const object = aVirtualService('a');
    expect([code, body]).toEqual([
      201,
      {
        ...object,
        metadata: {
          name: 'a',
          namespace,
          uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
          resourceVersion: expect.stringMatching(/^[1-9]\d*$/),
          generation: 1,
          creationTimestamp: expect.stringMatching(/Z$/),
          managedFields: [
            {
              manager: 'contract',
              operation: 'Update',
              apiVersion: 'networking.istio.io/v1',
              time: body.metadata.creationTimestamp,
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:spec': { '.': {}, 'f:hosts': {}, 'f:http': {} } },
            },
          ],
        },
      },
    ]);
  });

  it('gives a Deployment the defaults of its kind', async ({ api, namespace }) => {
    const { body } = await api.post(pathsIn(namespace).deployments, aDeployment('web'), { dryRun: 'All' });
    expect(body.spec).toEqual({
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'myapp',
              image: 'janakiramm/myapp:v1',
              ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }],
              resources: {},
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 1,
          dnsPolicy: 'ClusterFirst',
          securityContext: {},
          schedulerName: 'default-scheduler',
        },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
    expect(body.status).toEqual({});
  });

  it('generates a name from what it begins with', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const nameless = { ...aVirtualService(''), metadata: { generateName: 'split-' } };
    const bodies = [await api.post(virtualServices, nameless), await api.post(virtualServices, nameless)];
    const names = bodies.map(answer => accepted(answer).metadata.name);
    expect(names).toEqual(Array(2).fill(expect.stringMatching(/^split-[bcdfghjklmnpqrstvwxz2456789]{5}$/)));
    expect(names[0]).not.toBe(names[1]);
  });

  it('takes kind and version of a built-in kind from the path', async ({ api, namespace }) => {
    const { code, body } = await api.post(pathsIn(namespace).configMaps, { metadata: { name: 'a' } });
    expect([code, body]).toMatchObject([
      201,
      { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } },
    ]);
  });

  it('reads YAML', async ({ api, namespace }) => {
    const { code, body } = await api.send('POST', pathsIn(namespace).configMaps, {
      headers: { 'content-type': 'application/yaml' },
      body: 'metadata: {name: a}\ndata:\n  colour: green\n',
    });
    expect([code, body.data]).toEqual([201, { colour: 'green' }]);
  });

  it('on trial answers as always and keeps nothing', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const { code, body } = await api.post(virtualServices, aVirtualService('a'), { dryRun: 'All' });
    expect([code, body.metadata.name, body.metadata.resourceVersion]).toEqual([201, 'a', undefined]);
    expect((await api.get(`${virtualServices}/a`)).code).toBe(404);
  });
});

describe.concurrent('creating is refused', () => {
  it('where the name is taken', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    await api.post(virtualServices, aVirtualService('a'));
    expect(refusal(await api.post(virtualServices, aVirtualService('a')))).toEqual(
      failure(409, 'AlreadyExists', 'virtualservices.networking.istio.io "a" already exists', {
        name: 'a',
        group: 'networking.istio.io',
        kind: 'virtualservices',
      }),
    );
  });

  it('without a name', async ({ api, namespace }) => {
    const answer = await api.post(pathsIn(namespace).configMaps, { metadata: {} });
    const message = 'Required value: name or generateName is required';
    expect(refusal(answer)).toEqual(
      failure(422, 'Invalid', `ConfigMap "" is invalid: metadata.name: ${message}`, {
        kind: 'ConfigMap',
        causes: [{ reason: 'FieldValueRequired', message, field: 'metadata.name' }],
      }),
    );
  });

  it('under a name that DNS would not take', async ({ api, namespace }) => {
    const answer = await api.post(pathsIn(namespace).virtualServices, aVirtualService('A_b'));
    const message =
      'Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, ' +
      "'-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for " +
      "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    expect(refusal(answer)).toEqual(
      failure(
        422,
        'Invalid',
        `VirtualService.networking.istio.io "A_b" is invalid: metadata.name: ${message}`,
        {
          name: 'A_b',
          ...ISTIO,
          causes: [{ reason: 'FieldValueInvalid', message, field: 'metadata.name' }],
        },
      ),
    );
  });

  it('in another namespace than that of the path', async ({ api, namespace }) => {
    const astray = { ...aVirtualService('a'), metadata: { name: 'a', namespace: 'default' } };
    const message = 'the namespace of the provided object does not match the namespace sent on the request';
    expect(refusal(await api.post(pathsIn(namespace).virtualServices, astray))).toEqual(
      failure(400, 'BadRequest', message),
    );
  });

  it('in a namespace that is not there', async ({ api }) => {
    const nowhere = 'weighbridge-contract-nowhere';
    const missing = failure(404, 'NotFound', `namespaces "${nowhere}" not found`, {
      name: nowhere,
      kind: 'namespaces',
    });
    const { configMaps, virtualServices } = pathsIn(nowhere);
    expect(refusal(await api.post(configMaps, aConfigMap('a')))).toEqual(missing);
    expect(refusal(await api.post(virtualServices, aVirtualService('a')))).toEqual(missing);
  });

  it('of another kind than that of the path', async ({ api, namespace }) => {
    const message =
      'the API version in the data (v1) does not match the expected API version (networking.istio.io/v1)';
    expect(refusal(await api.post(pathsIn(namespace).virtualServices, aConfigMap('a')))).toEqual(
      failure(400, 'BadRequest', message),
    );
  });

  it('of an Istio kind that does not name itself', async ({ api, namespace }) => {
    const body = { metadata: { name: 'x' }, spec: {} };
    const message =
      'the object provided is unrecognized (must be of type VirtualService): ' +
      `Object 'Kind' is missing in '${JSON.stringify(body)}' ({"metadata":{"name":"x"},"spec ...)`;
    expect(refusal(await api.post(pathsIn(namespace).virtualServices, body))).toEqual(
      failure(400, 'BadRequest', message),
    );
  });

  it('from what is no JSON', async ({ api, namespace }) => {
    const answer = await api.send('POST', pathsIn(namespace).configMaps, { headers: JSON_TYPE, body: '{' });
    const message =
      "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; " +
      'json parse error: unexpected end of JSON input ({)';
    expect(refusal(answer)).toEqual(failure(400, 'BadRequest', message));
  });

  it('from a media type that nobody reads', async ({ api, namespace }) => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await api.send('POST', pathsIn(namespace).virtualServices, { headers, body: '{}' });
    const message = `the body of the request was in an unknown format - accepted media types include: ${FORMATS}`;
    expect(refusal(answer)).toEqual(failure(415, 'UnsupportedMediaType', message));
  });

  it('with labels that are none', async ({ api, namespace }) => {
    const answer = await api.post(pathsIn(namespace).configMaps, aConfigMap('a', { colour: 'c d' }));
    const message =
      'Invalid value: "c d": a valid label must be an empty string or consist of alphanumeric characters, ' +
      "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  " +
      "or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    expect(refusal(answer)).toEqual(
      failure(422, 'Invalid', `ConfigMap "a" is invalid: metadata.labels: ${message}`, {
        name: 'a',
        kind: 'ConfigMap',
        causes: [{ reason: 'FieldValueInvalid', message, field: 'metadata.labels' }],
      }),
    );
  });

  it('for a trial of another sort', async ({ api, namespace }) => {
    const answer = await api.post(pathsIn(namespace).configMaps, aConfigMap('a'), { dryRun: 'Some' });
    const message = 'Unsupported value: ["Some"]: supported values: "All"';
    expect(refusal(answer)).toEqual(
      failure(422, 'Invalid', `CreateOptions.meta.k8s.io "" is invalid: dryRun: ${message}`, {
        group: 'meta.k8s.io',
        kind: 'CreateOptions',
        causes: [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }],
      }),
    );
  });
});

import { describe, expect } from 'vitest';
import { failure, it, refusal } from './contract.ts';
import { pathsIn } from './paths.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

describe('access', () => {
  it('with a token that was never given out is unauthorized', async ({ server }) => {
    const { code, body } = await server.withWrongToken.get('/api/v1/pods');
    expect({ code, body }).toEqual(failure(401, 'Unauthorized', 'Unauthorized'));
  });

  it('without credentials is refused, but for the version and the health', async ({ server, namespace }) => {
    const anonymous = server.withoutCredentials;
    const who = 'User "system:anonymous" cannot';
    expect((await anonymous.get('/version')).code).toBe(200);
    expect((await anonymous.get('/readyz')).code).toBe(200);
    expect(refusal(await anonymous.get('/api/v1/pods'))).toEqual(
      failure(
        403,
        'Forbidden',
        `pods is forbidden: ${who} list resource "pods" in API group "" at the cluster scope`,
        { kind: 'pods' },
      ),
    );
    expect(refusal(await anonymous.get(pathsIn(namespace).services))).toEqual(
      failure(
        403,
        'Forbidden',
        `services is forbidden: ${who} list resource "services" in API group "" in the namespace "${namespace}"`,
        { kind: 'services' },
      ),
    );
    expect(refusal(await anonymous.get('/apis'))).toEqual(
      failure(403, 'Forbidden', `forbidden: ${who} get path "/apis"`, {}),
    );
  });

  it('to a verb without the right is forbidden, and says who may not do what', async ({
    server,
    namespace,
  }) => {
    const { api, user } = server.forbid({ verb: 'patch', resource: 'virtualservices', namespace });
    const why =
      `virtualservices.networking.istio.io "x" is forbidden: User "${user}" cannot patch resource ` +
      `"virtualservices" in API group "networking.istio.io" in the namespace "${namespace}"`;
    const details = { name: 'x', group: 'networking.istio.io', kind: 'virtualservices' };
    const answer = await api.patch(`${pathsIn(namespace).virtualServices}/x`, 'json', []);
    expect(refusal(answer)).toEqual(failure(403, 'Forbidden', why, details));
  });

  it('to a subresource is a right of its own', async ({ server, namespace }) => {
    const { api, user } = server.forbid({
      verb: 'create',
      resource: 'pods',
      subresource: 'portforward',
      namespace,
    });
    const why =
      `pods "x" is forbidden: User "${user}" cannot create resource "pods/portforward" ` +
      `in API group "" in the namespace "${namespace}"`;
    const answer = await api.post(`${pathsIn(namespace).pods}/x/portforward?ports=80`, undefined);
    expect(refusal(answer)).toEqual(failure(403, 'Forbidden', why, { name: 'x', kind: 'pods' }));
  });
});

describe('a review of access', () => {
  const attributesIn = (namespace: string) => ({
    verb: 'patch',
    group: 'networking.istio.io',
    resource: 'virtualservices',
    namespace,
  });

  it('says yes to who may', async ({ api, namespace }) => {
    const resourceAttributes = attributesIn(namespace);
    const { code, body } = await api.post(REVIEWS, { spec: { resourceAttributes } });
    expect([code, body]).toEqual([
      201,
      {
        kind: 'SelfSubjectAccessReview',
        apiVersion: 'authorization.k8s.io/v1',
        metadata: expect.anything(),
        spec: { resourceAttributes },
        status: expect.objectContaining({ allowed: true }),
      },
    ]);
  });

  it('says no to who may not', async ({ server, namespace }) => {
    const resourceAttributes = attributesIn(namespace);
    const { api } = server.forbid({ verb: 'patch', resource: 'virtualservices', namespace });
    const { code, body } = await api.post(REVIEWS, { spec: { resourceAttributes } });
    expect([code, body.status]).toEqual([201, { allowed: false }]);
  });

  it('must say of what', async ({ api }) => {
    const message =
      'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const field = 'spec.resourceAttributes';
    expect(refusal(await api.post(REVIEWS, { spec: {} }))).toEqual(
      failure(422, 'Invalid', `.authorization.k8s.io "" is invalid: ${field}: ${message}`, {
        group: 'authorization.k8s.io',
        causes: [{ reason: 'FieldValueInvalid', message, field }],
      }),
    );
  });
});

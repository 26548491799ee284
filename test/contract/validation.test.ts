import { describe, expect } from 'vitest';
import { type Api, accepted, type Query } from './api.ts';
import { failure, it, refusal } from './contract.ts';
import { aConfigMap, aDeployment, aService, aVirtualService } from './objects.ts';
import { pathsIn } from './paths.ts';

type Cause = { readonly reason: string; readonly message: string; readonly field: string };

/** What a CRD adds to the causes when types are wrong: its rules could not run. */
const NOT_CHECKED: Cause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; ' +
    'correct the existing errors to complete validation',
  field: '<nil>',
};

/** The refusal of an object of `kind` named `a` for these causes. */
function invalid(kind: string, causes: readonly Cause[], group = '') {
  const said = causes.map(({ field, message }) => `${field}: ${message}`);
  const list = said.length === 1 ? said.join() : `[${said.join(', ')}]`;
  const qualified = group === '' ? kind : `${kind}.${group}`;
  const details = { name: 'a', ...(group === '' ? {} : { group }), kind, causes };
  return failure(422, 'Invalid', `${qualified} "a" is invalid: ${list}`, details);
}

const invalidSplit = (...causes: readonly Cause[]) =>
  invalid('VirtualService', causes, 'networking.istio.io');

async function patchWeights(api: Api, namespace: string, weights: readonly unknown[]) {
  const { virtualServices } = pathsIn(namespace);
  await api.post(virtualServices, aVirtualService('a'));
  const operations = weights.map((value, index) => ({
    op: 'add',
    path: `/spec/http/0/route/${index}/weight`,
    value,
  }));
  return api.patch(`${virtualServices}/a`, 'json', operations);
}

const FIRST_WEIGHT = 'spec.http[0].route[0].weight';
const TOO_BIG: Cause = {
  reason: 'FieldValueInvalid',
  message: `Invalid value: "": Checked value must be of type integer with format int32 in ${FIRST_WEIGHT}`,
  field: '<nil>',
};
const wrongType = (expected: string, found: string): Cause => ({
  reason: 'FieldValueTypeInvalid',
  message: `Invalid value: "${found}": ${FIRST_WEIGHT} in body must be of type ${expected}: "${found}"`,
  field: FIRST_WEIGHT,
});

describe.concurrent('weights of a VirtualService', () => {
  it.for([
    ['60 and 40', [60, 40]],
    ['a sum of 90', [30, 60]],
    ['a sum of 300', [100, 200]],
    ['nothing for both', [0, 0]],
    ['less than nothing', [-5, 100]],
    ['the largest of 32 bits', [2_147_483_647, 0]],
  ] as const)('may be %s: no webhook looks', async ([_name, weights], { api, namespace }) => {
    const { code, body } = await patchWeights(api, namespace, weights);
    expect([code, body.spec]).toEqual([200, aVirtualService('a', weights).spec]);
  });

  it('that are null are as good as absent', async ({ api, namespace }) => {
    const { code, body } = await patchWeights(api, namespace, [null, 100]);
    expect([code, body.spec]).toEqual([200, aVirtualService('a', [undefined, 100]).spec]);
  });

  it.for([
    ['a word', 'fifty', invalidSplit(wrongType('integer', 'string'), NOT_CHECKED)],
    ['a half', 0.5, invalidSplit(wrongType('int32', 'float64'), TOO_BIG, NOT_CHECKED)],
    ['more than 32 bits hold', 5e9, invalidSplit(TOO_BIG)],
    ['true', true, invalidSplit(wrongType('int32', ''), NOT_CHECKED)],
  ] as const)('must not be %s', async ([_name, weight, expected], { api, namespace }) => {
    expect(refusal(await patchWeights(api, namespace, [weight, 50]))).toEqual(expected);
    const { body } = await api.get(`${pathsIn(namespace).virtualServices}/a`);
    expect(body.spec).toEqual(aVirtualService('a').spec);
  });
});

describe.concurrent('an Istio object', () => {
  const required = (field: string): Cause => ({
    reason: 'FieldValueRequired',
    message: 'Required value',
    field,
  });
  const mistyped = (field: string, expected: string, found: string): Cause => ({
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: "${found}": ${field} in body must be of type ${expected}: "${found}"`,
    field,
  });

  it.for([
    [
      'a destination without a host',
      { http: [{ route: [{ destination: {} }] }] },
      [required('spec.http[0].route[0].destination.host'), NOT_CHECKED],
    ],
    [
      'a route without a destination',
      { http: [{ route: [{ weight: 1 }] }] },
      [required('spec.http[0].route[0].destination'), NOT_CHECKED],
    ],
    ['hosts that are a word', { hosts: 'x' }, [mistyped('spec.hosts', 'array', 'string'), NOT_CHECKED]],
    ['a route that is a number', { http: [5] }, [mistyped('spec.http[0]', 'object', 'integer'), NOT_CHECKED]],
  ] as const)('with %s is refused', async ([_name, spec, causes], { api, namespace }) => {
    const object = { ...aVirtualService('a'), spec: { hosts: ['x'], ...spec } };
    expect(refusal(await api.post(pathsIn(namespace).virtualServices, object))).toEqual(
      invalidSplit(...causes),
    );
  });

  it('of another kind is held to its own rules', async ({ api, namespace }) => {
    const rule = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'a' },
      spec: { subsets: [{}] },
    };
    const { code, body } = await api.post(pathsIn(namespace).destinationRules, rule);
    expect([code, body]).toMatchObject([
      422,
      {
        details: {
          kind: 'DestinationRule',
          causes: expect.arrayContaining([required('spec.subsets[0].name'), required('spec.host')]),
        },
      },
    ]);
  });
});

describe.concurrent('a field that the kind does not have', () => {
  const withColours = () => {
    const object = aVirtualService('a');
    return {
      ...object,
      spec: { ...object.spec, colour: 'blue', http: [{ ...object.spec.http[0], shade: 1 }] },
    };
  };
  const warnings = ['spec.colour', 'spec.http[0].shade'].map(field => `299 - "unknown field \\"${field}\\""`);

  it('is left out, with a warning for each', async ({ api, namespace }) => {
    const answer = await api.post(pathsIn(namespace).virtualServices, withColours());
    expect([answer.code, answer.body.spec]).toEqual([201, aVirtualService('a').spec]);
    expect(
      [answer.headers.warning]
        .flat()
        .join(', ')
        .split(/, ?(?=299)/),
    ).toEqual(warnings);
  });

  it('is left out by a patch too', async ({ api, namespace }) => {
    const { virtualServices } = pathsIn(namespace);
    const before = accepted(await api.post(virtualServices, aVirtualService('a')));
    const operations = [{ op: 'add', path: '/spec/colour', value: 'blue' }];
    const answer = await api.patch(`${virtualServices}/a`, 'json', operations);
    expect([answer.code, answer.body, answer.headers.warning]).toEqual([200, before, warnings[0]]);
  });

  it('is left out in silence when that is asked for', async ({ api, namespace }) => {
    const answer = await api.post(pathsIn(namespace).virtualServices, withColours(), {
      fieldValidation: 'Ignore',
    });
    expect([answer.code, answer.body.spec, answer.headers.warning]).toEqual([
      201,
      aVirtualService('a').spec,
      undefined,
    ]);
  });

  it('is refused when that is asked for', async ({ api, namespace }) => {
    const answer = await api.post(pathsIn(namespace).virtualServices, withColours(), {
      fieldValidation: 'Strict',
    });
    const message =
      'VirtualService in version "v1" cannot be handled as a VirtualService: strict decoding error: ' +
      'unknown field "spec.colour", unknown field "spec.http[0].shade"';
    expect(refusal(answer)).toEqual(failure(400, 'BadRequest', message));
  });

  it.for<[string, Query, number]>([
    ['is left out of a Deployment with a warning', {}, 201],
    ['is refused in a Deployment when that is asked for', { fieldValidation: 'Strict' }, 400],
  ])('%s', async ([_name, query, code], { api, namespace }) => {
    const deployment = aDeployment('a', { colour: 'blue' });
    const answer = await api.post(pathsIn(namespace).deployments, deployment, { dryRun: 'All', ...query });
    expect(answer.code).toBe(code);
    if (code === 201) expect(answer.headers.warning).toBe(warnings[0]);
    else
      expect(answer.body).toMatchObject({
        message:
          'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.colour"',
      });
  });
});

describe.concurrent('a built-in kind', () => {
  it('says which type a field must have', async ({ api, namespace }) => {
    const { deployments, configMaps } = pathsIn(namespace);
    expect(refusal(await api.post(deployments, aDeployment('a', { replicas: 'x' })))).toEqual(
      failure(
        400,
        'BadRequest',
        'Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go ' +
          'struct field DeploymentSpec.spec.replicas of type int32',
      ),
    );
    expect(refusal(await api.post(configMaps, { ...aConfigMap('a'), data: { a: 1 } }))).toEqual(
      failure(
        400,
        'BadRequest',
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go ' +
          'struct field ConfigMap.data of type string',
      ),
    );
  });

  it('refuses a Deployment whose selector misses its pods', async ({ api, namespace }) => {
    const deployment = aDeployment('a', { selector: { matchLabels: { app: 'other' } } });
    expect(refusal(await api.post(pathsIn(namespace).deployments, deployment))).toEqual(
      invalid(
        'Deployment',
        [
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: {"app":"a"}: `selector` does not match template `labels`',
            field: 'spec.template.metadata.labels',
          },
        ],
        'apps',
      ),
    );
  });

  it('names everything that an empty Deployment lacks', async ({ api, namespace }) => {
    const deployment = { ...aDeployment('a'), spec: {} };
    expect(refusal(await api.post(pathsIn(namespace).deployments, deployment))).toEqual(
      invalid(
        'Deployment',
        [
          { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.selector' },
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: null: `selector` does not match template `labels`',
            field: 'spec.template.metadata.labels',
          },
          { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.template.spec.containers' },
        ],
        'apps',
      ),
    );
  });

  it('refuses less than no replicas', async ({ api, namespace }) => {
    const cause = {
      reason: 'FieldValueInvalid',
      message: 'Invalid value: -1: must be greater than or equal to 0',
      field: 'spec.replicas',
    };
    const answer = await api.post(pathsIn(namespace).deployments, aDeployment('a', { replicas: -1 }));
    expect(refusal(answer)).toEqual(invalid('Deployment', [cause], 'apps'));
  });

  it('refuses a Deployment that would select other pods', async ({ api, namespace }) => {
    const { deployments } = pathsIn(namespace);
    await api.post(deployments, aDeployment('a', { paused: true, replicas: 0 }));
    const labels = { app: 'a', tier: 'web' };
    const answer = await api.patch(`${deployments}/a`, 'merge', {
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
    });
    const selector = '{"matchLabels":{"app":"a","tier":"web"}}';
    const cause = {
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${selector}: field is immutable`,
      field: 'spec.selector',
    };
    expect(refusal(answer)).toEqual(invalid('Deployment', [cause], 'apps'));
  });

  it('refuses a Service without a port', async ({ api, namespace }) => {
    const answer = await api.post(pathsIn(namespace).services, { ...aService('a'), spec: {} });
    const cause = { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.ports' };
    expect(refusal(answer)).toEqual(invalid('Service', [cause]));
  });
});

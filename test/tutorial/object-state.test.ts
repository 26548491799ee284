import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { objectState } from '../../src/tutorial/object-state.ts';
import { manifestOf, manifests, withValue } from '../support/tutorial-cluster.ts';

const deployment = manifestOf('Deployment', 'myapp-v1');
const anyArch = manifestOf('Deployment', 'myapp-v1', manifests.anyArch);
const VARIANTS = [deployment, anyArch];
const IMAGE = ['spec', 'template', 'spec', 'containers', 0, 'image'];
const virtualService = manifestOf('VirtualService', 'myapp');

const madeBy = (object: KubeObject, manager: string, operation = 'Apply'): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: [{ manager, operation, fieldsV1: { 'f:spec': {} }, time: '2026-11-25T00:00:00Z' }],
  },
});

describe('an object in the place of one of the tutorial', () => {
  it('is absent where there is none', () => {
    expect(objectState(VARIANTS, undefined)).toEqual({ kind: 'absent' });
  });

  it.each([deployment, anyArch])('is made in either form, whoever made it', ({ object }) => {
    expect(objectState(VARIANTS, object)).toEqual({ kind: 'made', isOurs: false, differences: [] });
    expect(objectState(VARIANTS, madeBy(object, 'weighbridge'))).toMatchObject({ isOurs: true });
  });

  it('is not ours where only its weights are', () => {
    const patched = madeBy(virtualService.object, 'weighbridge', 'Update');
    expect(objectState([virtualService], patched)).toMatchObject({ kind: 'made', isOurs: false });
  });

  it.each([
    ['another tag', IMAGE, 'janakiramm/myapp:v3', ["the tutorial's is janakiramm/myapp:v1"]],
    ['a mirror', IMAGE, 'registry.local:5000/janakiramm/myapp:v1', ["the tutorial's is janakiramm/myapp:v1"]],
    ['more replicas', ['spec', 'replicas'], 3, ["spec.replicas is 3, the tutorial's is 1"]],
  ])('is made, and told of, with %s', (_what, path, value, told) => {
    const state = objectState(VARIANTS, withValue(deployment.object, path, value));
    expect(state.kind === 'made' && state.differences.length).toBe(told.length);
    for (const [index, words] of told.entries()) {
      expect(state.kind === 'made' && state.differences[index]).toContain(words);
    }
  });

  it.each([
    ['another image', IMAGE, 'nginx:latest', 'runs nginx:latest'],
    ['an image of a similar name', IMAGE, 'evil-janakiramm/myapp:v1', 'runs evil-janakiramm/myapp:v1'],
    ['another selector', ['spec', 'selector', 'matchLabels'], { app: 'shop' }, 'selects app=shop'],
    [
      'other labels on its pods',
      ['spec', 'template', 'metadata', 'labels'],
      { app: 'myapp' },
      'labels its pods app=myapp',
    ],
    ['an escape sequence in its image', IMAGE, 'x\u001b[31m:1', 'runs x:1'],
  ])("with %s is somebody else's, or broken where we made it", (_what, path, value, reason) => {
    const changed = withValue(deployment.object, path, value as never);
    expect(objectState(VARIANTS, changed)).toEqual({ kind: 'foreign', reason });
    expect(objectState(VARIANTS, madeBy(changed, 'kubectl'))).toEqual({ kind: 'foreign', reason });
    expect(objectState(VARIANTS, madeBy(changed, 'weighbridge'))).toEqual({
      kind: 'broken',
      reason,
      by: 'weighbridge',
    });
  });

  it.each([[[0, 100]], [[100, 0]], [[undefined, undefined]], [[-5, 300]]])(
    "is the tutorial's route with weights %j: weights play no part",
    weights => {
      const [v1, v2] = weights;
      const route = [
        { destination: { host: 'myapp', subset: 'v1' }, ...(v1 === undefined ? {} : { weight: v1 }) },
        {
          destination: { host: 'myapp.default.svc.cluster.local', subset: 'v2' },
          ...(v2 === undefined ? {} : { weight: v2 }),
        },
      ];
      const shifted = withValue(virtualService.object, ['spec', 'http', 0, 'route'], route);
      expect(objectState([virtualService], shifted)).toEqual({
        kind: 'made',
        isOurs: false,
        differences: [],
      });
    },
  );

  it('is no route of the tutorial where one version is gone from it', () => {
    const alone = [{ destination: { host: 'myapp', subset: 'v1' } }];
    const changed = withValue(virtualService.object, ['spec', 'http', 0, 'route'], alone);
    expect(objectState([virtualService], changed)).toEqual({
      kind: 'foreign',
      reason: 'has no route with both versions',
    });
  });

  it.each([...manifests.objects, ...manifests.anyArch].map(one => [`${one.kind} ${one.name}`, one] as const))(
    'is made where the server has %s as its file says, with what servers add',
    (_words, one) => {
      const served = {
        ...one.object,
        metadata: { ...one.object.metadata, uid: 'u', resourceVersion: '7', generation: 2 },
        status: { observedGeneration: 2 },
      };
      expect(objectState([one], served)).toEqual({ kind: 'made', isOurs: false, differences: [] });
    },
  );
});

import { describe, expect, it } from 'vitest';
import { applyMergePatch } from '../../src/demo/api/merge-patch.ts';
import { applyStrategicMergePatch } from '../../src/demo/api/strategic-merge-patch.ts';
import type { Json, JsonObject } from '../../src/demo/json.ts';
import { POD_SPEC } from '../../src/demo/kinds/pod-spec.ts';

describe('a merge patch', () => {
  // The table of RFC 7386, appendix A.
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('turns %j by %j into %j', (target, patch, expected) => {
    expect(applyMergePatch(target, patch)).toEqual(expected);
  });
});

describe('a strategic merge patch', () => {
  const pod = {
    containers: [
      { name: 'myapp', image: 'myapp:v1', ports: [{ containerPort: 80 }] },
      { name: 'proxy', image: 'proxy:1' },
    ],
    tolerations: [{ key: 'a' }, { key: 'b' }],
    volumes: [{ name: 'page', emptyDir: {} }],
  };

  it.each<[string, JsonObject, Json]>([
    [
      'merges containers by name',
      { containers: [{ name: 'myapp', image: 'myapp:v2' }] },
      {
        ...pod,
        containers: [
          { name: 'myapp', image: 'myapp:v2', ports: [{ containerPort: 80 }] },
          { name: 'proxy', image: 'proxy:1' },
        ],
      },
    ],
    [
      'adds a container that is not there before the others',
      { containers: [{ name: 'log', image: 'log:1' }] },
      { ...pod, containers: [{ name: 'log', image: 'log:1' }, ...pod.containers] },
    ],
    [
      'deletes a container by directive',
      { containers: [{ name: 'proxy', $patch: 'delete' }] },
      { ...pod, containers: pod.containers.slice(0, 1) },
    ],
    [
      'replaces a list by directive',
      { containers: [{ $patch: 'replace' }, { name: 'only' }] },
      { ...pod, containers: [{ name: 'only' }] },
    ],
    [
      'replaces lists without a published key',
      { tolerations: [{ key: 'c' }] },
      { ...pod, tolerations: [{ key: 'c' }] },
    ],
    [
      'puts items into the order that the directive names',
      { '$setElementOrder/containers': [{ name: 'proxy' }, { name: 'myapp' }] },
      { ...pod, containers: pod.containers.toReversed() },
    ],
    [
      'keeps of a volume only the members that the directive retains',
      { volumes: [{ name: 'page', configMap: { name: 'page' }, $retainKeys: ['name', 'configMap'] }] },
      { ...pod, volumes: [{ name: 'page', configMap: { name: 'page' } }] },
    ],
    [
      'removes a member that is null',
      { tolerations: null },
      { containers: pod.containers, volumes: pod.volumes },
    ],
  ])('%s', (_name, patch, expected) => {
    expect(applyStrategicMergePatch(POD_SPEC, pod, patch)).toEqual(expected);
  });
});

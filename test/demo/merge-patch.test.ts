import { describe, expect, it } from 'vitest';
import { applyMergePatch, applyStrategicMergePatch } from '../../src/demo/api/merge-patch.ts';
import type { Json, JsonObject } from '../../src/demo/json.ts';

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
    args: ['a', 'b'],
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
      'adds a container that is not there',
      { containers: [{ name: 'log', image: 'log:1' }] },
      { ...pod, containers: [...pod.containers, { name: 'log', image: 'log:1' }] },
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
    ['replaces lists without a published key', { args: ['c'] }, { ...pod, args: ['c'] }],
    ['leaves the order of items to the server', { '$setElementOrder/containers': [{ name: 'proxy' }] }, pod],
    ['removes a member that is null', { args: null }, { containers: pod.containers }],
  ])('%s', (_name, patch, expected) => {
    expect(applyStrategicMergePatch(pod, patch)).toEqual(expected);
  });
});

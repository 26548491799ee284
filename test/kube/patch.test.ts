import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/kube/json.ts';
import { weightOperations } from '../../src/kube/patch.ts';
import { rawWeights, readVirtualService } from '../../src/kube/virtual-service.ts';
import { aVirtualService } from '../support/objects.ts';

function routeOf(weights: readonly (number | undefined)[]) {
  const [route] = aVirtualService(weights).routes;
  if (!route) throw new Error('no route');
  return route;
}

it('tests the whole route as it was read, then writes only the weights that differ', () => {
  const route = routeOf([50, 30, 20]);
  expect(weightOperations(route, [50, 40, 10])).toEqual([
    { op: 'test', path: '/spec/http/0', value: route.json },
    { op: 'add', path: '/spec/http/0/route/1/weight', value: 40 },
    { op: 'add', path: '/spec/http/0/route/2/weight', value: 10 },
  ]);
});

it('sends no operation when the split is unchanged', () => {
  expect(weightOperations(routeOf([50, 50]), [50, 50])).toEqual([]);
});

it('removes a weight that was absent before the shift', () => {
  expect(weightOperations(routeOf([0, 100]), [undefined, 100])).toMatchObject([
    { op: 'test' },
    { op: 'remove', path: '/spec/http/0/route/0/weight' },
  ]);
});

/** RFC 6902 for the three operations that we send, on paths that we send. */
function applyOperations(spec: JsonObject, operations: ReturnType<typeof weightOperations>): JsonObject {
  const copy = structuredClone(spec) as { http: { route: Record<string, unknown>[] }[] };
  for (const operation of operations) {
    if (operation.op === 'test') continue;
    const parts = operation.path.split('/');
    const destination = copy.http[Number(parts[3])]?.route[Number(parts[5])];
    if (!destination) throw new Error(`no destination at ${operation.path}`);
    if (operation.op === 'remove') delete destination.weight;
    else destination.weight = operation.value;
  }
  return copy as unknown as JsonObject;
}

it('changes nothing but weights, and is undone exactly', () => {
  const weights = fc.array(fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }), {
    minLength: 2,
    maxLength: 5,
  });
  fc.assert(
    fc.property(
      weights,
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 5, maxLength: 5 }),
      (before, wanted) => {
        const spec = {
          hosts: ['shop.example.com'],
          http: [
            { match: [{ uri: { prefix: '/other' } }], route: [{ destination: { host: 'other' } }] },
            {
              name: 'shop',
              retries: { attempts: 3 },
              timeout: '5s',
              mirror: { host: 'shadow' },
              headers: { request: { set: { 'x-a': 'b' } } },
              route: before.map((weight, index) => ({
                destination: { host: 'myapp', subset: `v${index}` },
                headers: { response: { remove: ['x-b'] } },
                ...(weight === undefined ? {} : { weight }),
              })),
            },
          ],
        };
        const read = (value: JsonObject) => {
          const route = readVirtualService({ metadata: { name: 'myapp' }, spec: value }).routes[1];
          if (!route) throw new Error('no route');
          return route;
        };
        const asked = wanted.slice(0, before.length);
        const after = applyOperations(spec, weightOperations(read(spec), asked));
        expect(rawWeights(read(after))).toEqual(asked);
        expect(applyOperations(after, weightOperations(read(after), before))).toEqual(spec);
      },
    ),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type JsonObject, jsonEquals, listIn, objectIn } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { weightOperations } from '../../src/kube/patch.ts';
import { isSplit, sameWeights } from '../../src/kube/split.ts';
import { collectionOf, readVirtualService, shiftableRoutes } from '../../src/kube/virtual-service.ts';
import { patchAccepted, patchSent, routeChosen } from '../../src/session/applied.ts';
import { applyIntent } from '../../src/session/apply-intent.ts';
import type { Intent } from '../../src/session/intents.ts';
import { type AppState, initialState } from '../../src/session/state.ts';
import { createApi, read } from '../demo/api-without-sockets.ts';

const PATH = '/apis/networking.istio.io/v1/namespaces/default/virtualservices';
const name = 'any';

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const anyJson = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<never>;

const weight = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 0, max: 100 }),
  fc.constantFrom(0, 1, -5, 2_147_483_647),
);

/** Members that are there or not: a whole VirtualService has none of them in common with the next. */
const some = (members: Record<string, fc.Arbitrary<unknown>>) => fc.record(members, { requiredKeys: [] });

const destination = some({
  subset: word,
  port: fc.record({ number: fc.integer({ min: 1, max: 65_535 }) }),
}).chain(rest => word.map(host => ({ host, ...rest })));

const target = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc.tuple(destination, weight, some({ ...members, unheardOf: anyJson })).map(([to, asked, rest]) => ({
    destination: to,
    ...(asked === undefined ? {} : { weight: asked }),
    ...rest,
  }));

const headers = some({ request: fc.record({ set: fc.dictionary(word, word) }) });

const httpRoute = some({
  name: fc.string({ maxLength: 12 }),
  match: fc.array(
    some({
      uri: fc.record({ prefix: word.map(part => `/${part}`) }),
      headers: fc.constant({ a: { exact: 'b' } }),
    }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  retries: fc.record({ attempts: fc.nat(5) }),
  timeout: fc.nat(9).map(seconds => `${seconds + 1}s`),
  mirror: destination,
  headers,
  unheardOf: anyJson,
  route: fc.array(target({ headers }), { maxLength: 5 }),
});

const connectionRoute = (match: Record<string, fc.Arbitrary<unknown>>, required: readonly string[]) =>
  fc
    .tuple(
      some({ unheardOf: anyJson }),
      fc.array(fc.record(match, { requiredKeys: [...required] }), { minLength: 1, maxLength: 2 }),
      fc.array(target({}), { maxLength: 4 }),
    )
    .map(([rest, matches, route]) => ({ ...rest, match: matches, route }));

const spec = some({
  hosts: fc.array(word, { maxLength: 3 }),
  gateways: fc.array(word, { maxLength: 2 }),
  exportTo: fc.constant(['.']),
  unheardOf: anyJson,
  http: fc.array(httpRoute, { minLength: 1, maxLength: 4 }),
  tls: fc.array(
    connectionRoute({ sniHosts: fc.array(word, { minLength: 1 }), port: fc.nat(65_535) }, ['sniHosts']),
    {
      maxLength: 2,
    },
  ),
  tcp: fc.array(connectionRoute({ port: fc.nat(65_535) }, []), { maxLength: 3 }),
});

const key: fc.Arbitrary<Intent> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(-10, -1, 1, 10).map(points => ({ kind: 'shift', points }) as const),
  },
  fc.integer({ min: 0, max: 100 }).map(asked => ({ kind: 'set-to', weight: asked }) as const),
  fc.constant({ kind: 'split-evenly' } as const),
  fc.constant({ kind: 'toggle-lock' } as const),
  fc.constantFrom(-1, 1).map(by => ({ kind: 'select-version', by: by as -1 | 1 }) as const),
);

/** What the screen does with a key: the intent, and the patch that follows, by the demo's own API without its sockets. */
function press(
  state: AppState,
  intent: Intent,
  now: number,
  request: ReturnType<typeof createApi>['request'],
): AppState {
  const asked = applyIntent(state, intent, now);
  const { applied, requested } = asked.weights;
  if (!applied) throw new Error('no route');
  const operations = weightOperations(applied.route, requested);
  if (operations.length === 0) return asked;
  const sent = patchSent(asked, now);
  const body = JSON.stringify(operations);
  const answer = read(
    request('PATCH', `${PATH}/${name}`, { body, contentType: 'application/json-patch+json' }),
  );
  expect(answer).toMatchObject({ code: 200 });
  return patchAccepted(sent, readVirtualService(answer.body as KubeObject), now);
}

/** The spec without the weights of one route. */
function withoutWeights(object: KubeObject, [protocol, index]: readonly [string, number]): JsonObject {
  const spec = objectIn(object.spec);
  const routes = listIn(spec[protocol]).map((item, at) => {
    if (at !== index) return item;
    const route = objectIn(item);
    return {
      ...route,
      route: listIn(route.route).map(entry =>
        Object.fromEntries(Object.entries(objectIn(entry)).filter(([member]) => member !== 'weight')),
      ),
    };
  });
  return { ...spec, [protocol]: routes };
}

it('of any VirtualService changes nothing but weights, to integers that sum to 100, and undo restores the start', () => {
  const { request } = createApi();
  let shifted = 0;
  fc.assert(
    fc.property(spec, fc.array(key, { minLength: 1, maxLength: 12 }), fc.nat(), (anySpec, keys, choice) => {
      request('DELETE', `${PATH}/${name}`);
      const body = JSON.stringify({
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name, annotations: { 'example.com/note': 'kept' } },
        spec: anySpec,
      });
      const created = read(request('POST', PATH, { body }));
      expect(created).toMatchObject({ code: 201 });
      const start = created.body as KubeObject;
      const virtualService = readVirtualService(start);
      expect(collectionOf(virtualService)).toMatchObject({ version: 'v1', namespace: 'default' });
      const choices = shiftableRoutes([virtualService]);
      fc.pre(choices.length > 0);
      const chosen = choices[choice % choices.length]?.route;
      if (!chosen) throw new Error('no route');
      const place = [chosen.protocol, chosen.index] as const;
      const stored = () => read(request('GET', `${PATH}/${name}`)).body as KubeObject;

      const began = initialState(0, { columns: 80, rows: 24, isUnicode: true });
      const virtualServices = { items: [virtualService], freshness: { kind: 'live' } } as const;
      let state = routeChosen(
        { ...began, cluster: { ...began.cluster, virtualServices } },
        virtualService,
        chosen,
      );
      let now = 0;
      for (const intent of keys) {
        // Some keys come within a second of the one before, and so belong to its shift.
        now += now % 3 === 0 ? 1_500 : 301;
        const before = state.weights.requested;
        state = press(state, intent, now, request);
        const { requested, applied } = state.weights;
        expect(applied?.weights).toEqual(requested);
        if (!sameWeights(requested, before)) {
          shifted += 1;
          expect(isSplit(requested) && requested.every(Number.isInteger)).toBe(true);
        }
        expect(withoutWeights(stored(), place)).toEqual(withoutWeights(start, place));
      }
      for (const _ of state.weights.undo) {
        now += 1_500;
        state = press(state, { kind: 'undo' }, now, request);
      }
      expect(jsonEquals(stored().spec, start.spec)).toBe(true);
    }),
    { numRuns: 300 },
  );
  // The property says something only where keys did.
  expect(shifted).toBeGreaterThan(500);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RawWeights } from '../../src/kube/split.ts';
import { type RouteDestination, readVirtualService } from '../../src/kube/virtual-service.ts';
import { readNamedWeights, splitOfNamed } from '../../src/session/named-weights.ts';

/** Destinations as a route has them, each `host` or `host/subset`, with a port behind `:`. */
function destinationsOf(...texts: readonly string[]): readonly RouteDestination[] {
  const route = texts.map(text => {
    const [, host = '', port, subset] = /^([^:/]+)(?::(\d+))?(?:\/(.+))?$/.exec(text) ?? [];
    const destination = {
      host,
      ...(subset ? { subset } : {}),
      ...(port ? { port: { number: Number(port) } } : {}),
    };
    return { destination };
  });
  const [read] = readVirtualService({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'myapp', namespace: 'default' },
    spec: { hosts: ['*'], http: [{ route }] },
  }).routes;
  return read?.destinations ?? [];
}

/** The split that words ask for, or the headline of what is wrong with them. */
function shift(words: string, destinations: readonly RouteDestination[], applied: RawWeights) {
  const named = readNamedWeights(words.split(' '));
  if ('headline' in named) return named.headline;
  const split = splitOfNamed(named, destinations, applied);
  return 'headline' in split ? `${split.headline} ${split.nextStep}` : split;
}

const two = destinationsOf('myapp/v1', 'myapp/v2');
const three = destinationsOf('myapp/v1', 'myapp/v2', 'myapp/v3');
const services = destinationsOf('myapp-blue', 'myapp-green.default.svc.cluster.local');

describe('weights that are named', () => {
  it.each<[string, readonly RouteDestination[], RawWeights, readonly number[]]>([
    ['v2=20', two, [50, 50], [80, 20]],
    ['v2=20%', two, [50, 50], [80, 20]],
    ['v1=80 v2=20', two, [50, 50], [80, 20]],
    ['v2=0', two, [50, 50], [100, 0]],
    ['v2=100', two, [50, 50], [0, 100]],
    ['v2=50', two, [1, 1], [50, 50]],
    ['v2=30', two, [undefined, undefined], [70, 30]],
    ['myapp/v2=20', two, [50, 50], [80, 20]],
    // The others keep their proportions, by largest remainder.
    ['v3=10', three, [60, 30, 10], [60, 30, 10]],
    ['v3=25', three, [60, 30, 10], [50, 25, 25]],
    ['v3=1', three, [50, 50, 0], [50, 49, 1]],
    ['v3=50', three, [0, 0, 100], [25, 25, 50]],
    ['v1=10 v3=10', three, [60, 30, 10], [10, 80, 10]],
    ['v1=60 v3=40', three, [60, 30, 10], [60, 0, 40]],
    ['myapp-green=20', services, [50, 50], [80, 20]],
    ['myapp-green.default.svc.cluster.local=20', services, [50, 50], [80, 20]],
    ['reviews/v1=30', destinationsOf('reviews/v1', 'ratings/v1'), [50, 50], [30, 70]],
    ['ratings=30', destinationsOf('reviews/v1', 'ratings/v1'), [50, 50], [70, 30]],
    ['myapp:8081=30', destinationsOf('myapp:8080', 'myapp:8081'), [50, 50], [70, 30]],
  ])('%s of %o, which have %o, is %o', (words, destinations, applied, split) => {
    expect(shift(words, destinations, applied)).toEqual(split);
  });

  it.each<[string, readonly RouteDestination[], string]>([
    ['v2=120', two, "Can't set v2=120: a weight is a whole number from 0 to 100."],
    ['v2=-1', two, "Can't set v2=-1: a weight is a whole number from 0 to 100."],
    ['v2=12.5', two, "Can't set v2=12.5: a weight is a whole number from 0 to 100."],
    ['v2=', two, "Can't set v2=: a weight is a whole number from 0 to 100."],
    ['=20', two, "Can't set =20: a weight is a whole number from 0 to 100."],
    ['v1=80 v2=30', two, "Can't set v1=80 v2=30: together that is 110."],
    ['v2=20 v2=30', two, "Can't set v2 twice."],
    ['v2=20 myapp/v2=20', two, "Can't set myapp/v2 twice. Name each version once."],
    ['v9=20', two, 'There is no version v9 in this route. Name one of v1, v2.'],
    ['myapp=20', two, "Can't tell which version myapp is. Name myapp/v1 or myapp/v2."],
    [
      'v1=20',
      destinationsOf('reviews/v1', 'ratings/v1'),
      "Can't tell which version v1 is. Name reviews/v1 or ratings/v1.",
    ],
    [
      'myapp=20',
      destinationsOf('myapp:8080', 'myapp:8081'),
      "Can't tell which version myapp is. Name myapp:8080 or myapp:8081.",
    ],
    [
      'v1=20 v2=20',
      two,
      "Can't set 40 of 100: every version is named, and nothing is left to take the rest. Give weights that sum to 100, or leave one version out.",
    ],
  ])('%s is refused', (words, destinations, headline) => {
    expect(shift(words, destinations, [50, 50])).toBe(headline);
  });

  it('are exact, and with the rest sum to 100, whatever is applied', () => {
    const applied = fc.array(fc.option(fc.nat(1000), { nil: undefined }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), applied, (first, second, weights) => {
        fc.pre(first + second <= 100);
        const split = shift(`v1=${first} v3=${second}`, three, weights);
        expect(split).toEqual([first, 100 - first - second, second]);
        const one = shift(`v2=${first}`, three, weights) as readonly number[];
        expect(one[1]).toBe(first);
        expect(one.reduce((sum, weight) => sum + weight, 0)).toBe(100);
        expect(one.every(weight => Number.isInteger(weight) && weight >= 0)).toBe(true);
      }),
    );
  });
});

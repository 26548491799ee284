import { expect, it } from 'vitest';
import { gatewayPodsWords } from '../../src/components/verdict-words.ts';

const through = (gatewayPods: { readonly reached: number; readonly ready: number } | 'unknown') =>
  gatewayPodsWords({
    kind: 'sampling',
    place: 'pod istio-system/gw-1 port 8080',
    way: 'port-forward to a gateway pod',
    reached: 'envoy',
    gatewayPods,
    identification: '',
    canTellApart: true,
  });

it('says with a verdict through how many of the gateway pods its samples went, where it was not all of them', () => {
  expect(through({ reached: 1, ready: 3 })).toBe(', through 1 of 3 gateway pods');
  expect(through({ reached: 1, ready: 1 })).toBe('');
  expect(through('unknown')).toBe('');
  expect(gatewayPodsWords({ kind: 'finding-gateway' })).toBe('');
});

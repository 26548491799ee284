import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { clientOf, emptyPlace, serveDemo } from './test-bed.ts';

describe('demo --serve', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'says in one line of JSON where the cluster is, and %s ends it without a trace',
    async signal => {
      const place = emptyPlace();
      const demo = await serveDemo(place);
      const { kubeconfig, context, gateway } = demo.served;
      expect(demo.line).toBe(JSON.stringify({ kubeconfig, context, gateway }));
      expect(context).toBe('weighbridge-demo');
      expect(gateway).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(statSync(kubeconfig).mode & 0o077).toBe(0);

      const client = clientOf(kubeconfig);
      expect(await client.readWeights()).toEqual([50, 50]);
      const answer = await request(gateway);
      await answer.body.dump();
      expect(answer.headers.server).toBe('istio-envoy');

      demo.signal(signal);
      expect(await demo.ended()).toBe(0);
      expect(place.filesLeft()).toEqual([]);
      await expect(request(gateway)).rejects.toThrow('ECONNREFUSED');
      await expect(client.readVirtualService()).rejects.toThrow();
    },
  );

  test('leaves the kubeconfig that it was asked for, and no other file', async () => {
    const place = emptyPlace();
    const kubeconfig = join(place.home, 'demo.yaml');
    const demo = await serveDemo(place, ['--kubeconfig', kubeconfig]);
    expect(demo.served.kubeconfig).toBe(kubeconfig);
    demo.signal('SIGTERM');
    expect(await demo.ended()).toBe(0);
    expect(existsSync(kubeconfig)).toBe(true);
    expect(place.filesLeft()).toEqual([]);
  });
});

import { describe, expect } from 'vitest';
import type { Api } from './api.ts';
import { eventually, failure, it } from './contract.ts';
import { pathsIn } from './paths.ts';
import { CHANNEL_PROTOCOL, type Forward, openForward } from './port-forward.ts';
import { startWeb } from './workloads.ts';

const REQUEST = 'GET / HTTP/1.1\r\nhost: contract\r\nconnection: close\r\n\r\n';

async function webPod(api: Api, namespace: string): Promise<string> {
  const { pod } = await startWeb(api, namespace);
  return `${pathsIn(namespace).pods}/${pod.metadata.name}`;
}

async function opened(attempt: ReturnType<typeof openForward>): Promise<Forward> {
  const outcome = await attempt;
  if ('refused' in outcome) throw new Error(`refused: ${JSON.stringify(outcome.refused)}`);
  return outcome.forward;
}

async function refusedBy(attempt: ReturnType<typeof openForward>) {
  const outcome = await attempt;
  if ('forward' in outcome) throw new Error('not refused');
  return outcome.refused;
}

describe.concurrent('a port-forward over a WebSocket', () => {
  it('names its port on both channels, then carries bytes both ways', async ({ api, namespace }) => {
    const forward = await opened(openForward(api, await webPod(api, namespace), '?ports=80'));
    await eventually(() => expect([forward.portOf(0), forward.portOf(1)]).toEqual([80, 80]));
    forward.write(0, REQUEST);
    await eventually(() => expect(forward.received(0)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*<\/html>/is));
    expect([forward.protocol, forward.received(1)]).toEqual([CHANNEL_PROTOCOL, '']);
    forward.close();
  });

  it('falls back to the protocol that the server knows', async ({ api, namespace }) => {
    const protocols = ['v5.channel.k8s.io', CHANNEL_PROTOCOL];
    const forward = await opened(openForward(api, await webPod(api, namespace), '?ports=80', protocols));
    expect(forward.protocol).toBe(CHANNEL_PROTOCOL);
    forward.close();
  });

  it('gives each of several ports channels of its own', async ({ api, namespace }) => {
    const forward = await opened(openForward(api, await webPod(api, namespace), '?ports=81&ports=80'));
    await eventually(() => expect([0, 1, 2, 3].map(forward.portOf)).toEqual([81, 81, 80, 80]));
    forward.close();
  });

  it('says on the error channel that nothing listens', async ({ api, namespace }) => {
    const forward = await opened(openForward(api, await webPod(api, namespace), '?ports=81'));
    await eventually(() =>
      expect(forward.received(1)).toMatch(/^error forwarding port 81 to pod .*, uid : .*connection refused/i),
    );
    forward.close();
  });

  it('to a pod that is not there is refused', async ({ api, namespace }) => {
    const refused = await refusedBy(openForward(api, `${pathsIn(namespace).pods}/nope`, '?ports=80'));
    expect(refused).toEqual(
      failure(404, 'NotFound', 'pods "nope" not found', { name: 'nope', kind: 'pods' }),
    );
  });

  it('without a port is refused', async ({ api, namespace }) => {
    const refused = await refusedBy(openForward(api, await webPod(api, namespace), ''));
    expect(refused).toEqual({ code: 400, body: 'query parameter "port" is required' });
  });

  it('to a port that is no number is refused', async ({ api, namespace }) => {
    const refused = await refusedBy(openForward(api, await webPod(api, namespace), '?ports=x'));
    const message = 'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax';
    expect(refused).toEqual(failure(400, 'BadRequest', message));
  });

  it('without an upgrade is refused', async ({ api, namespace }) => {
    const pod = await webPod(api, namespace);
    const { code, body } = await api.get(`${pod}/portforward`, { ports: 80 });
    expect({ code, body }).toEqual(failure(400, 'BadRequest', 'Upgrade request required'));
  });
});

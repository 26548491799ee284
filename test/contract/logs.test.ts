import { describe, expect } from 'vitest';
import type { Api, Query } from './api.ts';
import { eventually, failure, it, refusal } from './contract.ts';
import { pathsIn } from './paths.ts';
import { openForward } from './port-forward.ts';
import { startWeb } from './workloads.ts';

/** Path of a pod that has answered `requests` requests for /contract-N. */
async function podAfterRequests(api: Api, namespace: string, requests: number): Promise<string> {
  const { pod } = await startWeb(api, namespace);
  const path = `${pathsIn(namespace).pods}/${pod.metadata.name}`;
  for (let index = 1; index <= requests; index++) {
    await askThroughForward(api, path, index);
    // One after the other, so that the log has their order.
    await eventually(async () => expect(await logOf(api, path)).toContain(`/contract-${index} `));
  }
  return path;
}

async function askThroughForward(api: Api, pod: string, index: number): Promise<void> {
  const outcome = await openForward(api, pod, '?ports=80');
  if (!('forward' in outcome)) throw new Error(`refused: ${outcome.refused.code}`);
  const { forward } = outcome;
  forward.write(0, `GET /contract-${index} HTTP/1.1\r\nhost: contract\r\nconnection: close\r\n\r\n`);
  await eventually(() => expect(forward.received(0)).toMatch(/^HTTP\/1\.1 \d+ /));
  forward.close();
}

async function logOf(api: Api, pod: string, query: Query = {}): Promise<string> {
  const { code, headers, body } = await api.get(`${pod}/log`, query);
  expect([code, headers['content-type']]).toEqual([200, 'text/plain']);
  return body as unknown as string;
}

const pathsOf = (log: string) => [...log.matchAll(/"GET (\/contract-\d+) HTTP/g)].map(([, path]) => path);

describe.concurrent('the log of a pod', () => {
  it('holds a line for each request, in the words of nginx', async ({ api, namespace }) => {
    const log = await logOf(api, await podAfterRequests(api, namespace, 2));
    expect(pathsOf(log)).toEqual(['/contract-1', '/contract-2']);
    expect(log.trimEnd().split('\n').at(-1)).toMatch(
      /^\d+\.\d+\.\d+\.\d+ - - \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET \/contract-2 HTTP\/1\.1" \d{3} \d+ "-" "-"( "-")?$/,
    );
  });

  it('is cut to its last lines, and to its first bytes', async ({ api, namespace }) => {
    const pod = await podAfterRequests(api, namespace, 2);
    expect(pathsOf(await logOf(api, pod, { tailLines: 1 }))).toEqual(['/contract-2']);
    expect(await logOf(api, pod, { tailLines: 0 })).toBe('');
    expect((await logOf(api, pod, { limitBytes: 5 })).length).toBe(5);
  });

  it('carries times when they are asked for', async ({ api, namespace }) => {
    const pod = await podAfterRequests(api, namespace, 1);
    expect(await logOf(api, pod, { tailLines: 1, timestamps: true })).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00) .*\/contract-1/,
    );
  });

  it('goes on while it is followed', async ({ api, namespace }) => {
    const pod = await podAfterRequests(api, namespace, 1);
    const follow = await api.follow(`${pod}/log`, { follow: true, tailLines: 1 });
    await eventually(() => expect(pathsOf(follow.text())).toEqual(['/contract-1']));
    await askThroughForward(api, pod, 2);
    await eventually(() => expect(pathsOf(follow.text())).toEqual(['/contract-1', '/contract-2']));
    follow.close();
  });

  it.for<[string, Query, (pod: string) => ReturnType<typeof failure>]>([
    [
      'of a container that it does not have',
      { container: 'nope' },
      pod => failure(400, 'BadRequest', `container nope is not valid for pod ${pod}`),
    ],
    [
      'of less than no lines',
      { tailLines: -1 },
      pod => invalidOption(pod, 'tailLines', 'Invalid value: -1: must be greater than or equal to 0'),
    ],
    [
      'of no seconds',
      { sinceSeconds: 0 },
      pod => invalidOption(pod, 'sinceSeconds', 'Invalid value: 0: must be greater than 0'),
    ],
    [
      'of a number of lines that is none',
      { tailLines: 'x' },
      () => failure(400, 'BadRequest', 'strconv.ParseInt: parsing "x": invalid syntax'),
    ],
  ])('%s is refused', async ([_name, query, expected], { api, namespace }) => {
    const { pod } = await startWeb(api, namespace);
    const answer = await api.get(`${pathsIn(namespace).pods}/${pod.metadata.name}/log`, query);
    expect(refusal(answer)).toEqual(expected(pod.metadata.name));
  });

  it('that is not there is not found', async ({ api, namespace }) => {
    expect(refusal(await api.get(`${pathsIn(namespace).pods}/nope/log`))).toEqual(
      failure(404, 'NotFound', 'pods "nope" not found', { name: 'nope', kind: 'pods' }),
    );
  });
});

function invalidOption(pod: string, field: string, message: string) {
  return failure(422, 'Invalid', `PodLogOptions "${pod}" is invalid: ${field}: ${message}`, {
    name: pod,
    kind: 'PodLogOptions',
    causes: [{ reason: 'FieldValueInvalid', message, field }],
  });
}

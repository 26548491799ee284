import { Writable } from 'node:stream';
import type { V1Pod } from '@kubernetes/client-node';
import { Log } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import type { DemoCluster } from '../../src/demo/demo-cluster.ts';
import { createPodLogs } from '../../src/demo/pods/pod-logs.ts';
import { eventually } from '../support/eventually.ts';
import { ask, clientsOf, it, kubeConfigOf, patchWeights, requestApi } from './cluster.ts';

async function podWith(demo: DemoCluster, labelSelector: string, namespace = 'default'): Promise<V1Pod> {
  const { items } = await clientsOf(demo).core.listNamespacedPod({ namespace, labelSelector });
  const [pod] = items;
  if (!pod) throw new Error(`no pod with ${labelSelector}`);
  return pod;
}

/** The log of the one pod with these labels. */
async function logOf(demo: DemoCluster, labelSelector: string, query = '', namespace = 'default') {
  const name = (await podWith(demo, labelSelector, namespace)).metadata?.name;
  const answer = await requestApi(demo, `/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`);
  return { code: answer.code, text: String(answer.body), body: answer.body };
}

function gatewayLog(demo: DemoCluster): Promise<string> {
  return logOf(demo, 'istio=ingressgateway', '', 'istio-system').then(({ text }) => text);
}

describe.concurrent('the log of a web server', () => {
  it('holds how it started and each request, with the address of the pod that it came from', async ({
    readyDemo: demo,
  }) => {
    await patchWeights(demo, [100, 0]);
    const gateway = await podWith(demo, 'istio=ingressgateway', 'istio-system');
    await eventually(async () => {
      await ask(demo, '/here', { headers: { 'user-agent': 'probe/1' } });
      const { text } = await logOf(demo, 'version=v1');
      expect(text).toContain('start worker processes');
      expect(text).toMatch(
        new RegExp(
          `^${gateway.status?.podIP} - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:[\\d:]{8} \\+0000\\] "GET /here HTTP/1.1" 404 153 "-" "probe/1" "127.0.0.1"$`,
          'm',
        ),
      );
    });
  });

  it('is cut to what is asked for', async ({ readyDemo: demo }) => {
    const whole = (await logOf(demo, 'version=v1')).text;
    const tail = (await logOf(demo, 'version=v1', 'tailLines=2')).text;
    expect(tail).toBe(`${whole.trimEnd().split('\n').slice(-2).join('\n')}\n`);
    expect((await logOf(demo, 'version=v1', 'tailLines=0')).text).toBe('');
    expect((await logOf(demo, 'version=v1', 'limitBytes=20')).text).toBe(whole.slice(0, 20));
    expect((await logOf(demo, 'version=v1', 'sinceTime=2099-01-01T00:00:00Z')).text).toBe('');
    expect((await logOf(demo, 'version=v1', 'sinceSeconds=3600')).text).toBe(whole);
    const stamped = (await logOf(demo, 'version=v1', 'timestamps=true&tailLines=1')).text;
    expect(stamped).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{9}Z ./);
  });

  it('is followed until the pod is gone', async ({ readyDemo: demo }) => {
    const pod = (await podWith(demo, 'version=v2')).metadata?.name ?? '';
    let text = '';
    const sink = new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    });
    const ended = new Promise<void>(resolve => sink.once('finish', resolve));
    await new Log(kubeConfigOf(demo)).log('default', pod, 'myapp', sink, { follow: true, tailLines: 0 });
    await eventually(async () => {
      await ask(demo, '/', { headers: { 'user-agent': 'follower' } });
      expect(text).toContain('"follower"');
    });
    await clientsOf(demo).core.deleteNamespacedPod({ name: pod, namespace: 'default' });
    await ended;
    expect(text).toContain('signal 15 (SIGTERM) received, exiting');
  });

  it('of a run that crashed tells why, as the one before and while the container waits', async ({
    readyDemo: demo,
  }) => {
    expect(await logOf(demo, 'version=v2', 'previous=true')).toMatchObject({
      code: 400,
      body: {
        message: expect.stringMatching(/^previous terminated container "myapp" in pod ".*" not found$/),
      },
    });
    demo.failPods('version=v2', 'crash');
    await eventually(async () => {
      for (const query of ['', 'previous=true'])
        expect((await logOf(demo, 'version=v2', query)).text).toContain('nginx: [emerg] unknown directive');
      const status = (await podWith(demo, 'version=v2')).status?.containerStatuses?.[0];
      expect(status?.state?.waiting?.reason).toBe('CrashLoopBackOff');
    });
  });
});

describe.concurrent("the gateway's log", () => {
  it('has a line for each request, as Envoy writes it', async ({ readyDemo: demo }) => {
    await ask(demo, '/seen?by=all', {
      headers: { 'user-agent': 'probe/2', 'x-request-id': 'id-2', host: 'shop' },
    });
    await eventually(async () =>
      expect(await gatewayLog(demo)).toMatch(
        /^\[\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z\] "GET \/seen\?by=all HTTP\/1\.1" 404 - via_upstream - "-" 0 153 \d+ \d+ "127\.0\.0\.1" "probe\/2" "id-2" "[^"]+" "10\.244\.0\.\d+:80" outbound\|80\|v[12]\|myapp\.default\.svc\.cluster\.local 10\.244\.0\.\d+:\d+ 10\.244\.0\.\d+:8080 127\.0\.0\.1:\d+ - -$/m,
      ),
    );
  });

  it.for([
    ['a subset that is missing', 'missing', ' 503 NC cluster_not_found - "-" 0 0 '],
    ['no ready pod', 'unready', ' 503 UH no_healthy_upstream - "-" 0 19 '],
    [
      'pods that refuse connections',
      'refuse',
      ' 503 UF,URX upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused} - "delayed_connect_error:_Connection_refused" 0 ',
    ],
    ['pods that answer 500', 'fail', ' 500 - via_upstream - "-" 0 '],
  ] as const)('says why a request failed: %s', async ([_name, trouble, expected], { readyDemo: demo }) => {
    if (trouble !== 'missing') demo.failPods('app=myapp', trouble);
    else
      await clientsOf(demo).custom.deleteNamespacedCustomObject({
        group: 'networking.istio.io',
        version: 'v1',
        namespace: 'default',
        plural: 'destinationrules',
        name: 'myapp',
      });
    await eventually(async () => {
      await ask(demo);
      expect(await gatewayLog(demo)).toContain(expected);
    });
  });

  it('says that no route was found, and that a client went away', async ({ readyDemo: demo }) => {
    await clientsOf(demo).custom.patchNamespacedCustomObject({
      group: 'networking.istio.io',
      version: 'v1',
      namespace: 'default',
      plural: 'virtualservices',
      name: 'myapp',
      body: [{ op: 'add', path: '/spec/http/0/match', value: [{ uri: { prefix: '/shop' } }] }],
    });
    await eventually(async () => expect((await ask(demo)).code).toBe(404));
    demo.failPods('app=myapp', 'hang');
    await eventually(async () => {
      await fetch(`${demo.gatewayUrl}/shop`, { signal: AbortSignal.timeout(50) }).catch(() => {});
      const log = await gatewayLog(demo);
      expect(log).toContain(' 404 NR route_not_found - "-" 0 0 ');
      expect(log).toContain(' 0 DC downstream_remote_disconnect - "-" 0 0 ');
    });
  });
});

describe.concurrent("istiod's log", () => {
  it('tells of each push, and of weights that the gateway refuses', async ({ readyDemo: demo }) => {
    await patchWeights(demo, [0, 0]);
    await eventually(async () => {
      const { text } = await logOf(demo, 'app=istiod', '', 'istio-system');
      expect(text).toMatch(/Push debounce stable\[\d+\] 1 for config VirtualService\/default\/myapp: /);
      expect(text).toMatch(/RDS: PUSH for node:istio-ingressgateway-/);
      expect(text).toMatch(/ADS:RDS: ACK ERROR .*Sum of weights/);
      expect(await gatewayLog(demo)).toMatch(/RouteConfiguration rejected: Sum of weights/);
    });
  });
});

describe.concurrent('a log that cannot be read', () => {
  const CASES: readonly (readonly [query: string, code: number, message: string])[] = [
    ['tailLines=-1', 422, 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['limitBytes=0', 422, 'limitBytes: Invalid value: 0: must be greater than 0'],
    ['sinceSeconds=0', 422, 'sinceSeconds: Invalid value: 0: must be greater than 0'],
    [
      'sinceSeconds=3&sinceTime=2026-01-01T00:00:00Z',
      422,
      '[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ],
    ['tailLines=x', 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['sinceTime=zz', 400, 'parsing time "zz" as "2006-01-02T15:04:05Z07:00": cannot parse "zz" as "2006"'],
    ['container=zz', 400, 'container zz is not valid for pod POD'],
  ];
  it('says why, in the words of the API server', async ({ readyDemo: demo }) => {
    const pod = (await podWith(demo, 'version=v1')).metadata?.name ?? '';
    for (const [query, code, message] of CASES) {
      const prefix = code === 422 ? `PodLogOptions "${pod}" is invalid: ` : '';
      const answer = await logOf(demo, 'version=v1', query);
      expect(answer).toMatchObject({ code, body: { message: prefix + message.replace('POD', pod) } });
    }
    expect((await requestApi(demo, '/api/v1/namespaces/default/pods/nope/log')).body).toMatchObject({
      message: 'pods "nope" not found',
    });
  });

  it('of an image that cannot be pulled says so', async ({ demo }) => {
    await clientsOf(demo).core.createNamespacedPod({
      namespace: 'default',
      body: {
        metadata: { name: 'nope', labels: { app: 'nope' } },
        spec: { containers: [{ name: 'a', image: 'janakiramm/myapp:v9' }] },
      },
    });
    await eventually(async () =>
      expect(await logOf(demo, 'app=nope')).toMatchObject({
        code: 400,
        body: {
          message: 'container "a" in pod "nope" is waiting to start: trying and failing to pull image',
        },
      }),
    );
  });
});

describe('the logs of a pod', () => {
  it('stay bounded however much is written', () => {
    const logs = createPodLogs(() => 0);
    logs.begin('pod', 'container');
    for (let line = 0; line < 25_000; line++) logs.write('pod', 'container', String(line));
    const kept = logs.find('pod', 'container', 'current')?.lines() ?? [];
    expect(kept.length).toBe(5_000);
    expect(kept.at(-1)?.text).toBe('24999');
  });
});

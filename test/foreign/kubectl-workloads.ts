import { equal, match, notEqual } from 'node:assert/strict';
import { request } from 'undici';
import { aDeployment } from '../contract/objects.ts';
import { asInput, type Kubectl, whileRunning } from './kubectl.ts';
import type { Running } from './processes.ts';
import type { Row } from './row.ts';

const IMAGE = "-o jsonpath='{.spec.template.spec.containers[0].image}'";

/** The local URL that a port-forward says it listens on. */
export function forwardedUrl({ until }: Running): Promise<string> {
  return until(text => {
    const port = /^Forwarding from 127\.0\.0\.1:(\d+) -> /m.exec(text)?.[1];
    return port === undefined ? undefined : `http://127.0.0.1:${port}/`;
  });
}

/** The page behind a URL, over a connection of its own. */
export async function pageOf(url: string): Promise<string> {
  const { statusCode, body } = await request(url, { reset: true });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`answered ${statusCode}: ${text}`);
  return text;
}

/** Deployments and pods under kubectl. Each row has a Deployment of its own. */
export function workloadRows(kubectl: Kubectl): readonly Row[] {
  return [...rolloutRows(kubectl), ...waitingRows(kubectl), ...podRows(kubectl)];
}

async function startWeb({ ok }: Kubectl, name: string, spec: object = {}): Promise<void> {
  await ok('create -f -', asInput(aDeployment(name, spec)));
  await ok(`rollout status deployment ${name} --timeout=30s`);
}

function rolloutRows(kubectl: Kubectl): readonly Row[] {
  const { ok, fails } = kubectl;
  return [
    {
      what: 'rollout status: waits, then says that it is done',
      run: async () => {
        await ok('create -f -', asInput(aDeployment('rolls')));
        const text = await ok('rollout status deployment rolls --timeout=30s');
        match(text, /^deployment "rolls" successfully rolled out$/m);
      },
    },
    {
      what: 'rollout restart: another pod of the same template',
      run: async () => {
        await startWeb(kubectl, 'restarts');
        const pods = 'get pods -l app=restarts -o name';
        const before = await ok(pods);
        equal(await ok('rollout restart deployment restarts'), 'deployment.apps/restarts restarted\n');
        await ok('rollout status deployment restarts --timeout=30s');
        await ok(`wait --for=delete ${before.trim()} --timeout=30s`);
        notEqual(await ok(pods), before);
      },
    },
    {
      what: 'set image, rollout history and undo',
      run: async () => {
        await startWeb(kubectl, 'undone');
        await ok('set image deployment/undone myapp=janakiramm/myapp:v2');
        await ok('rollout status deployment undone --timeout=30s');
        match(await ok('rollout history deployment undone'), /REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>/);
        equal(await ok('rollout undo deployment undone'), 'deployment.apps/undone rolled back\n');
        await ok('rollout status deployment undone --timeout=30s');
        equal(await ok(`get deployment undone ${IMAGE}`), 'janakiramm/myapp:v1');
      },
    },
    {
      what: 'rollout pause and resume',
      run: async () => {
        await startWeb(kubectl, 'pauses');
        await ok('rollout pause deployment pauses');
        await ok('set image deployment/pauses myapp=janakiramm/myapp:v2');
        equal((await ok('get replicasets -l app=pauses -o name')).trim().split('\n').length, 1);
        await ok('rollout resume deployment pauses');
        await ok('rollout status deployment pauses --timeout=30s');
      },
    },
    {
      what: 'rollout status of an image that cannot be pulled: gives up at the deadline',
      run: async () => {
        const spec = { progressDeadlineSeconds: 1 };
        await ok('create -f -', asInput(aDeployment('stuck', spec, 'janakiramm/myapp:nope')));
        const { stderr } = await fails('rollout status deployment stuck --timeout=30s');
        match(stderr, /error: deployment "stuck" exceeded its progress deadline/);
        match(
          await ok('get pods -l app=stuck'),
          /0\/1 +(ContainerCreating|ErrImagePull|ImagePullBackOff) +0/,
        );
      },
    },
    {
      what: 'scale, and not from another count',
      run: async () => {
        await startWeb(kubectl, 'scales');
        equal(await ok('scale deployment scales --replicas=3'), 'deployment.apps/scales scaled\n');
        await ok('rollout status deployment scales --timeout=30s');
        match(await ok('get deployment scales'), /scales +3\/3 +3 +3/);
        const { stderr } = await fails('scale deployment scales --replicas=1 --current-replicas=2');
        match(stderr, /Expected replicas to be 2, was 3/);
      },
    },
  ];
}

function waitingRows(kubectl: Kubectl): readonly Row[] {
  const { ok, fails } = kubectl;
  return [
    {
      what: 'wait --for=condition and --for=jsonpath',
      run: async () => {
        await ok('create -f -', asInput(aDeployment('awaits')));
        equal(
          await ok('wait --for=condition=Available deployment/awaits --timeout=30s'),
          'deployment.apps/awaits condition met\n',
        );
        await ok("wait --for=jsonpath='{.status.phase}'=Running pod -l app=awaits --timeout=30s");
      },
    },
    {
      what: 'wait for what does not come: times out',
      run: async () => {
        await ok('create -f -', asInput(aDeployment('never', {}, 'janakiramm/myapp:nope')));
        const { stderr } = await fails('wait --for=condition=Available deployment/never --timeout=1s');
        match(stderr, /error: timed out waiting for the condition on deployments\/never/);
      },
    },
  ];
}

const requestLine = (path: string) => new RegExp(`"GET ${path} HTTP/1\\.1" \\d{3} `);

function podRows(kubectl: Kubectl): readonly Row[] {
  const { ok, fails, start } = kubectl;
  return [
    {
      what: 'run a pod by hand, wait for it, delete it',
      run: async () => {
        await ok('run alone --image=janakiramm/myapp:v1 --port=80');
        await ok('wait --for=condition=Ready pod/alone --timeout=30s');
        match(await ok('delete pod alone --grace-period=1'), /^pod "alone" deleted/);
      },
    },
    {
      what: 'delete a pod of a Deployment: another takes its place',
      run: async () => {
        await startWeb(kubectl, 'heals');
        const before = (await ok('get pods -l app=heals -o name')).trim();
        await ok(`delete ${before}`);
        await ok('wait --for=condition=Available deployment/heals --timeout=30s');
        notEqual((await ok('get pods -l app=heals -o name')).trim(), before);
      },
    },
    {
      what: 'port-forward to a pod: 20 requests at a time',
      run: async () => {
        await startWeb(kubectl, 'forwards');
        const pod = (await ok('get pods -l app=forwards -o name')).trim();
        await whileRunning(start(`port-forward ${pod} :80`), async running => {
          const url = await forwardedUrl(running);
          const pages = await Promise.all(Array.from({ length: 20 }, () => pageOf(url)));
          equal(new Set(pages).size, 1);
          match(pages[0] ?? '', /<html/i);
        });
      },
    },
    {
      what: 'port-forward to a Service and to a Deployment',
      run: async () => {
        for (const target of ['service/myapp', 'deployment/myapp-v2'])
          await whileRunning(start(`port-forward ${target} :80`), async running => {
            match(await pageOf(await forwardedUrl(running)), /<html/i);
          });
      },
    },
    {
      what: 'port-forward to a port where nothing listens: says so',
      run: async () => {
        const running = start('port-forward deployment/myapp-v1 :81');
        await whileRunning(running, async () => {
          const url = await forwardedUrl(running);
          await pageOf(url).then(
            () => Promise.reject(new Error('answered')),
            () => {},
          );
          match(running.stderr(), /error forwarding port 81 to pod/);
        });
      },
    },
    {
      what: 'logs, --tail, -l and of a Deployment',
      run: async () => {
        await startWeb(kubectl, 'talks');
        await whileRunning(start('port-forward deployment/talks :80'), async running => {
          const url = await forwardedUrl(running);
          await Promise.all([pageOf(`${url}index.html?1`), pageOf(`${url}index.html?2`)]);
        });
        await whileRunning(start('logs -f deployment/talks'), async ({ until }) => {
          for (const path of ['/index\\.html\\?1', '/index\\.html\\?2'])
            await until(text => requestLine(path).exec(text) ?? undefined);
        });
        match(await ok('logs deployment/talks'), requestLine('/index\\.html\\?1'));
        const lines = (await ok('logs -l app=talks --tail=1')).trim().split('\n');
        equal(lines.length, 1);
        match(await ok('logs deployment/talks --timestamps'), /^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00) /m);
        match((await fails('logs deployment/talks -c nope')).stderr, /container nope is not valid for pod/);
      },
    },
    {
      what: 'logs -f: goes on with new lines',
      run: async () => {
        await startWeb(kubectl, 'goes-on');
        await whileRunning(start('port-forward deployment/goes-on :80'), async forward => {
          const url = await forwardedUrl(forward);
          await whileRunning(start('logs -f deployment/goes-on'), async ({ until }) => {
            for (const path of ['/index\\.html\\?one', '/index\\.html\\?two']) {
              await pageOf(`${url}${path.slice(1).replaceAll('\\', '')}`);
              await until(text => requestLine(path).exec(text) ?? undefined);
            }
          });
        });
      },
    },
  ];
}

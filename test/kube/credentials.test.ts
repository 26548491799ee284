import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { ClusterApi, Collection } from '../../src/kube/cluster-api.ts';
import { connect } from '../../src/kube/connect.ts';
import { ConnectionFailure } from '../../src/kube/connection-failure.ts';
import { readCredentialPlugin } from '../../src/kube/exec-credential.ts';
import { runCredentialPlugin } from '../../src/kube/run-credential-plugin.ts';
import {
  type ApiFront,
  certificateFor,
  type FrontOptions,
  startApiFront,
  type TestCertificate,
} from '../support/api-front.ts';
import { manifestsFolder } from '../support/demo-session.ts';
import { kubeconfigText, type TestFolder, testFolder, trusting } from '../support/kubeconfig-file.ts';

const pods: Collection = { group: '', version: 'v1', plural: 'pods', namespace: 'default' };
const never = new AbortController().signal;
let demo: DemoCluster;
let folder: TestFolder;
let authority: TestCertificate;
beforeAll(async () => {
  demo = await startDemoCluster({ manifestsFolder, seed: 7 });
  folder = await testFolder();
  authority = await certificateFor('authority');
});
afterAll(async () => {
  await demo.stop();
  await folder.remove();
});
let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

async function front(options: Partial<FrontOptions> = {}): Promise<ApiFront> {
  const started = await startApiFront(demo, { protocol: 'h1', ...options });
  stops.push(started.stop);
  return started;
}

/** The client as a person has it, by way of a kubeconfig file. */
async function clientOf(server: ApiFront, user: object, env: NodeJS.ProcessEnv = {}): Promise<ClusterApi> {
  const kubeconfig = await folder.write('kubeconfig', kubeconfigText(server.url, trusting(server), user));
  const connected = connect({ kubeconfig }, env, () => undefined);
  if (!connected.ok) throw new Error(connected.error.headline);
  stops.push(() => connected.value.api.close());
  return connected.value.api;
}

/** A credential plugin that is a shell script; each run leaves a line in a file beside it. */
async function plugin(script: string, extra: object = {}) {
  await folder.write('runs', '');
  const command = await folder.write(
    'plugin',
    `#!/bin/sh\necho run >> ${folder.path}/runs\n${script}`,
    0o700,
  );
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command,
    interactiveMode: 'IfAvailable',
    ...extra,
  };
  const runs = async () => (await readFile(`${folder.path}/runs`, 'utf8')).split('\n').length - 1;
  return { exec, runs };
}

const credential = (status: string) =>
  `echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":${status}}'`;

describe('a credential plugin', () => {
  it('is run once for all requests that wait for it, and gives its token to each', async () => {
    const { exec, runs } = await plugin(`sleep 0.2; ${credential('{"token":"good"}')}`);
    const server = await front({ admits: ({ authorization }) => authorization === 'Bearer good' });
    const api = await clientOf(server, { exec });
    const lists = await Promise.all([1, 2, 3].map(() => api.list(pods, never)));
    expect(lists.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(await runs()).toBe(1);
  });

  it('does not hold up anything else while it runs', async () => {
    const { exec } = await plugin(`sleep 0.5; ${credential('{"token":"good"}')}`);
    const api = await clientOf(await front(), { exec });
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 10);
    await api.list(pods, never);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });

  it('is told what it needs, and that nobody can answer its questions', async () => {
    const extra = { provideClusterInfo: true, env: [{ name: 'PROFILE', value: 'dev' }] };
    const { exec } = await plugin(
      `printf '%s %s %s' "$PROFILE" "$HOME_OF_TEST" "$KUBERNETES_EXEC_INFO" > ${folder.path}/told; ` +
        `[ -t 0 ] && exit 7; if ( : < /dev/tty ) 2>/dev/null; then exit 8; fi; ${credential('{"token":"good"}')}`,
      extra,
    );
    const server = await front();
    const api = await clientOf(server, { exec }, { ...process.env, HOME_OF_TEST: 'here' });
    expect((await api.list(pods, never)).ok).toBe(true);
    const [profile, home, ...info] = (await readFile(`${folder.path}/told`, 'utf8')).split(' ');
    expect([profile, home]).toEqual(['dev', 'here']);
    expect(JSON.parse(info.join(' '))).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: {
        interactive: false,
        cluster: { server: server.url, ...trusting(server) },
      },
    });
  });

  it('runs again once what it gave has expired', async () => {
    const inTwoSeconds = new Date(Date.now() + 1_500).toISOString();
    const { exec, runs } = await plugin(
      credential(`{"token":"good","expirationTimestamp":"${inTwoSeconds}"}`),
    );
    const api = await clientOf(await front(), { exec });
    await api.list(pods, never);
    await api.list(pods, never);
    expect(await runs()).toBe(1);
    await vi.waitUntil(async () => (await api.list(pods, never)).ok && (await runs()) > 1, {
      timeout: 30_000,
      interval: 100,
    });
  });

  it('runs once more when the server refuses its token, and the request goes through with the next', async () => {
    const { exec, runs } = await plugin(
      `n=$(wc -l < ${folder.path}/runs | tr -d ' '); echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"t$n\\"}}"`,
    );
    const server = await front({ admits: ({ authorization }) => authorization === 'Bearer t2' });
    const api = await clientOf(server, { exec });
    const lists = await Promise.all([1, 2, 3].map(() => api.list(pods, never)));
    expect(lists.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(await runs()).toBe(2);
  });

  it('runs no third time when the server refuses that too, and says so', async () => {
    const { exec, runs } = await plugin(credential('{"token":"bad-token"}'));
    const server = await front({ admits: () => false });
    const api = await clientOf(server, { exec });
    const first = await api.list(pods, never);
    await api.list(pods, never);
    expect(first).toMatchObject({ ok: false, error: { kind: 'unauthorized' } });
    expect(!first.ok && first.error.reason).toContain('also after credential plugin');
    expect(JSON.stringify(first)).not.toContain('bad-token');
    expect(await runs()).toBe(2);
  });

  it('that fails is quoted, without its secrets, and is not run again at once', async () => {
    const { exec, runs } = await plugin(
      `printf 'Error: the SSO session has expired, \\033[31mlog in again\\033[0m. token=abcdef123456 hunter2hunter2' >&2; exit 3`,
      { env: [{ name: 'PASSPHRASE', value: 'hunter2hunter2' }] },
    );
    const api = await clientOf(await front(), { exec });
    const [first] = await Promise.all([1, 2, 3].map(() => api.list(pods, never)));
    await api.list(pods, never);
    expect(first).toMatchObject({ ok: false, error: { kind: 'unauthorized' } });
    const reason = first?.ok === false ? first.error.reason : '';
    expect(reason).toBe(
      `Credential plugin ${folder.path}/plugin gave no credentials: it ended with 3: ` +
        'Error: the SSO session has expired, log in again. token=(hidden) (hidden).',
    );
    expect(await runs()).toBe(1);
  });

  it.each([
    ['what is no JSON', 'echo secret-text', 'it printed no ExecCredential'],
    ['nothing of use', credential('{}'), 'it gave neither a token nor a certificate'],
    ['another version', 'echo \'{"kind":"ExecCredential","apiVersion":"x"}\'', 'apiVersion'],
  ])('that prints %s is explained, and none of it shown', async (_what, script, words) => {
    const { exec } = await plugin(script);
    const list = await (await clientOf(await front(), { exec })).list(pods, never);
    expect(!list.ok && list.error.reason).toContain(words);
    expect(JSON.stringify(list)).not.toContain('secret-text');
  });

  it('that is not installed is explained in the words of the kubeconfig', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'no-such-plugin',
      installHint: 'Install it with: brew install no-such-plugin',
    };
    const list = await (await clientOf(await front(), { exec })).list(pods, never);
    expect(list).toMatchObject({
      ok: false,
      error: {
        reason: 'Credential plugin no-such-plugin cannot be run (ENOENT).',
        nextStep: 'Install it with: brew install no-such-plugin',
      },
    });
  });

  it('that needs the terminal is not run, and says why', async () => {
    const { exec, runs } = await plugin(credential('{"token":"good"}'), { interactiveMode: 'Always' });
    const list = await (await clientOf(await front(), { exec })).list(pods, never);
    expect(!list.ok && list.error.reason).toContain('asks for a terminal');
    expect(await runs()).toBe(0);
  });

  it('that hangs is killed at its deadline, and what it said is shown', async () => {
    const { exec } = await plugin(
      `echo 'To sign in, open https://example.com/device and enter the code ABC' >&2; sleep 300 & echo $! > ${folder.path}/child; wait`,
    );
    const known = readCredentialPlugin(exec);
    if (typeof known === 'string') throw new Error(known);
    const failure = await runCredentialPlugin(known, {}, process.env, never, 1_000).catch(error => error);
    expect(failure).toBeInstanceOf(ConnectionFailure);
    expect(failure.message).toMatch(
      /gave no answer in 1 s and was stopped: To sign in, open .* enter the code ABC$/,
    );
    const child = Number(await readFile(`${folder.path}/child`, 'utf8'));
    await vi.waitUntil(() => !isAlive(child), { timeout: 30_000 });
  });

  it('is killed with all that it started when the client closes', async () => {
    await rm(`${folder.path}/child`, { force: true });
    const { exec } = await plugin(`sleep 300 & echo $! > ${folder.path}/child; wait`);
    const api = await clientOf(await front(), { exec });
    const list = api.list(pods, never);
    const child = await vi.waitUntil(
      async () => Number(await readFile(`${folder.path}/child`, 'utf8').catch(() => '')) || undefined,
      { timeout: 30_000 },
    );
    await api.close();
    expect((await list).ok).toBe(false);
    await vi.waitUntil(() => !isAlive(child), { timeout: 30_000 });
  });

  it('gives a client certificate, with which connections are made anew', async () => {
    const client = await certificateFor('from-plugin', { authority });
    const status = JSON.stringify({ clientCertificateData: client.cert, clientKeyData: client.key });
    const { exec } = await plugin(credential(status.replaceAll('\\n', '\\\\n')));
    const server = await front({
      clientAuthority: authority.cert,
      admits: ({ certificate }) => certificate === 'from-plugin',
    });
    const list = await (await clientOf(server, { exec })).list(pods, never);
    expect(list.ok).toBe(true);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('files of the kubeconfig that rotate', () => {
  it('a token is read anew for each request, from beside the kubeconfig', async () => {
    await folder.write('token', 'one\n');
    const server = await front();
    const api = await clientOf(server, { tokenFile: 'token', token: 'older' });
    await api.list(pods, never);
    await folder.write('token', 'two\n');
    await api.list(pods, never);
    await folder.write('token', '');
    await api.list(pods, never);
    expect(server.callers.map(({ authorization }) => authorization)).toEqual([
      'Bearer one',
      'Bearer two',
      'Bearer two',
    ]);
  });

  it('a client certificate is read anew, and the connections of the old one end', async () => {
    const [first, second] = await Promise.all(
      ['first', 'second'].map(name => certificateFor(name, { authority })),
    );
    const use = async ({ cert, key }: TestCertificate) => {
      await folder.write('client.crt', cert);
      await folder.write('client.key', key);
    };
    await use(first as TestCertificate);
    const server = await front({ clientAuthority: authority.cert });
    const api = await clientOf(server, { 'client-certificate': 'client.crt', 'client-key': 'client.key' });
    await api.list(pods, never);
    await api.list(pods, never);
    expect(server.open().plain).toBe(1);
    await use(second as TestCertificate);
    await api.list(pods, never);
    expect(server.callers.map(({ certificate }) => certificate)).toEqual(['first', 'first', 'second']);
    await vi.waitUntil(() => server.open().plain === 1, { timeout: 30_000 });
    const forward = await api.portForward('default', await readyPod(api), 80, never);
    forward.destroy();
    expect(server.callers.at(-1)?.certificate).toBe('second');
  });

  it('that is missing is explained by its path', async () => {
    const api = await clientOf(await front(), { tokenFile: 'nowhere/token' });
    expect(await api.list(pods, never)).toMatchObject({
      ok: false,
      error: {
        reason: `TokenFile ${folder.path}/nowhere/token of the kubeconfig cannot be read (ENOENT).`,
      },
    });
  });
});

async function readyPod(api: ClusterApi): Promise<string> {
  for (;;) {
    const list = await api.list(pods, never);
    const names = list.ok ? list.value.items.map(({ metadata }) => metadata.name) : [];
    if (typeof names[0] === 'string') return names[0];
    await sleep(50);
  }
}

it('acts as whom the kubeconfig says', async () => {
  const server = await front();
  const user = { token: 't', as: 'jane', 'as-groups': ['dev', 'ops'], 'as-user-extra': { Scopes: ['view'] } };
  await (await clientOf(server, user)).list(pods, never);
  expect(server.callers[0]?.headers).toMatchObject({
    'impersonate-user': 'jane',
    'impersonate-group': 'dev, ops',
    'impersonate-extra-scopes': 'view',
  });
});

it('logs in with a user name and a password', async () => {
  const server = await front();
  await (await clientOf(server, { username: 'jane', password: 'pw' })).list(pods, never);
  expect(server.callers[0]?.authorization).toBe(`Basic ${Buffer.from('jane:pw').toString('base64')}`);
});

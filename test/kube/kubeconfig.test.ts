import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  isInCluster,
  isProtectedContext,
  kubeconfigFiles,
  listContexts,
  loadKubeconfig,
} from '../../src/kube/kubeconfig.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weighbridge-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const config = (context: string, server: string) => `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${server}"}}]
users: [{name: u, user: {token: secret-token}}]
contexts: [{name: ${context}, context: {cluster: c, user: u, namespace: shop}}]
current-context: ${context}
`;

describe('choosing the cluster as kubectl does', () => {
  it('passes over files of KUBECONFIG that are missing or empty', () => {
    const real = write('real', config('one', 'https://one'));
    const list = [join(folder, 'missing'), write('empty', ''), write('comment', '# later\n---\n'), real].join(
      delimiter,
    );
    expect(kubeconfigFiles({}, { KUBECONFIG: list })).toEqual([real]);
  });

  it('lets the first file win for names that come twice', () => {
    const files = [write('a', config('one', 'https://first')), write('b', config('two', 'https://second'))];
    const loaded = loadKubeconfig(files, {}, {});
    expect(loaded.ok && loaded.value.getCurrentCluster()?.server).toBe('https://first');
    const second = loadKubeconfig(files, { context: 'two' }, {});
    expect(second.ok && second.value.getCurrentContext()).toBe('two');
  });

  it('says which contexts there are when the one named is not', () => {
    const loaded = loadKubeconfig([write('a', config('one', 'https://one'))], { context: 'other' }, {});
    expect(loaded).toMatchObject({
      ok: false,
      error: {
        headline: 'There is no context other in the kubeconfig.',
        nextStep: 'Choose one with --context: one.',
      },
    });
  });

  it('explains a file that cannot be read, and tells none of its secrets', () => {
    const broken = write('broken', `${config('one', 'https://one')}\n  : [secret-token`);
    const loaded = loadKubeconfig([broken], {}, {});
    expect(loaded.ok).toBe(false);
    expect(JSON.stringify(loaded)).toContain('bad indentation of a mapping entry in line 9');
    expect(JSON.stringify(loaded)).not.toContain('secret-token');
  });
});

describe('a context', () => {
  const text = (parts: object) => JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...parts });
  const cluster = (extra = {}) => ({ name: 'c', cluster: { server: 'https://one', ...extra } });
  const context = { name: 'one', context: { cluster: 'c', user: 'u' } };
  const loaded = (parts: object, env: NodeJS.ProcessEnv = {}) =>
    loadKubeconfig([write('a', text({ contexts: [context], 'current-context': 'one', ...parts }))], {}, env);

  it('may take its cluster and its user from other files of the list', () => {
    const files = [
      write('contexts', text({ contexts: [context] })),
      write('clusters', text({ clusters: [cluster()], 'current-context': 'one' })),
      write('users', text({ users: [{ name: 'u', user: { token: 't' } }] })),
    ];
    const merged = loadKubeconfig(files, {}, {});
    expect(merged.ok && merged.value.getCurrentUser()?.token).toBe('t');
  });

  it('has the paths of its own file', () => {
    mkdirSync(join(folder, 'sub'));
    const user = {
      'client-certificate': 'c.crt',
      'client-key': '../c.key',
      tokenFile: 'token',
      exec: { command: './login' },
    };
    const parts = {
      clusters: [cluster({ 'certificate-authority': 'ca.crt' })],
      users: [{ name: 'u', user }],
    };
    const file = write('sub/config', text({ contexts: [context], 'current-context': 'one', ...parts }));
    const merged = loadKubeconfig([file], {}, {});
    if (!merged.ok) throw new Error(merged.error.headline);
    expect(merged.value.getCurrentCluster()?.caFile).toBe(join(folder, 'sub', 'ca.crt'));
    expect(merged.value.getCurrentUser()).toMatchObject({
      certFile: join(folder, 'sub', 'c.crt'),
      keyFile: join(folder, 'c.key'),
      tokenFile: join(folder, 'sub', 'token'),
      exec: { command: join(folder, 'sub', 'login') },
    });
  });

  it.each([
    ['no such cluster', {}, 'Context one names cluster c, which is in no kubeconfig.'],
    ['no such user', { clusters: [cluster()] }, 'Context one names user u, which is in no kubeconfig.'],
    [
      'a provider of old',
      { clusters: [cluster()], users: [{ name: 'u', user: { 'auth-provider': { name: 'gcp' } } }] },
      'Context one logs in with auth-provider gcp, which has given way to credential plugins.',
    ],
    [
      'an address that is none',
      { clusters: [cluster({ server: 'api:secret-token@x' })], users: [{ name: 'u', user: {} }] },
      'The server of context one is no https:// or http:// address.',
    ],
    [
      'a proxy of another kind',
      { clusters: [cluster({ 'proxy-url': 'ftp://secret-token@p' })], users: [{ name: 'u', user: {} }] },
      'The proxy of context one is no http://, https:// or socks5:// address.',
    ],
  ])('with %s is explained', (_what, parts, headline) => {
    const outcome = loaded(parts);
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'configuration', headline } });
    expect(JSON.stringify(outcome)).not.toContain('secret-token');
  });

  it('is listed with what tells it from the others', () => {
    const files = [write('a', config('one', 'https://one')), write('b', config('prod', 'https://two'))];
    expect(listContexts({}, { KUBECONFIG: files.join(delimiter) })).toEqual({
      ok: true,
      value: [
        { name: 'one', cluster: 'c', serverHost: 'one', namespace: 'shop', isProtected: false },
        { name: 'prod', cluster: 'c', serverHost: 'one', namespace: 'shop', isProtected: true },
      ],
    });
  });
});

describe('in a pod', () => {
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

  it('the cluster is that of the service account, in the namespace of the pod', () => {
    write('token', 't');
    write('namespace', 'shop\n');
    expect(isInCluster(env, folder)).toBe(true);
    const loaded = loadKubeconfig([], {}, env, folder);
    if (!loaded.ok) throw new Error(loaded.error.headline);
    expect(loaded.value.getCurrentCluster()).toMatchObject({
      server: 'https://[fd00::1]:443',
      caFile: join(folder, 'ca.crt'),
    });
    expect(loaded.value.getCurrentUser()).toMatchObject({ tokenFile: join(folder, 'token') });
    expect(loaded.value.getContextObject(loaded.value.getCurrentContext())?.namespace).toBe('shop');
  });

  it('without a service account there is no cluster', () => {
    expect(isInCluster(env, folder)).toBe(false);
    expect(loadKubeconfig([], {}, env, folder).ok).toBe(false);
  });

  it('a kubeconfig comes first', () => {
    write('token', 't');
    const loaded = loadKubeconfig([write('a', config('one', 'https://one'))], {}, env, folder);
    expect(loaded.ok && loaded.value.getCurrentContext()).toBe('one');
  });
});

it('knows contexts that people depend on by their names', () => {
  expect(['prod', 'eu-live-2', 'gke_shop_production', 'PROD1'].map(name => isProtectedContext(name))).toEqual(
    [true, true, true, true],
  );
  expect(
    ['minikube', 'reproduction', 'olive', 'delivery', 'weighbridge-demo'].map(name =>
      isProtectedContext(name),
    ),
  ).toEqual(new Array(5).fill(false));
});

it('protects the contexts that the person names instead', () => {
  const isProtected = (name: string, patterns: readonly string[]) => isProtectedContext(name, patterns);
  expect(isProtected('eu-staging', ['*-staging', 'dev'])).toBe(true);
  expect(isProtected('DEV', ['*-staging', 'dev'])).toBe(true);
  expect(isProtected('dev2', ['*-staging', 'dev'])).toBe(false);
  expect(isProtected('a+b', ['a+b'])).toBe(true);
  expect(isProtected('aab', ['a+b'])).toBe(false);
  expect(isProtected('prod', [])).toBe(false);
});

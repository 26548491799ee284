import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isProtectedContext, kubeconfigFiles, loadKubeconfig } from '../../src/kube/kubeconfig.ts';

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
    const list = [join(folder, 'missing'), write('empty', ''), real].join(delimiter);
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

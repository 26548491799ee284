import { afterEach, expect, it } from 'vitest';
import { kubeconfigSecrets } from '../../src/commands/kubeconfig-secrets.ts';
import { kubeconfigText, testFolder } from '../support/kubeconfig-file.ts';

const folder = await testFolder();
afterEach(() => folder.remove());

it('knows every text of the clusters and users of a kubeconfig, and its path', async () => {
  const user = {
    token: 'token-of-ada',
    password: 'short',
    'client-key': '/home/ada/key.pem',
    'auth-provider': { name: 'oidc', config: { 'refresh-token': 'refresh-me' } },
    exec: {
      command: 'get-token',
      args: ['--cluster-name'],
      env: [{ name: 'SECRET', value: 'of-the-plugin' }],
    },
  };
  const cluster = { 'proxy-url': 'http://ada:pass@proxy:8080' };
  const file = await folder.write('config', kubeconfigText('https://k8s.example.com', cluster, user));
  const broken = await folder.write('broken', ': {');
  expect(kubeconfigSecrets([file, broken, '/nowhere'])).toEqual([
    file,
    'https://k8s.example.com',
    'http://ada:pass@proxy:8080',
    'token-of-ada',
    '/home/ada/key.pem',
    'refresh-me',
    'of-the-plugin',
    broken,
    '/nowhere',
  ]);
});

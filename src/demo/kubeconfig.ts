import { dump } from 'js-yaml';

/** How the demo cluster calls itself in a kubeconfig. */
export const DEMO_CONTEXT = 'weighbridge-demo';

/** A kubeconfig with one context, as YAML. Everything is in it; it names no other file. */
export function writeKubeconfig(apiUrl: string, cert: string, token: string): string {
  const name = DEMO_CONTEXT;
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      {
        name,
        cluster: { server: apiUrl, 'certificate-authority-data': Buffer.from(cert).toString('base64') },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    users: [{ name, user: { token } }],
  });
}

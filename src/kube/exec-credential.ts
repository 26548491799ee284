import { type Json, type JsonObject, listIn, objectIn, textIn } from './json.ts';

/** A credential plugin, as a kubeconfig names it. */
export type CredentialPlugin = {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to our own environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  /** `Always` asks for a terminal of its own, which a program that draws on it cannot lend. */
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
  /** What the kubeconfig's author says about installing it; empty where nothing. */
  readonly installHint: string;
  readonly providesClusterInfo: boolean;
};

/** What a plugin gave: a token, a client certificate with its key, or both. */
export type PluginCredential = {
  readonly token: string | undefined;
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  /** Epoch milliseconds; absent for as long as the process lives. */
  readonly expiresAtMs: number | undefined;
};

const API_VERSIONS: readonly string[] = ['v1', 'v1beta1'].map(
  version => `client.authentication.k8s.io/${version}`,
);

/** Reads the `exec` part of a kubeconfig's user. Yields what is wrong with it where it cannot be run. */
export function readCredentialPlugin(exec: JsonObject): CredentialPlugin | string {
  const command = textIn(exec.command);
  const apiVersion = textIn(exec.apiVersion) ?? '';
  if (!command) return 'the kubeconfig names no command for it';
  if (!API_VERSIONS.includes(apiVersion)) {
    return `its apiVersion is ${apiVersion || 'missing'}, not ${API_VERSIONS.join(' or ')}`;
  }
  const mode = textIn(exec.interactiveMode);
  const env = listIn(exec.env).map(objectIn);
  return {
    command,
    args: listIn(exec.args).map(arg => String(arg)),
    env: Object.fromEntries(env.map(({ name, value }) => [textIn(name) ?? '', textIn(value) ?? ''])),
    apiVersion,
    interactiveMode: mode === 'Never' || mode === 'Always' ? mode : 'IfAvailable',
    installHint: textIn(exec.installHint) ?? '',
    providesClusterInfo: exec.provideClusterInfo === true,
  };
}

/** What a plugin reads from `KUBERNETES_EXEC_INFO`: that nobody can answer its questions and, where it asks for that, the cluster. */
export function execInfo({ apiVersion, providesClusterInfo }: CredentialPlugin, cluster: JsonObject): string {
  const spec = { ...(providesClusterInfo ? { cluster } : {}), interactive: false };
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, spec });
}

/** Reads what a plugin printed. Yields what is wrong with it, without a word of it: it may hold credentials. */
export function readExecCredential(printed: string, apiVersion: string): PluginCredential | string {
  const answer = objectIn(parse(printed));
  if (answer.kind !== 'ExecCredential') return 'it printed no ExecCredential';
  if (answer.apiVersion !== apiVersion) return `it did not answer in apiVersion ${apiVersion}`;
  const status = objectIn(answer.status);
  const token = textIn(status.token) || undefined;
  const cert = textIn(status.clientCertificateData);
  const key = textIn(status.clientKeyData);
  if (Boolean(cert) !== Boolean(key)) return 'it gave half of a certificate and its key';
  if (!token && !cert) return 'it gave neither a token nor a certificate';
  const expires = Date.parse(textIn(status.expirationTimestamp) ?? '');
  return {
    token,
    certificate: cert && key ? { cert, key } : undefined,
    expiresAtMs: Number.isNaN(expires) ? undefined : expires,
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

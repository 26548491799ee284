import { plainText } from '../plain-text.ts';
import { runChild } from '../run-child.ts';
import { ConnectionFailure } from './connection-failure.ts';
import {
  type CredentialPlugin,
  execInfo,
  type PluginCredential,
  readExecCredential,
} from './exec-credential.ts';
import type { JsonObject } from './json.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Long enough to log in with a browser, short enough that a plugin that hangs is noticed. */
const DEADLINE_MS = 60_000;

/**
 * Runs a credential plugin without a terminal: in a session of its own, where it can neither read our keys nor write over our
 * screen. One that takes longer than the deadline, or whose `signal` is aborted, is killed with all that it started.
 *
 * @param cluster what it is told of the cluster, where it asks for that.
 * @throws ConnectionFailure with what it wrote to stderr.
 */
export async function runCredentialPlugin(
  plugin: CredentialPlugin,
  cluster: JsonObject,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  deadlineMs: number = DEADLINE_MS,
): Promise<PluginCredential> {
  const name = plainText(plugin.command, 120);
  if (plugin.interactiveMode === 'Always') {
    throw new ConnectionFailure(
      'unauthorized',
      `credential plugin ${name} asks for a terminal (interactiveMode: Always), and weighbridge draws on it`,
      'Log in with the plugin outside, or set interactiveMode: IfAvailable in the kubeconfig.',
    );
  }
  const info = execInfo(plugin, cluster);
  const end = await runChild(
    {
      file: plugin.command,
      args: plugin.args,
      env: { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: info },
    },
    AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
  );
  if (signal.aborted) throw signal.reason;
  const words = wordsOf(end.words, plugin);
  switch (end.kind) {
    case 'not-started':
      throw new ConnectionFailure(
        'unauthorized',
        `credential plugin ${name} cannot be run (${end.code})`,
        plainText(plugin.installHint, 300) || 'Install it, and make sure that it is on the PATH.',
      );
    case 'killed':
      throw new ConnectionFailure(
        'unauthorized',
        `credential plugin ${name} gave no answer in ${deadlineMs / 1000} s and was stopped${words}`,
        'Log in with kubectl get pods in another terminal; it is tried again here.',
      );
    case 'ended': {
      const credential =
        end.exit === '0' ? readExecCredential(end.output, plugin.apiVersion) : `it ended with ${end.exit}`;
      if (typeof credential !== 'string') return credential;
      throw new ConnectionFailure(
        'unauthorized',
        `credential plugin ${name} gave no credentials: ${credential}${words}`,
        'Log in with kubectl get pods in another terminal; it is tried again here.',
      );
    }
  }
}

/** What it said, for the end of a sentence; empty where it said nothing. */
function wordsOf(text: string, plugin: CredentialPlugin): string {
  const words = plainText(withoutSecrets(text, Object.values(plugin.env)), 300).replace(/[.\s]+$/, '');
  return words === '' ? '' : `: ${words}`;
}

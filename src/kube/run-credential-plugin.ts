import { type ChildProcess, spawn } from 'node:child_process';
import { plainText } from '../plain-text.ts';
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
const MAX_OUTPUT_CHARACTERS = 1_048_576;
/** The end of what a plugin says is what it failed with. */
const MAX_WORDS_CHARACTERS = 4_000;

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
  const end = await outputOf(
    spawn(plugin.command, [...plugin.args], {
      env: { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: info },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    }),
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

type End =
  | { readonly kind: 'not-started'; readonly code: string; readonly words: string }
  | { readonly kind: 'killed'; readonly words: string }
  | { readonly kind: 'ended'; readonly exit: string; readonly output: string; readonly words: string };

function outputOf(child: ChildProcess, signal: AbortSignal): Promise<End> {
  let output = '';
  let words = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(0, MAX_OUTPUT_CHARACTERS);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MAX_WORDS_CHARACTERS);
  });
  return new Promise(resolve => {
    const settle = (end: End) => {
      signal.removeEventListener('abort', stop);
      resolve(end);
    };
    const stop = () => {
      kill(child);
      // What it started may hold its pipes open; nobody waits for that.
      child.stdout?.destroy();
      child.stderr?.destroy();
      settle({ kind: 'killed', words });
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle({ kind: 'not-started', code: error.code ?? error.message, words }),
    );
    child.once('close', (code, by) => settle({ kind: 'ended', exit: String(code ?? by), output, words }));
  });
}

/** A plugin is often a script around a program: the whole process group goes. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

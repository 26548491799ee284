import { withoutSecrets } from '../kube/without-secrets.ts';
import { plainText } from '../plain-text.ts';
import type { Intent } from './intents.ts';
import type { AppState } from './state.ts';
import type { Overlay } from './ui-state.ts';

const MAX_CHARACTERS = 500;

/** Where a machine is: URLs with their path and query, and addresses of the internet protocol with their port. */
const ADDRESSES: readonly RegExp[] = [
  /\b[a-z][a-z+.-]*:\/\/[^\s"'<>]+/gi,
  /(?<![\w.])\d{1,3}(\.\d{1,3}){3}(:\d+)?(?![\w.]*\w)/g,
  /\[[0-9a-f:]*:[0-9a-f:.]*\](:\d+)?/gi,
];

/**
 * Text of clusters, applications and programs as a recording keeps it: one plain line without addresses, without what looks
 * like a credential, and without any of `hidden`, such as the path of a kubeconfig.
 */
export function textForRecording(text: string, hidden: readonly string[]): string {
  const known = hidden
    .filter(secret => secret !== '')
    .toSorted((left, right) => right.length - left.length)
    .reduce((rest, secret) => rest.replaceAll(secret, '(hidden)'), text);
  const elsewhere = ADDRESSES.reduce((rest, address) => rest.replace(address, '(address)'), known);
  return plainText(withoutSecrets(elsewhere, []), MAX_CHARACTERS);
}

/** Shorter values, such as `1`, are in every other word and no secret. */
const SHORTEST_SECRET = 6;

/** What may be nobody else's business: where the cluster and its gateway are, and what a person gave for samples to ask. */
export function privateTexts({ connection, traffic }: AppState): readonly string[] {
  const { server, kubeconfig } = connection;
  const { gatewayUrl = '', path = '', headers } = traffic;
  const query = path.split('?')[1] ?? '';
  const texts = [server, kubeconfig, gatewayUrl, query, ...Object.values(headers)];
  return [...texts, hostOf(server), hostOf(gatewayUrl)].filter(text => text.length >= SHORTEST_SECRET);
}

/** Without the port, because a failed look-up of a name is told without it. */
function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? '';
}

/** Members of intents whose text is one of a few words of ours. */
const OWN_WORDS: ReadonlySet<string> = new Set(['kind', 'pane', 'list', 'end', 'by', 'edit', 'theme']);

/** An intent as plain members. Typed and pasted text shows by its length alone, but for a weight. */
export function intentForRecording(
  intent: Intent,
  overlay: Overlay,
): Readonly<Record<string, string | number | boolean>> {
  const { kind, ...members } = intent;
  const isWeight = kind === 'type' && overlay.kind === 'prompt' && overlay.asks === 'weight';
  const kept = Object.entries(members).map(([name, value]): readonly [string, string | number | boolean] => {
    if (typeof value !== 'string' || OWN_WORDS.has(name)) return [name, value];
    return isWeight && /^[\d./ ]{0,12}$/.test(value) ? [name, value] : [`${name}Characters`, value.length];
  });
  return { intent: kind, ...Object.fromEntries(kept) };
}

import type { Clock } from '../clock.ts';
import { withNotice } from '../session/notices.ts';
import type { AppState } from '../session/state.ts';
import type { AppStore } from '../session/store.ts';
import type { Io } from './io.ts';

/** What the most cautious terminals take: an escape sequence of 100,000 characters, in base64. */
const MAX_BYTES = 74_994;

/**
 * Hands what is to be copied to the terminal, which puts it on the clipboard of the machine that the person sits at, also over
 * ssh (OSC 52). Returns a function that stops it.
 */
export function followClipboard(
  store: AppStore,
  clock: Clock,
  { stdout, env }: Pick<Io, 'stdout' | 'env'>,
): () => void {
  return store.subscribe((state, before) => {
    const { wanted } = state.copy;
    if (wanted === before.copy.wanted || wanted.kind !== 'text') return;
    const sequence = clipboardSequence(wanted.text, env);
    if (sequence !== undefined) stdout.write(sequence);
    store.setState(state => withOutcome(state, wanted.name, wanted.text, sequence, clock.now()), true);
  });
}

function withOutcome(
  state: AppState,
  name: string,
  text: string,
  sequence: string | undefined,
  now: number,
): AppState {
  if (sequence === undefined) {
    const kilobytes = Math.ceil(Buffer.byteLength(text) / 1000);
    const words = `Can't copy ${name}: it has ${kilobytes} KB, and terminals take ${Math.floor(MAX_BYTES / 1000)} KB`;
    return withNotice(state, 'warning', words, now);
  }
  const characters = Array.from(text.trimEnd()).length;
  return withNotice(
    state,
    'info',
    `copied ${name}: ${characters} characters, by way of the terminal (OSC 52)`,
    now,
  );
}

/**
 * The bytes that have a terminal put text on the clipboard; undefined where the text is longer than terminals take. tmux takes
 * them for its own clipboard and passes on only what is wrapped, and which of the two it is set up for cannot be seen from here.
 */
export function clipboardSequence(text: string, env: NodeJS.ProcessEnv): string | undefined {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MAX_BYTES) return undefined;
  const sequence = `\u001b]52;c;${bytes.toString('base64')}\u0007`;
  if (!env.TMUX) return sequence;
  return `${sequence}\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\`;
}

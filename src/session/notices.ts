import { plainText } from '../plain-text.ts';
import type { AppState, Notice } from './state.ts';

/** How long a notice stays on the status line. */
export const NOTICE_MS: Readonly<Record<Notice['level'], number>> = {
  info: 6_000,
  warning: 12_000,
  error: 20_000,
};
const MAX_NOTICES = 200;

/**
 * The state with one more notice; the oldest are forgotten. One that says the same as the last is counted with it, so that a held
 * key drives nothing out.
 */
export function withNotice(state: AppState, level: Notice['level'], text: string, now: number): AppState {
  return said(state, { level, text, atMs: now });
}

/** One plain line, whatever it was made of: what follows the first line of an exception is where it came from. */
function said({ notices, ...state }: AppState, saying: Omit<Notice, 'number' | 'times'>): AppState {
  const notice = { ...saying, text: plainText(saying.text.trimStart().split(/\r?\n/)[0] ?? '') };
  const last = notices.at(-1);
  if (last?.level === notice.level && last.text === notice.text) {
    return { ...state, notices: notices.with(-1, { ...notice, number: last.number, times: last.times + 1 }) };
  }
  const number = (last?.number ?? 0) + 1;
  return { ...state, notices: [...notices.slice(1 - MAX_NOTICES), { ...notice, number, times: 1 }] };
}

/** The state with a notice that answers a key which did nothing: it goes with the next key that does something. */
export function withReply(state: AppState, level: Notice['level'], text: string, now: number): AppState {
  return said(state, { level, text, atMs: now, isReply: true });
}

/** What was said since: notices that are new, and the last of those known where it was said again. */
export function noticesSince(before: readonly Notice[], after: readonly Notice[]): readonly Notice[] {
  const last = before.at(-1);
  if (last === undefined) return after;
  return after.filter(
    ({ number, times }) => number > last.number || (number === last.number && times > last.times),
  );
}

/** The notice on the status line: the newest that is neither expired nor overtaken. */
export function currentNotice({ notices, now, ui }: AppState): Notice | undefined {
  const last = notices.at(-1);
  if (!last || now - last.atMs >= NOTICE_MS[last.level]) return undefined;
  return last.isReply && ui.actedAtMs > last.atMs ? undefined : last;
}

/** What `insecure-skip-tls-verify` means, in the words of the person who may not know that it is set. */
export function unverifiedWords({ connection }: Pick<AppState, 'connection'>): string {
  return `the certificate of ${connection.server} is not verified: whoever is on the way reads along (insecure-skip-tls-verify)`;
}

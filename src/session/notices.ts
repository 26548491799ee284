import type { AppState, Notice } from './state.ts';

/** How long a notice stays on the status line. */
export const NOTICE_MS: Readonly<Record<Notice['level'], number>> = {
  info: 6_000,
  warning: 12_000,
  error: 20_000,
};
const MAX_NOTICES = 200;

/** The state with one more notice; the oldest are forgotten. */
export function withNotice(state: AppState, level: Notice['level'], text: string, now: number): AppState {
  return { ...state, notices: [...state.notices.slice(1 - MAX_NOTICES), { level, text, atMs: now }] };
}

/** The state with a notice that answers a key which did nothing: it goes with the next key that does something. */
export function withReply(state: AppState, level: Notice['level'], text: string, now: number): AppState {
  const { notices } = withNotice(state, level, text, now);
  return { ...state, notices: notices.with(-1, { level, text, atMs: now, isReply: true }) };
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

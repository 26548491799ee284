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

/** The notice on the status line: the newest that has not expired. */
export function currentNotice(state: Pick<AppState, 'notices' | 'now'>): Notice | undefined {
  const last = state.notices.at(-1);
  return last && state.now - last.atMs < NOTICE_MS[last.level] ? last : undefined;
}

/** What `insecure-skip-tls-verify` means, in the words of the person who may not know that it is set. */
export function unverifiedWords({ connection }: Pick<AppState, 'connection'>): string {
  return `the certificate of ${connection.server} is not verified: whoever is on the way reads along (insecure-skip-tls-verify)`;
}

import { withNotice } from './notices.ts';
import type { AppState } from './state.ts';

/** So many texts are remembered. A server whose warnings never repeat is heard again and again. */
const MAX_REMEMBERED = 100;

/** The API server warned of something: told once for each text, because each request of its kind brings it again. */
export function serverWarned(state: AppState, text: string, now: number): AppState {
  if (state.warnings.includes(text)) return state;
  const warnings = [...state.warnings.slice(1 - MAX_REMEMBERED), text];
  return withNotice({ ...state, warnings }, 'warning', `the API server warns: ${text}`, now);
}

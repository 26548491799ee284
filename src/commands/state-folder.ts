import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Our folder under the XDG state folder. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  const state = env.XDG_STATE_HOME;
  // The specification has relative paths ignored.
  const folder = state && isAbsolute(state) ? state : join(env.HOME || homedir(), '.local', 'state');
  return join(folder, 'weighbridge');
}

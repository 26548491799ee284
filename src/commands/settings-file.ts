import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { plainText } from '../plain-text.ts';
import type { Settings, SettingsProblem } from './settings.ts';

/** Where the configuration file is, whether or not it exists: XDG_CONFIG_HOME counts where it is absolute, as its rules say. */
export function settingsFile(env: NodeJS.ProcessEnv): string {
  const home = env.XDG_CONFIG_HOME ?? '';
  return join(isAbsolute(home) ? home : join(homedir(), '.config'), 'weighbridge', 'config.yaml');
}

/** The settings of the configuration file; none where there is no file. A problem is a whole sentence. */
export async function loadSettings(env: NodeJS.ProcessEnv): Promise<Settings | SettingsProblem> {
  const file = settingsFile(env);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    return { problem: `Can't read ${plainText(file)}: ${code}. Make it readable, or remove it.` };
  }
  // Only where there is a file: the screen is to be drawn before a YAML parser is loaded.
  const { readSettings } = await import('./settings.ts');
  const settings = readSettings(text);
  if (!('problem' in settings)) return settings;
  return { problem: `Can't use ${plainText(file)}, ${settings.problem} Correct that line.` };
}

import { load } from 'js-yaml';
import { plainText } from '../plain-text.ts';
import { RATE_WORDS, readRate } from '../session/sampling-options.ts';
import { THEMES, type Theme } from '../session/ui-state.ts';

/** What the configuration file says; what is absent there stays as it is without a file. */
export type Settings = {
  /** Names of contexts that are protected, in which `*` stands for anything. */
  readonly protectedContexts?: readonly string[];
  readonly ratePerSecond?: number;
  readonly theme?: Theme;
};

/** What is wrong with a configuration file, for the end of a sentence that names it. */
export type SettingsProblem = { readonly problem: string };

const KEYS = ['protected', 'rate', 'theme'] as const;

/** Reads the text of a configuration file. Each problem names its line and its key. */
export function readSettings(text: string): Settings | SettingsProblem {
  let content: unknown;
  try {
    content = isBlank(text) ? {} : load(text);
  } catch (error) {
    const { reason, mark, message } = error as YamlError;
    return problemAt((mark?.line ?? 0) + 1, reason ?? message);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return problemAt(1, 'it has no keys; write some such as rate: 20');
  }
  const entries = Object.entries(content as Readonly<Record<string, unknown>>);
  const results = entries.map(([key, value]) => {
    const setting = readSetting(key, value);
    return typeof setting === 'string' ? problemAt(lineOf(key, text), setting) : setting;
  });
  const wrong = results.find((result): result is SettingsProblem => 'problem' in result);
  return wrong ?? Object.assign({}, ...results);
}

type YamlError = {
  readonly reason?: string;
  readonly message: string;
  readonly mark?: { readonly line?: number };
};

function isBlank(text: string): boolean {
  return text.split('\n').every(line => /^\s*(#.*|---\s*)?$/.test(line));
}

/** The setting of one key, or what is wrong with it. */
function readSetting(key: string, value: unknown): Settings | string {
  switch (key) {
    case 'protected':
      return isNames(value)
        ? { protectedContexts: value }
        : 'protected is no list of context names; write one such as ["*prod*", live-eu]';
    case 'rate': {
      const ratePerSecond = typeof value === 'number' ? readRate(String(value)) : undefined;
      return ratePerSecond === undefined ? `rate is ${words(value)}; write ${RATE_WORDS}` : { ratePerSecond };
    }
    case 'theme': {
      const theme = THEMES.find(name => name === value);
      return theme ? { theme } : `theme is ${words(value)}; write one of ${THEMES.join(', ')}`;
    }
    default:
      return `there is no key ${words(key)}; there are ${KEYS.join(', ')}`;
  }
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(name => typeof name === 'string' && name !== '');
}

function words(value: unknown): string {
  return plainText(JSON.stringify(value) ?? 'nothing', 80);
}

/** The line that a key stands in: keys are those of the file's outermost level. */
function lineOf(key: string, text: string): number {
  const found = text.split('\n').findIndex(line => {
    const [, name] = /^\s*[{,]?\s*["']?([^"':]+)["']?\s*:/.exec(line) ?? [];
    return name?.trim() === key;
  });
  return Math.max(0, found) + 1;
}

function problemAt(line: number, problem: string): SettingsProblem {
  return { problem: `line ${line}: ${plainText(problem, 300)}.` };
}

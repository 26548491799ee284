import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/commands/settings.ts';
import { loadSettings, settingsFile } from '../../src/commands/settings-file.ts';

describe('the text of a configuration file', () => {
  it.each([
    ['', {}],
    ['# nothing yet\n---\n', {}],
    ['{}', {}],
    [
      'protected: ["*prod*", live-eu]\nrate: 0.5\ntheme: mono\n',
      { protectedContexts: ['*prod*', 'live-eu'], ratePerSecond: 0.5, theme: 'mono' },
    ],
    ['protected: []', { protectedContexts: [] }],
    ['"rate": 1000', { ratePerSecond: 1000 }],
  ])('%j says what it says', (text, settings) => {
    expect(readSettings(text)).toEqual(settings);
  });

  it.each([
    ['rate: 20\ntehme: mono', 'line 2: there is no key "tehme"; there are protected, rate, theme.'],
    ['\n\nrate: 5000', 'line 3: rate is 5000; write a number of samples per second from 0.1 to 1000.'],
    ['rate: "20"', 'line 1: rate is "20"; write a number of samples per second from 0.1 to 1000.'],
    ['rate:', 'line 1: rate is null; write a number of samples per second from 0.1 to 1000.'],
    ['# a\ntheme: Dark', 'line 2: theme is "Dark"; write one of auto, mono, high-contrast.'],
    [
      'protected: prod',
      'line 1: protected is no list of context names; write one such as ["*prod*", live-eu].',
    ],
    [
      'rate: 20\nprotected:\n  - 3\n',
      'line 2: protected is no list of context names; write one such as ["*prod*", live-eu].',
    ],
    ['- rate', 'line 1: it has no keys; write some such as rate: 20.'],
    ['rate: 1\nrate: 2', 'line 2: duplicated mapping key.'],
    ['rate: 20\n theme: [', /^line 2: /],
  ])('%j is explained by its line and its key', (text, problem) => {
    expect(readSettings(text)).toEqual({
      problem: typeof problem === 'string' ? problem : expect.stringMatching(problem),
    });
  });

  it('draws nothing of what it quotes', () => {
    const settings = readSettings('"\\e[31mred": 1');
    expect('problem' in settings && settings.problem).not.toMatch(/\p{Cc}/u);
  });
});

describe('the configuration file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weighbridge-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('stands where XDG says', () => {
    expect(settingsFile({ XDG_CONFIG_HOME: '/x' })).toBe('/x/weighbridge/config.yaml');
    const usual = join(homedir(), '.config', 'weighbridge', 'config.yaml');
    expect(settingsFile({})).toBe(usual);
    expect(settingsFile({ XDG_CONFIG_HOME: 'relative' })).toBe(usual);
  });

  it('need not be there', async () => {
    expect(await loadSettings({ XDG_CONFIG_HOME: folder })).toEqual({});
  });

  it('is named where something is wrong with it', async () => {
    const file = join(folder, 'weighbridge', 'config.yaml');
    mkdirSync(join(folder, 'weighbridge'));
    writeFileSync(file, 'colour: none');
    expect(await loadSettings({ XDG_CONFIG_HOME: folder })).toEqual({
      problem: `Can't use ${file}, line 1: there is no key "colour"; there are protected, rate, theme. Correct that line.`,
    });
    rmSync(file);
    mkdirSync(file);
    expect(await loadSettings({ XDG_CONFIG_HOME: folder })).toEqual({
      problem: `Can't read ${file}: EISDIR. Make it readable, or remove it.`,
    });
  });
});

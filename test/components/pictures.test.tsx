import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AppState } from '../../src/session/state.ts';
import { someChecks } from '../support/checks.ts';
import { drawnFrame, sized } from '../support/drawn-frame.tsx';
import { failingTraffic, observedTraffic, stateOf } from '../support/states.ts';

const root = join(import.meta.dirname, '..', '..');
const svgOf = (name: string) => readFileSync(join(root, 'scripts', 'pictures', `${name}.svg`), 'utf8');

/** The screen of a picture as text. */
function pictured(name: string): string {
  const [, text = ''] = /<desc>(.*?)<\/desc>/s.exec(svgOf(name)) ?? [];
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** What the picture says word by word where it is drawn. */
const drawnWords = (name: string) =>
  [...svgOf(name).matchAll(/<text [^>]*>([^<]*)<\/text>/g)].flatMap(([, words = '']) => words.split(/[ ▸]/));

/**
 * A screen without what each session makes of it: numbers, ages, the length of bars, the shape of the chart, what is cut at the
 * end of a line, and where the demo cluster is. What stays is what the program writes, and where.
 */
function skeleton(screen: string): readonly string[] {
  return screen
    .trimEnd()
    .split('\n')
    .map(line =>
      line
        .replace(/\/tmp\/\S+\//, '/tmp/…/')
        .replaceAll(/\b\d+[smhd](\d+[smhd])?\b/g, 'AGE')
        .replaceAll(/\d+(\.\d+)?/g, '9')
        .replaceAll('restarts', 'restart')
        .replaceAll('findings', 'finding')
        .replace(/;[^;]*…/, '…')
        .replaceAll(/[━═╌─◆]+/g, '─')
        .replace(/^│[ ▲9/]*│$/, '│ │')
        .replace(/^│( *9 | {4})[┤┼].*│$/, '│ 9 ┤ │')
        .replace(/^│fail.*│$/, '│fail│')
        .replaceAll(/ +/g, ' '),
    );
}

const onDemo = (state: AppState): AppState => ({
  ...state,
  connection: {
    ...state.connection,
    isDemo: true,
    contextName: '',
    kubeconfig: '/tmp/weighbridge-abc123/kubeconfig',
  },
});

const healthy = stateOf('healthy', [50, 50]);
const crashLooping = stateOf('crash-looping', [50, 50]);
const scaled = ({ traffic, ...state }: AppState): AppState => ({
  ...state,
  traffic: { ...traffic, chart: { ...traffic.chart, scaleMs: 30_000 } },
});

const PICTURES: readonly (readonly [name: string, state: AppState])[] = [
  ['healthy-shift', { ...healthy, traffic: observedTraffic(healthy, 'agrees') }],
  [
    'failing-version',
    {
      ...crashLooping,
      traffic: failingTraffic(crashLooping),
      doctor: { ...crashLooping.doctor, checks: someChecks, askedAtMs: 0 },
    },
  ],
];

describe.each(PICTURES)('the picture %s', (name, state) => {
  const text = pictured(name);
  const rows = text.split('\n');

  it('shows what the program still draws; where it does not, `npm run pictures` draws it anew', () => {
    const columns = Math.max(...rows.map(row => row.length));
    const now = drawnFrame(sized(scaled(onDemo(state)), columns, rows.length));
    expect(skeleton(text)).toEqual(skeleton(now));
  });

  it('draws every word of its text', () => {
    const words = text.split(/[\s│╭╮╰╯─┤┼━═╌┃◆▸]+/).filter(word => word !== '');
    const drawn = new Set(
      drawnWords(name).flatMap(entity => entity.replaceAll('&lt;', '<').replaceAll('&gt;', '>')),
    );
    expect(words.length).toBeGreaterThan(60);
    expect(words.filter(word => !drawn.has(word))).toEqual([]);
  });

  it('is in the README, with what is to be seen in words', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    expect(readme).toMatch(new RegExp(`!\\[[^\\]]{40,}\\]\\(scripts/pictures/${name}\\.svg\\)`));
  });

  it('can be read on a dark page and on a light one, and loads nothing', () => {
    const svg = svgOf(name);
    expect(svg).toContain('@media(prefers-color-scheme:light)');
    expect(svg).not.toMatch(/href|url\(|@import|<script|<image/);
  });
});

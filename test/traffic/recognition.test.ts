import { describe, expect, test } from 'vitest';
import { BoundedPattern } from '../../src/traffic/bounded-pattern.ts';
import { classify, learnKinds } from '../../src/traffic/fingerprint.ts';
import { GroupedVersions } from '../../src/traffic/grouped-versions.ts';
import type { Recognition } from '../../src/traffic/recognition.ts';
import type { Answer } from '../../src/traffic/sample.ts';
import { NamedVersions, patternProblem, type VersionNaming } from '../../src/traffic/version-naming.ts';
import { draw, seededRandom, T0 } from './simulated-traffic.ts';

function answer(body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, headers: { server: 'istio-envoy', ...headers }, body };
}

function told({ canTellApart, words }: Recognition) {
  return { canTellApart, words };
}

describe('a version whose pods roll', () => {
  const blue = answer('<h1>blue</h1>');
  const red = answer('<h1>red</h1>');
  const green = answer('<h1>green</h1>');

  test('is known by its old and its new pods', () => {
    const read = learnKinds([
      { version: 'v1', answers: [blue] },
      { version: 'v2', answers: [red] },
      { version: 'v2', answers: [green] },
    ]);
    expect(read.versions).toEqual(['v1', 'v2']);
    expect(read.indistinguishable).toEqual([]);
    expect([blue, red, green].map(one => classify(read, one))).toEqual(['v1', 'v2', 'v2']);
    expect(classify(read, answer('<h1>grey</h1>'))).toBeUndefined();
  });

  test('is known where old and new pods answer alike', () => {
    const read = learnKinds([
      { version: 'v1', answers: [blue] },
      { version: 'v2', answers: [green] },
      { version: 'v2', answers: [green] },
    ]);
    expect(classify(read, green)).toBe('v2');
  });

  test('is not told from another whose pods already answer as its new ones do', () => {
    const read = learnKinds([
      { version: 'v1', answers: [blue] },
      { version: 'v2', answers: [red] },
      { version: 'v2', answers: [blue] },
    ]);
    expect(read.indistinguishable).toEqual([['v1', 'v2']]);
    expect(classify(read, red)).toBe('v2');
    expect(classify(read, blue)).toBeUndefined();
  });

  test('is known alone, by whole pages, while the other has no pod', () => {
    const read = learnKinds([
      { version: 'v2', answers: [red] },
      { version: 'v2', answers: [green] },
      { version: 'v1', answers: [] },
    ]);
    expect(read.unread).toEqual(['v1']);
    expect([red, green, blue].map(one => classify(read, one))).toEqual(['v2', 'v2', undefined]);
  });
});

describe('versions that a person named', () => {
  const named = (naming: VersionNaming, reads: Readonly<Record<string, readonly Answer[]>>) => {
    const versions = new NamedVersions(naming);
    const kinds = Object.entries(reads).map(([version, answers]) => ({ version, answers }));
    versions.learn(['v1', 'v2'], kinds);
    return versions;
  };
  const byHeader = { kind: 'header', name: 'x-version' } as const;
  const says = (value: string) => answer('same page', { 'x-version': value });

  test('are known by what their header said when they were read', () => {
    const versions = named(byHeader, { v1: [says('1.4.0')], v2: [says('1.5.0'), says('1.5.1')] });
    expect(['1.4.0', '1.5.0', '1.5.1', 'v1', ''].map(value => versions.classify(says(value)))).toEqual([
      'v1',
      'v2',
      'v2',
      undefined,
      undefined,
    ]);
    expect(versions.classify(answer('same page'))).toBeUndefined();
    expect(told(versions)).toEqual({
      canTellApart: true,
      words: 'told apart by the header x-version, as asked',
    });
  });

  test('are known by their labels where they could not be read', () => {
    const versions = named(byHeader, { v1: [], v2: [] });
    expect([says('v1'), says('v2'), says('v3')].map(one => versions.classify(one))).toEqual([
      'v1',
      'v2',
      undefined,
    ]);
    expect(versions.canTellApart).toBe(true);
  });

  test('say so where a version does not answer with it, or two answer alike', () => {
    const silent = named(byHeader, { v1: [says('1')], v2: [answer('no header')] });
    expect(told(silent)).toEqual({
      canTellApart: false,
      words: 'v2 answers without what the header x-version is to tell',
    });
    const alike = named(byHeader, { v1: [says('1')], v2: [says('1')] });
    expect(alike.classify(says('1'))).toBeUndefined();
    expect(told(alike)).toEqual({
      canTellApart: false,
      words: 'the header x-version is 1 for more than one version: name another',
    });
  });

  test('are known by what a pattern finds in the body or in a header of the application', () => {
    const page = (colour: string) => answer(`<p>served ${Math.random()}</p><b>colour: ${colour}</b>`);
    const naming = { kind: 'pattern', source: 'colour: (\\w+)' } as const;
    const versions = named(naming, { v1: [page('blue')], v2: [page('green')] });
    expect(versions.classify(page('green'))).toBe('v2');
    expect(versions.classify(answer('', { 'x-note': 'colour: blue' }))).toBe('v1');
    expect(versions.classify(page('red'))).toBeUndefined();
  });

  test('are given up, and the program goes on, where a pattern backtracks for ever', () => {
    const versions = named({ kind: 'pattern', source: '(a+)+$' }, { v1: [answer(`${'a'.repeat(60)}!`)] });
    expect(told(versions)).toEqual({
      canTellApart: false,
      words: '--version-pattern takes too long on an answer and was given up: make it simpler',
    });
  });
});

describe('a pattern', () => {
  test('that is none is refused in the words of the engine', () => {
    expect(patternProblem('(v\\d')).toMatch(/Unterminated group/);
    expect(patternProblem('v\\d')).toBeUndefined();
  });

  test('yields its first group, else its whole match', () => {
    expect(new BoundedPattern('v(\\d)').find('this is v2')).toBe('2');
    expect(new BoundedPattern('v\\d').find('this is v2')).toBe('v2');
    expect(new BoundedPattern('v\\d').find('nothing')).toBeUndefined();
  });

  test('costs little, however long the answer', () => {
    const pattern = new BoundedPattern('(x+x+)+y');
    const startedAtMs = performance.now();
    for (let round = 0; round < 50; round++) pattern.find(`${round}${'x'.repeat(60_000)}`);
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    expect(pattern.isGivenUp).toBe(true);
  });
});

describe('versions that could not be read', () => {
  type Pages = Readonly<Record<string, (random: () => number) => Answer>>;
  const pages: Pages = {
    v1: random => answer(`<h1>blue</h1><p>${Math.floor(random() * 1e6)}</p>`),
    v2: random => answer(`<h1>green</h1><p>${Math.floor(random() * 1e6)}</p>`),
  };
  const naming: Pages = {
    v1: random => answer(`<h1>This is V1</h1><p>visit ${Math.floor(random() * 1e6)}</p>`),
    v2: random => answer(`<h1>This is V2</h1><p>visit ${Math.floor(random() * 1e6)}</p>`),
  };

  /** Sends `samples` at 20/s and counts what was said of them by the version that really answered. */
  function sample(
    versions: GroupedVersions,
    kinds: Pages,
    weights: Readonly<Record<string, number>>,
    { fromMs, samples, random }: { fromMs: number; samples: number; random: () => number },
  ) {
    const said = { right: 0, wrong: 0, nothing: 0 };
    for (let index = 0; index < samples; index++) {
      const real = draw(weights, random);
      const page = kinds[real];
      if (page === undefined) throw new Error(`no page of ${real}`);
      const label = versions.classify(page(random), fromMs + index * 50);
      if (label === undefined) said.nothing += 1;
      else if (label === real) said.right += 1;
      else said.wrong += 1;
    }
    return said;
  }

  function grouped(shares: readonly number[]) {
    const versions = new GroupedVersions(['v1', 'v2'], 'no right to port-forward');
    versions.weightsApplied(shares, T0);
    return versions;
  }

  test('are named at once where their answers hold their labels', () => {
    const versions = grouped([0.5, 0.5]);
    const random = seededRandom(3);
    const said = sample(versions, naming, { v1: 50, v2: 50 }, { fromMs: T0, samples: 200, random });
    expect(said).toMatchObject({ wrong: 0, nothing: 20 });
    expect(told(versions)).toEqual({
      canTellApart: true,
      words: 'no right to port-forward: 2 kinds of answers, v1 by its name in them, v2 by its name in them',
    });
  });

  test('are not guessed by their weights, however well they fit', () => {
    const versions = grouped([0.9, 0.1]);
    const random = seededRandom(4);
    const said = sample(versions, pages, { v1: 90, v2: 10 }, { fromMs: T0, samples: 2000, random });
    expect(said).toEqual({ right: 0, wrong: 0, nothing: 2000 });
    expect(told(versions)).toEqual({
      canTellApart: false,
      words:
        'no right to port-forward: 2 kinds of answers, and none says its version; a shift will show it, or --version-header',
    });
  });

  test.each([
    [
      { v1: 50, v2: 50 },
      { v1: 20, v2: 80 },
    ],
    [
      { v1: 100, v2: 0 },
      { v1: 50, v2: 50 },
    ],
    [
      { v1: 90, v2: 10 },
      { v1: 60, v2: 40 },
    ],
  ])('are named by a shift from %j to %j that traffic follows, never wrongly', (from, to) => {
    for (let seed = 1; seed <= 20; seed++) {
      const versions = grouped([from.v1 / 100, from.v2 / 100]);
      const random = seededRandom(seed);
      const before = sample(versions, pages, from, { fromMs: T0, samples: 600, random });
      expect(before).toMatchObject({ right: 0, wrong: 0 });
      const shiftMs = T0 + 30_000;
      versions.weightsApplied([to.v1 / 100, to.v2 / 100], shiftMs);
      sample(versions, pages, from, { fromMs: shiftMs, samples: 3, random });
      const after = sample(versions, pages, to, { fromMs: shiftMs + 150, samples: 1200, random });
      expect(after.wrong).toBe(0);
      expect(after.right).toBeGreaterThan(600);
      expect(versions.words).toContain('v2 as a shift showed');
    }
  });

  test('are not named by a shift that traffic does not follow', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const versions = grouped([0.5, 0.5]);
      const random = seededRandom(seed);
      sample(versions, pages, { v1: 50, v2: 50 }, { fromMs: T0, samples: 600, random });
      versions.weightsApplied([0.1, 0.9], T0 + 30_000);
      const said = sample(
        versions,
        pages,
        { v1: 50, v2: 50 },
        { fromMs: T0 + 30_000, samples: 1200, random },
      );
      expect(said).toMatchObject({ right: 0, wrong: 0 });
    }
  });

  test('are sorted by the one piece that differs where the rest is different each time', () => {
    const quotes = ['to be', 'or not', 'that is', 'the question', 'whether it', 'is nobler'];
    const varied: Pages = {
      v1: random => answer(`<b>theme v1</b><i>${quotes[Math.floor(random() * 6)]}</i>`),
      v2: random => answer(`<b>theme v2</b><i>${quotes[Math.floor(random() * 6)]}</i>`),
    };
    const versions = grouped([0.5, 0.5]);
    const said = sample(
      versions,
      varied,
      { v1: 50, v2: 50 },
      { fromMs: T0, samples: 300, random: seededRandom(5) },
    );
    expect(said.wrong).toBe(0);
    expect(said.right).toBeGreaterThan(200);
  });

  test('are left unsorted, with what to do, where nothing lasts in their answers', () => {
    const versions = grouped([0.5, 0.5]);
    const random = seededRandom(6);
    for (let index = 0; index < 100; index++) {
      versions.classify(answer(`${random().toString(36)} ${random().toString(36)}`), T0 + index * 50);
    }
    expect(versions.words).toBe(
      'no right to port-forward, and answers differ too much to be sorted: name what tells the version with --version-header',
    );
  });
});

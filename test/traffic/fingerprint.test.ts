import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canTellApart,
  classify,
  describeFingerprints,
  type Fingerprints,
  learnKinds,
} from '../../src/traffic/fingerprint.ts';
import type { Answer } from '../../src/traffic/sample.ts';

function answer(body: string, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  return { status, headers: { server: 'nginx', date: new Date().toUTCString(), ...headers }, body };
}

/** The same answer as a gateway passes it on. */
function throughGateway({ status, headers, body }: Answer): Answer {
  const added = { server: 'istio-envoy', 'x-envoy-upstream-service-time': '3', 'x-request-id': 'abc' };
  return { status, headers: { ...headers, ...added }, body };
}

function page(title: string, colour: string): string {
  return `<html><head><title>${title}</title><style>body { background-color: ${colour}; margin: 0 }</style></head>
<body><h1>Welcome to ${title}</h1></body></html>`;
}

function learn(reads: Readonly<Record<string, readonly Answer[]>>): Fingerprints {
  return learnKinds(Object.entries(reads).map(([version, answers]) => ({ version, answers })));
}

describe('one read of each version', () => {
  const v1 = answer(page('App V1', 'blue'));
  const v2 = answer(page('App V2', 'green'));
  const fingerprints = learn({ v1: [v1], v2: [v2] });

  test('tells static pages apart', () => {
    expect(classify(fingerprints, throughGateway(v1))).toBe('v1');
    expect(classify(fingerprints, throughGateway(v2))).toBe('v2');
    expect(canTellApart(fingerprints)).toBe(true);
    expect(describeFingerprints(fingerprints)).toBe('told apart by the text of their answers');
  });

  test('takes nothing else for a version', () => {
    expect(classify(fingerprints, answer(page('App V3', 'red')))).toBeUndefined();
    expect(classify(fingerprints, answer(page('App V12', 'blueish')))).toBeUndefined();
    expect(classify(fingerprints, answer('no healthy upstream', {}, 503))).toBeUndefined();
    expect(classify(fingerprints, answer(''))).toBeUndefined();
  });

  test('does not take a page that carries the marks of both for either', () => {
    expect(classify(fingerprints, answer(v1.body + v2.body))).toBeUndefined();
  });

  test('tells pages apart that also carry a time, a counter and an id', () => {
    const at = (version: string, time: string, count: number, id: string) =>
      answer(`<h1>This is ${version}</h1>\n<p>${time}</p>\n<p>visit ${count}</p>\n<i>${id}</i>`);
    const read = learn({
      v1: [at('blue', '12:00:01', 12345, '7f3c1a2b9d4e')],
      v2: [at('green', '12:00:02', 54321, '0a1b2c3d4e5f')],
    });
    expect(classify(read, at('blue', '13:30:59', 54321, 'ffeeddccbb00'))).toBe('v1');
    expect(classify(read, at('green', '12:00:01', 99999, '00ffeeddccbb'))).toBe('v2');
  });

  test('survives plain data', () => {
    const copy: Fingerprints = JSON.parse(JSON.stringify(fingerprints));
    expect(copy).toEqual(fingerprints);
    expect(classify(copy, v2)).toBe('v2');
  });
});

describe('headers', () => {
  test('come before the body', () => {
    const body = (count: number) => `<p>${count}</p>`;
    const read = learn({
      v1: [1, 2, 3].map(count => answer(body(count), { 'x-version': '1.4.0' })),
      v2: [2, 3, 4].map(count => answer(body(count), { 'x-version': '1.5.0' })),
    });
    expect(classify(read, answer('', { 'x-version': '1.5.0' }))).toBe('v2');
    expect(describeFingerprints(read)).toBe('told apart by the header x-version');
  });

  test('that a gateway removes leave the body to tell', () => {
    const read = learn({
      v1: [answer(page('one', 'blue'), { 'x-version': '1' })],
      v2: [answer(page('two', 'green'), { 'x-version': '2' })],
    });
    expect(classify(read, answer(page('two', 'green')))).toBe('v2');
  });

  test('that only one version sends show the other by their absence, on a page that is theirs', () => {
    const read = learn({ v1: [answer('same page')], v2: [answer('same page', { 'x-canary': 'yes' })] });
    expect(classify(read, answer('same page'))).toBe('v1');
    expect(classify(read, answer('same page', { 'x-canary': 'yes' }))).toBe('v2');
    expect(classify(read, answer('another page'))).toBeUndefined();
  });

  test.each([
    'server',
    'date',
    'via',
    'age',
    'set-cookie',
    'content-encoding',
    'transfer-encoding',
    'connection',
    'keep-alive',
    'x-envoy-upstream-service-time',
    'x-request-id',
    'traceparent',
    'b3',
    'x-b3-traceid',
    'x-amzn-trace-id',
    'x-correlation-id',
  ])('named %s tell nothing', name => {
    const read = learn({ v1: [answer('same', { [name]: 'a' })], v2: [answer('same', { [name]: 'b' })] });
    expect(read.indistinguishable).toEqual([['v1', 'v2']]);
  });

  test('of the representation tell only where the body does not', () => {
    const sameBody = learn({ v1: [answer('same', { etag: '"1"' })], v2: [answer('same', { etag: '"2"' })] });
    expect(classify(sameBody, answer('same', { etag: '"2"' }))).toBe('v2');
    const otherBody = learn({
      v1: [answer('blue', { etag: '"1"' })],
      v2: [answer('green', { etag: '"2"' })],
    });
    expect(classify(otherBody, answer('green', { etag: 'W/"1"' }))).toBe('v2');
    expect(classify(otherBody, answer('red', { etag: '"2"' }))).toBeUndefined();
  });
});

describe('several reads of each version', () => {
  test('show what changes from answer to answer', () => {
    const text = (version: string, visit: number) =>
      answer(`hello from ${version} for visit ${visit} of many`);
    const read = learn({
      v1: [text('alpha', 1), text('alpha', 2), text('alpha', 3)],
      v2: [text('beta', 7), text('beta', 8), text('beta', 9)],
    });
    for (const visit of [1, 7, 42]) {
      expect(classify(read, text('alpha', visit))).toBe('v1');
      expect(classify(read, text('beta', visit))).toBe('v2');
    }
    expect(classify(read, text('gamma', 1))).toBeUndefined();
  });

  test('tell JSON apart by its members', () => {
    const json = (version: string, served: number) =>
      answer(JSON.stringify({ app: 'shop', version, served, ok: true }));
    const read = learn({
      v1: [json('1.0.3', 11), json('1.0.3', 12)],
      v2: [json('1.1.0', 5), json('1.1.0', 6)],
    });
    expect(classify(read, json('1.0.3', 5))).toBe('v1');
    expect(classify(read, json('1.1.0', 11))).toBe('v2');
    expect(classify(read, json('1.2.0', 11))).toBeUndefined();
  });

  test('do not take the name of one pod for the version', () => {
    const at = (version: string, pod: string) => answer(`<p>${version}</p><p>${pod}</p>`);
    const read = learn({
      v1: [at('blue', 'myapp-v1-5d8f7c9b4-x2x4z'), at('blue', 'myapp-v1-5d8f7c9b4-x2x4z')],
      v2: [at('green', 'myapp-v2-6c7d8e9f0-abcde'), at('green', 'myapp-v2-6c7d8e9f0-abcde')],
    });
    expect(classify(read, at('green', 'myapp-v2-6c7d8e9f0-zzzzz'))).toBe('v2');
  });

  test('use a build id where nothing else differs', () => {
    const at = (build: string) => answer(`<meta name="build" content="${build}">`);
    const one = at('4f5e6d7c8b9a');
    const two = at('0123456789ab');
    const read = learn({ v1: [one, one], v2: [two, two] });
    expect(classify(read, two)).toBe('v2');
  });

  test('leave out errors in between', () => {
    const read = learn({
      v1: [answer('blue page'), answer('oops', {}, 500), answer('blue page')],
      v2: [answer('green page'), answer('green page')],
    });
    expect(classify(read, answer('blue page'))).toBe('v1');
    expect(classify(read, answer('oops', {}, 500))).toBeUndefined();
  });
});

describe('versions that are hard to tell', () => {
  test('that answer alike are named, with what to do', () => {
    const read = learn({ v1: [answer('same')], v2: [answer('same')], v3: [answer('other')] });
    expect(read.indistinguishable).toEqual([['v1', 'v2']]);
    expect(canTellApart(read)).toBe(false);
    expect(describeFingerprints(read)).toBe(
      'v1 and v2 answer alike: let each send a header of its own, such as x-version, or sample a path where they differ (--path)',
    );
    expect(classify(read, answer('same'))).toBeUndefined();
    expect(classify(read, answer('other'))).toBe('v3');
  });

  test('by a line that was added are told by its absence', () => {
    const base = page('Shop', 'white');
    const added = base.replace('</body>', '<p>New: gift cards</p></body>');
    const read = learn({ v1: [answer(base)], v2: [answer(added)] });
    expect(classify(read, answer(base))).toBe('v1');
    expect(classify(read, answer(added))).toBe('v2');
    expect(classify(read, answer('<p>Something else</p>'))).toBeUndefined();
  });

  test('with an empty answer are told by that', () => {
    const read = learn({ v1: [answer('')], v2: [answer('hello')] });
    expect(classify(read, answer(''))).toBe('v1');
    expect(classify(read, answer('hello'))).toBe('v2');
  });

  test('of which one has not been read are known by a whole page only', () => {
    const v1 = answer(page('App V1', 'blue'));
    const read = learn({ v1: [v1], v2: [] });
    expect(read.unread).toEqual(['v2']);
    expect(describeFingerprints(read)).toBe('no answer of v2 could be read');
    expect(classify(read, throughGateway(v1))).toBe('v1');
    expect(classify(read, answer(page('App V2', 'blue')))).toBeUndefined();
  });

  test('are not mixed up by text that other headers or bodies were written to hold', () => {
    const hostile = '\u001b[31m</script>__proto__ $& (.*)+ \u202e';
    const read = learn({
      ['__proto__']: [answer(hostile, { constructor: 'a' })],
      v2: [answer(`${hostile} v2`, { constructor: 'b' })],
    });
    expect(classify(read, answer(`${hostile} v2`, { constructor: 'b' }))).toBe('v2');
    expect(describeFingerprints(read)).not.toContain('\u001b');
  });
});

test('three versions that share parts by pairs are told apart', () => {
  const build = (colour: string, size: string) => answer(`<p>${colour}</p><p>${size}</p><p>all</p>`);
  const versions = { v1: build('blue', 'small'), v2: build('blue', 'large'), v3: build('green', 'large') };
  const read = learn(Object.fromEntries(Object.entries(versions).map(([label, one]) => [label, [one]])));
  expect(read.indistinguishable).toEqual([]);
  for (const [label, one] of Object.entries(versions))
    expect(classify(read, throughGateway(one))).toBe(label);
  expect(classify(read, build('green', 'small'))).toBeUndefined();
});

test('every static page is recognised, and none is taken for another', () => {
  const line = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,3}$/);
  const pages = fc.uniqueArray(fc.array(line, { minLength: 1, maxLength: 8 }), {
    minLength: 2,
    maxLength: 4,
    selector: lines => [...new Set(lines)].sort().join('\n'),
  });
  fc.assert(
    fc.property(pages, lists => {
      const answers = lists.map(lines => answer(lines.join('\n')));
      const read = learnKinds(answers.map((one, index) => ({ version: `v${index}`, answers: [one] })));
      const alike = new Set(read.indistinguishable.flat());
      answers.forEach((one, index) => {
        const label = `v${index}`;
        const allowed = alike.has(label) ? [label, undefined] : [label];
        expect(allowed).toContain(classify(read, throughGateway(one)));
      });
    }),
  );
});

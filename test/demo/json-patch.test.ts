import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyJsonPatch, readJsonPatch } from '../../src/demo/api/json-patch.ts';
import type { Json } from '../../src/demo/json.ts';

function patch(document: Json, body: Json): Json | 'malformed' | 'refused' {
  const operations = readJsonPatch(body);
  if ('problem' in operations) return 'malformed';
  const patched = applyJsonPatch(document, operations);
  return 'problem' in patched ? 'refused' : patched.value;
}

describe('the examples of RFC 6902, appendix A', () => {
  it.each<[string, Json, Json, Json]>([
    [
      'A.1 adds an object member',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux' }],
      { baz: 'qux', foo: 'bar' },
    ],
    [
      'A.2 adds an array element',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    [
      'A.3 removes an object member',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'remove', path: '/baz' }],
      { foo: 'bar' },
    ],
    [
      'A.4 removes an array element',
      { foo: ['bar', 'qux', 'baz'] },
      [{ op: 'remove', path: '/foo/1' }],
      { foo: ['bar', 'baz'] },
    ],
    [
      'A.5 replaces a value',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6 moves a value',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7 moves an array element',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8 tests a value',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.9 tests a value that differs',
      { baz: 'qux' },
      [{ op: 'test', path: '/baz', value: 'bar' }],
      'refused',
    ],
    [
      'A.10 adds a nested object',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [
      'A.11 ignores unknown members',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
      { foo: 'bar', baz: 'qux' },
    ],
    [
      'A.12 adds to a target that is not there',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz/bat', value: 'qux' }],
      'refused',
    ],
    [
      'A.14 escapes the tilde',
      { '/': 9, '~1': 10 },
      [{ op: 'test', path: '/~01', value: 10 }],
      { '/': 9, '~1': 10 },
    ],
    [
      'A.15 compares texts with numbers',
      { '/': 9, '~1': 10 },
      [{ op: 'test', path: '/~01', value: '10' }],
      'refused',
    ],
    [
      'A.16 appends an array',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
  ])('%s', (_name, document, body, expected) => {
    expect(patch(document, body)).toEqual(expected);
  });
});

describe('a patch', () => {
  it.each<[string, Json]>([
    ['is not a list', { op: 'remove', path: '/a' }],
    ['has an unknown operation', [{ op: 'spam', path: '/a' }]],
    ['has a path without a slash', [{ op: 'remove', path: 'a' }]],
    ['adds no value', [{ op: 'add', path: '/a' }]],
    ['moves from nowhere', [{ op: 'move', path: '/a' }]],
    ['has an unknown escape', [{ op: 'remove', path: '/~2' }]],
  ])('is malformed when it %s', (_name, body) => {
    expect(patch({ a: 1 }, body)).toBe('malformed');
  });

  it.each<[string, Json]>([
    ['removes what is not there', [{ op: 'remove', path: '/b' }]],
    ['adds beyond the end of a list', [{ op: 'add', path: '/list/3', value: 1 }]],
    ['names an index with a leading zero', [{ op: 'remove', path: '/list/01' }]],
    ['removes the element after the last', [{ op: 'remove', path: '/list/2' }]],
    ['replaces the element after the last', [{ op: 'replace', path: '/list/-', value: 1 }]],
    ['moves a value into itself', [{ op: 'move', from: '/map', path: '/map/inner' }]],
    ['reads what only a prototype has', [{ op: 'test', path: '/toString', value: null }]],
  ])('is refused when it %s', (_name, body) => {
    expect(patch({ a: 1, list: [1, 2], map: { inner: 1 } }, body)).toBe('refused');
  });

  it('makes the member that it replaces when there is none', () => {
    expect(patch({ a: 1 }, [{ op: 'replace', path: '/b', value: 2 }])).toEqual({ a: 1, b: 2 });
  });

  it('leaves nothing behind when a later operation fails', () => {
    const document = { weights: [50, 50] };
    const body = [
      { op: 'replace', path: '/weights/0', value: 60 },
      { op: 'test', path: '/weights/1', value: 40 },
    ];
    expect([patch(document, body), document]).toEqual(['refused', { weights: [50, 50] }]);
  });

  it('cannot reach the prototype of objects', () => {
    patch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

/** JSON without `__proto__`, which `toEqual` does not see. */
const json = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 3 })
  .map(value => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto')) as Json);
const token = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

describe('for any document', () => {
  it('adding a member and removing it gives the document back', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.string(), json, (document, name, value) => {
        fc.pre(!Object.hasOwn(document, name) && name !== '__proto__');
        const path = `/${token(name)}`;
        const added = patch(document, [
          { op: 'add', path, value },
          { op: 'test', path, value },
        ]);
        expect(patch(added, [{ op: 'remove', path }])).toEqual(document);
      }),
    );
  });

  it('moving a member there and back gives the document back', () => {
    fc.assert(
      fc.property(json, value => {
        const document = { from: value };
        const there = [{ op: 'move', from: '/from', path: '/to' }];
        const back = [{ op: 'move', from: '/to', path: '/from' }];
        expect(patch(document, [...there, ...back])).toEqual(document);
      }),
    );
  });

  it('inserting into a list and removing gives the list back', () => {
    fc.assert(
      fc.property(fc.array(json), fc.nat(), json, (list, at, value) => {
        const path = `/${at % (list.length + 1)}`;
        expect(
          patch(list, [
            { op: 'add', path, value },
            { op: 'remove', path },
          ]),
        ).toEqual(list);
      }),
    );
  });

  it('a patch never changes the document that it was given, nor throws', () => {
    const operation = fc.record({
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'),
      path: fc
        .array(fc.constantFrom('a', 'b', '0', '1', '-'))
        .map(parts => parts.map(part => `/${part}`).join('')),
      from: fc
        .array(fc.constantFrom('a', 'b', '0', '1'))
        .map(parts => parts.map(part => `/${part}`).join('')),
      value: json,
    });
    fc.assert(
      fc.property(fc.array(operation), operations => {
        const document = { a: [1, { b: 2 }], b: { a: [3] } };
        patch(document, operations);
        expect(document).toEqual({ a: [1, { b: 2 }], b: { a: [3] } });
      }),
    );
  });
});

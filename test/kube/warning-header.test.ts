import { expect, it } from 'vitest';
import { warningTexts } from '../../src/kube/warning-header.ts';

it.each<[string, string | string[] | undefined, string[]]>([
  ['none', undefined, []],
  ['one', '299 - "unknown field \\"spec.htp\\""', ['unknown field "spec.htp"']],
  ['several headers', ['299 - "first"', '299 - "second"'], ['first', 'second']],
  ['several in one header, with commas of their own', '299 - "a, b", 299 istiod "c"', ['a, b', 'c']],
  ['one with a date', '299 - "old" "Sat, 25 Aug 2012 23:34:45 GMT"', ['old']],
  ['those of a cache on the way, which are not for us', '110 proxy "Response is stale"', []],
  ['control characters', '299 - "\u001b[2Jevil"', ['evil']],
  ['what is cut off', '299 - "no end', []],
  ['nothing that is a warning', 'hello', []],
])('reads %s', (_what, header, texts) => {
  expect(warningTexts(header)).toEqual(texts);
});

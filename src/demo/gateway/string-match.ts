import type { HttpMatch, StringMatch } from '../kinds/http-route.ts';

/** What a route looks at in a request. */
export type GatewayRequest = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** With its question mark; empty without one. */
  readonly query: string;
  /** The Host header. */
  readonly authority: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
};

/** Says whether a text matches; `undefined` stands for one that is not there. */
type TextTest = (text: string | undefined) => boolean;

/**
 * A test for one `StringMatch`. One that names nothing asks only that the text is there.
 * A regular expression has to match the whole text; one that cannot be read throws a SyntaxError.
 */
export function compileStringMatch(match: StringMatch, ignoresCase = false): TextTest {
  const fold = (text: string) => (ignoresCase ? text.toLowerCase() : text);
  const { exact, prefix, regex } = match;
  if (exact !== undefined) return text => text !== undefined && fold(text) === fold(exact);
  if (prefix !== undefined) return text => text !== undefined && fold(text).startsWith(fold(prefix));
  if (regex !== undefined) {
    const pattern = new RegExp(`^(?:${regex})$`, 'su');
    return text => text !== undefined && pattern.test(text);
  }
  return text => text !== undefined;
}

function headerText(request: GatewayRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.join(',');
}

type RequestTest = (request: GatewayRequest) => boolean;

function mapTests(
  matches: Readonly<Record<string, StringMatch>> | undefined,
  read: (request: GatewayRequest, name: string) => string | undefined,
): readonly RequestTest[] {
  return Object.entries(matches ?? {}).map(([name, match]) => {
    const test = compileStringMatch(match);
    return request => test(read(request, name));
  });
}

/** A test for one entry of an HTTP route's `match`: everything that it names has to hold. Throws as `compileStringMatch` does. */
export function compileHttpMatch(match: HttpMatch): RequestTest {
  const tests: RequestTest[] = [];
  const { uri, method, authority } = match;
  if (uri) {
    const test = compileStringMatch(uri, match.ignoreUriCase);
    tests.push(request => test(request.path));
  }
  if (method) {
    const test = compileStringMatch(method);
    tests.push(request => test(request.method));
  }
  if (authority) {
    const test = compileStringMatch(authority);
    tests.push(request => test(request.authority));
  }
  const readHeader = (request: GatewayRequest, name: string) => headerText(request, name.toLowerCase());
  tests.push(...mapTests(match.headers, readHeader));
  for (const test of mapTests(match.withoutHeaders, readHeader)) tests.push(request => !test(request));
  tests.push(
    ...mapTests(
      match.queryParams,
      (request, name) => new URLSearchParams(request.query).get(name) ?? undefined,
    ),
  );
  return request => tests.every(test => test(request));
}

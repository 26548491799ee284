/** A request as the API server sees it, whatever carried it. */
export type ApiRequest = {
  /** Upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Text; one character for each byte where the media type is a binary one. */
  readonly body: string;
};

/** Where a watch or a log writes, line by line. */
export interface WatchSink {
  send(line: string): void;
  /** Ends the response as one that is complete. */
  end(): void;
}

export type ApiResponse =
  | {
      readonly type: 'content';
      readonly code: number;
      readonly contentType: string;
      readonly content: string | Buffer;
      /** What the client should hear besides the answer. */
      readonly warnings?: readonly string[];
      /** When the client may try again. */
      readonly retryAfterSeconds?: number;
    }
  | { readonly type: 'text'; readonly code: number; readonly text: string }
  /** Starts sending when opened; what it returns ends the watch when the client goes away. */
  | { readonly type: 'watch'; readonly open: (sink: WatchSink) => () => void }
  /** Plain text, sent as a watch is. */
  | { readonly type: 'log'; readonly open: (sink: WatchSink) => () => void };

export function headerOf(request: Pick<ApiRequest, 'headers'>, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : (value?.join(', ') ?? '');
}

/** A request as the API server sees it, whatever carried it. */
export type ApiRequest = {
  /** Upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
};

/** Where a watch writes. Each line is one event. */
export interface WatchSink {
  send(line: string): void;
  /** Ends the response as one that is complete. */
  end(): void;
}

export type ApiResponse =
  | { readonly type: 'json'; readonly code: number; readonly body: unknown }
  | { readonly type: 'text'; readonly code: number; readonly text: string }
  /** Starts sending when opened; what it returns ends the watch when the client goes away. */
  | { readonly type: 'watch'; readonly open: (sink: WatchSink) => () => void };

export function headerOf(request: Pick<ApiRequest, 'headers'>, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : (value?.join(', ') ?? '');
}

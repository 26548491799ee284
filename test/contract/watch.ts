import { type Dispatcher, request } from 'undici';
import type { Thing } from './api.ts';

export type WatchEvent = { readonly type: string; readonly object: Thing };

/** The events of one watch, in the order in which they came. */
export type Watch = {
  readonly code: number;
  /** Those so far. */
  readonly events: readonly WatchEvent[];
  /** Resolves with the first `count` events. */
  readonly first: (count: number) => Promise<readonly WatchEvent[]>;
  /** Resolves with all events when the server has ended the watch. */
  readonly ended: Promise<readonly WatchEvent[]>;
  readonly close: () => void;
};

/** Opens a watch. Resolves when the server has begun to answer. */
export async function openWatch(
  url: string,
  options: { readonly dispatcher: Dispatcher; readonly headers: Record<string, string> },
): Promise<Watch> {
  const aborter = new AbortController();
  const { statusCode, body } = await request(url, { ...options, signal: aborter.signal });
  const events: WatchEvent[] = [];
  const waiting = new Set<() => void>();
  const read = async () => {
    let rest = '';
    for await (const chunk of body.setEncoding('utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      events.push(...lines.map(line => JSON.parse(line) as WatchEvent));
      for (const check of waiting) check();
    }
    return events;
  };
  const ended = read();
  // Closed by the test: nobody waits for its end.
  ended.catch(() => {});
  return {
    code: statusCode,
    events,
    first: count =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (events.length < count) return;
          waiting.delete(check);
          resolve(events.slice(0, count));
        };
        waiting.add(check);
        check();
        ended.then(
          all => reject(new Error(`the watch ended after ${all.length} of ${count} events`)),
          error => reject(error),
        );
      }),
    ended,
    close: () => aborter.abort(),
  };
}

/** Text of one response that goes on until it is closed. */
export type Follow = {
  /** All of it so far. */
  readonly text: () => string;
  readonly close: () => void;
};

/** Opens a response that goes on. Resolves when the server has begun to answer. */
export async function openFollow(
  url: string,
  options: { readonly dispatcher: Dispatcher; readonly headers: Record<string, string> },
): Promise<Follow> {
  const aborter = new AbortController();
  const { body } = await request(url, { ...options, signal: aborter.signal });
  let text = '';
  body.setEncoding('utf8').on('data', chunk => {
    text += chunk;
  });
  // Closed by the test: nobody waits for its end.
  body.on('error', () => {});
  return { text: () => text, close: () => aborter.abort() };
}

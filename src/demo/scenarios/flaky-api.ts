import { refused } from '../api/answer.ts';
import type { ApiResponse, WatchSink } from '../api/request.ts';
import { tooManyRequests } from '../api/status-error.ts';
import type { Random } from '../random.ts';
import type { Timers } from '../timers.ts';
import type { Scenario } from './scenario.ts';

/** Which part of requests is turned away. */
const REFUSED_SHARE = 0.15;

/** Between these two a watch is cut off, somewhere in the middle of its life. */
const SHORTEST_WATCH_MS = 2_000;
const LONGEST_WATCH_MS = 10_000;

function cutOff(open: (sink: WatchSink) => () => void, timers: Timers, random: Random) {
  return (sink: WatchSink) => {
    const close = open(sink);
    const lastsMs = SHORTEST_WATCH_MS + random() * (LONGEST_WATCH_MS - SHORTEST_WATCH_MS);
    const cancel = timers.after(lastsMs, () => {
      close();
      sink.end();
    });
    return () => {
      cancel();
      close();
    };
  };
}

export const FLAKY_API: Scenario = {
  name: 'flaky-api',
  summary: 'The API server turns requests away with 429 and cuts watches off after seconds.',
  wrapApi:
    (handle, { timers, random }) =>
    request => {
      if (request.path !== '/readyz' && random() < REFUSED_SHARE) return refused(tooManyRequests(1));
      const response: ApiResponse = handle(request);
      return response.type === 'watch'
        ? { ...response, open: cutOff(response.open, timers, random) }
        : response;
    },
};

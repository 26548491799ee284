import { type Clock, pause } from '../clock.ts';
import type { ClusterApi } from './cluster-api.ts';
import type { Outcome } from './cluster-error.ts';

const TRIES = 5;
const FIRST_WAIT_MS = 200;
/** However long a server asks to be left alone: whoever waits for an answer is told sooner. */
const LONGEST_WAIT_MS = 3_000;

/** The same API for somebody who reads once: what fails for the moment, because the server is busy or errs, is asked again. */
export function patientApi(api: ClusterApi, clock: Clock): ClusterApi {
  const patiently = async <Value>(
    ask: () => Promise<Outcome<Value>>,
    signal: AbortSignal,
  ): Promise<Outcome<Value>> => {
    let answer = await ask();
    for (let tried = 1; tried < TRIES && isPassing(answer) && !signal.aborted; tried += 1) {
      await pause(clock, waitMs(answer, tried), signal);
      answer = await ask();
    }
    return answer;
  };
  return {
    server: api.server,
    get: (collection, name, signal) => patiently(() => api.get(collection, name, signal), signal),
    list: (collection, signal) => patiently(() => api.list(collection, signal), signal),
    canI: (question, signal) => patiently(() => api.canI(question, signal), signal),
    raw: (path, signal) => patiently(() => api.raw(path, signal), signal),
    watch: (...args) => api.watch(...args),
    patch: (...args) => api.patch(...args),
    tryPatch: (...args) => patiently(() => api.tryPatch(...args), args[3]),
    apply: (...args) => api.apply(...args),
    delete: (...args) => api.delete(...args),
    podLog: (...args) => patiently(() => api.podLog(...args), args[3]),
    portForward: (...args) => api.portForward(...args),
    renewConnections: () => api.renewConnections(),
    onWarning: listener => api.onWarning(listener),
    close: () => api.close(),
  };
}

function isPassing(answer: Outcome<unknown>): boolean {
  return !answer.ok && (answer.error.kind === 'busy' || answer.error.kind === 'server');
}

function waitMs(answer: Outcome<unknown>, tried: number): number {
  const asked = answer.ok ? undefined : answer.error.retryAfterMs;
  return Math.min(asked ?? FIRST_WAIT_MS * 2 ** (tried - 1), LONGEST_WAIT_MS);
}

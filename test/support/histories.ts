import { routeObserved, shiftsRecorded } from '../../src/session/recorded-shifts.ts';
import type { AppState } from '../../src/session/state.ts';
import type { SampleOutcome } from '../../src/traffic/sample.ts';
import { TrafficObserver } from '../../src/traffic/traffic-observer.ts';
import { answeredBy, aSample, draw, seededRandom } from '../traffic/simulated-traffic.ts';
import { NOW } from './states.ts';

type Weights = Readonly<Record<string, number>>;

/** A change of weights, what the gateway then does, and for how long. */
export type Chapter = {
  readonly to: Weights;
  readonly forMs: number;
  /** Absent for a person at this screen. */
  readonly by?: string;
  /** What the gateway goes by once 131 ms are over. @default `to` */
  readonly real?: Weights;
  /** What becomes of the first samples after the change, each 50 ms after the one before. */
  readonly first?: readonly SampleOutcome[];
};

const KEY_TO_ACCEPTED_MS = 18;
const PROPAGATION_MS = 131;

const failed = (kind: 'upstream-connection' | 'timeout' | 'application-error', version?: string) =>
  ({
    kind: 'failed',
    failure: { kind, detail: '' },
    ...(version === undefined ? {} : { version }),
  }) as const;

/** A morning's work: what went well, what failed, what somebody took back, what traffic did not follow. */
export const A_MORNING: readonly Chapter[] = [
  { to: { v1: 90, v2: 10 }, forMs: 60_000 },
  {
    to: { v1: 50, v2: 50 },
    forMs: 60_000,
    first: [
      ...new Array(9).fill(failed('upstream-connection')),
      ...new Array(3).fill(failed('application-error', 'v2')),
      failed('timeout'),
    ],
  },
  { to: { v1: 90, v2: 10 }, forMs: 30_000, by: 'argocd-controller' },
  { to: { v1: 0, v2: 100 }, forMs: 30_000, real: { v1: 90, v2: 10 } },
  { to: { v1: 20, v2: 80 }, forMs: 1_500, real: { v1: 90, v2: 10 } },
  { to: { v1: 50, v2: 50 }, forMs: 60_000 },
];

/** The state once its route has been through this, sampled 20 times a second up to `NOW`. */
export function afterShifts(state: AppState, chapters: readonly Chapter[] = A_MORNING): AppState {
  const { applied } = state.weights;
  if (!applied) throw new Error('there is no route');
  const observer = new TrafficObserver();
  const random = seededRandom(7);
  let atMs = NOW - 30_000 - chapters.reduce((sum, { forMs }) => sum + forMs, 0);
  let weights: Weights = { v1: 100, v2: 0 };
  let real = weights;
  const sampleUntil = (untilMs: number, outcomes: readonly SampleOutcome[], of: (at: number) => Weights) => {
    const startMs = atMs;
    for (let sample = 0; atMs < untilMs; sample += 1, atMs = startMs + sample * 50) {
      const answered = answeredBy(draw(of(atMs), random));
      observer.addSample(aSample(atMs, outcomes[sample] ?? answered, 2 + (sample % 9)));
    }
    atMs = untilMs;
  };
  observer.setVersions(Object.keys(chapters[0]?.to ?? weights));
  observer.startFrom(weights, atMs);
  sampleUntil(atMs + 30_000, [], () => weights);
  for (const chapter of chapters) {
    const acceptedAtMs = atMs;
    const before = real;
    const after = chapter.real ?? chapter.to;
    observer.weightsApplied({
      atMs: acceptedAtMs - (chapter.by === undefined ? KEY_TO_ACCEPTED_MS - 2 : 0),
      acceptedAtMs,
      ...(chapter.by === undefined ? { keyAtMs: acceptedAtMs - KEY_TO_ACCEPTED_MS } : {}),
      by: chapter.by ?? 'you',
      from: weights,
      to: chapter.to,
      sameShift: false,
    });
    sampleUntil(acceptedAtMs + chapter.forMs, chapter.first ?? [], at =>
      at < acceptedAtMs + PROPAGATION_MS ? before : after,
    );
    weights = chapter.to;
    real = after;
  }
  const begun = routeObserved(state, applied, NOW);
  return shiftsRecorded(begun, observer.view(NOW, 120_000));
}

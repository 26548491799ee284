import type { RawWeights } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import { explainFailure } from '../traffic/gateway-failure.ts';
import { zeroFailureBound } from '../traffic/statistics.ts';
import { SHIFT_GOALS, splitWords } from '../tutorial/shift-goals.ts';
import { recordedShifts } from './recorded-shifts.ts';
import { boundPercent, HIDDEN_FAILURES } from './shift-words.ts';
import type { AppState } from './state.ts';
import { verdictSentence } from './verdict-sentence.ts';

/** The tutorial's VirtualService and the versions that it leads to, the one that gives first. */
const ROUTE = 'myapp';
const [OLD, NEW] = ['v1', 'v2'];

/** The first split that keys lead to: half and half is where the route began. */
const CAREFUL = 1;

/** A split on the way of the tutorial's shift, as traffic shows it. */
export type GoalView = {
  readonly split: string;
  readonly words: string;
  /** `proved`: traffic agreed with it. `under-way`: it is applied, and traffic has not agreed yet. `next`: to be asked for. */
  readonly mark: 'proved' | 'under-way' | 'next' | 'later';
  /** What there is to do or to wait for; empty where there is nothing to say. */
  readonly detail: string;
};

/** Every split of the shift, with what keys lead to it from the weights as they are requested now. */
export function shiftGoals(state: AppState): readonly GoalView[] {
  const { proved } = state.tutorial;
  const last = SHIFT_GOALS.findLastIndex(goal => proved.includes(splitWords(goal)));
  // A route that was shifted already is not gone back with: it goes on from where it is.
  const next = Math.max(last + 1, CAREFUL);
  const appliedWeights = state.weights.applied?.weights;
  const applied = [OLD, NEW].map(version => weightOf(state, version, appliedWeights) ?? '').join('/');
  const isWaiting = SHIFT_GOALS.map(splitWords).some(split => split === applied && !proved.includes(split));
  return SHIFT_GOALS.map((goal, index): GoalView => {
    const { words } = goal;
    const split = splitWords(goal);
    if (proved.includes(split)) return { split, words, mark: 'proved', detail: 'traffic agreed' };
    if (applied === split) return { split, words, mark: 'under-way', detail: verdictNow(state) };
    const isNext = index === next && !isWaiting;
    return { split, words, mark: isNext ? 'next' : 'later', detail: isNext ? keysTo(state, split) : '' };
  });
}

/** Whether traffic has agreed with the split at which the new version has everything. */
export function isShiftProved({ tutorial }: Pick<AppState, 'tutorial'>): boolean {
  const last = SHIFT_GOALS.at(-1);
  return last !== undefined && tutorial.proved.includes(splitWords(last));
}

/** The split of the tutorial's route that traffic agrees with now; undefined where it is none of the goals. */
export function provedNow(state: AppState): string | undefined {
  const { observed } = state.traffic;
  if (observed?.verdict.kind !== 'agrees' || observed.phase !== 'settled') return undefined;
  if (!isTutorialRoute(state)) return undefined;
  // By the shares that the verdict is about: the weights may be newer.
  const percent = (label: string | undefined) =>
    Math.round((observed.versions.find(version => version.label === label)?.applied ?? 0) * 100);
  const split = `${percent(OLD)}/${percent(NEW)}`;
  return SHIFT_GOALS.some(goal => splitWords(goal) === split) ? split : undefined;
}

function isTutorialRoute({ target, connection }: AppState): boolean {
  return target.kind === 'chosen' && target.name === ROUTE && target.namespace === connection.namespace;
}

function weightOf(
  state: AppState,
  version: string | undefined,
  weights: RawWeights | undefined,
): number | undefined {
  const destinations = state.weights.applied?.route.destinations ?? [];
  const index = destinations.findIndex(({ label }) => label === version);
  return isTutorialRoute(state) ? weights?.[index] : undefined;
}

function verdictNow({ traffic }: AppState): string {
  const { observed, isPaused } = traffic;
  if (isPaused) return 'sampling is paused: p resumes';
  return observed
    ? verdictSentence(observed.verdict, label => plainText(label, 40))
    : 'nothing is sampled yet';
}

/** Which keys ask for a split, from what is asked for now. */
function keysTo(state: AppState, split: string): string {
  const current = weightOf(state, NEW, state.weights.requested);
  const wanted = Number(split.split('/')[1]);
  if (current === undefined) return '';
  if (wanted === 100) return 'press >';
  const presses = (wanted - current) / 10;
  if (!Number.isInteger(presses)) return `press = and type ${wanted}`;
  if (presses === 0) return 'asked for';
  const times = Math.abs(presses) === 1 ? 'once' : `${Math.abs(presses)} times`;
  return `press ${presses < 0 ? '←' : '→'} ${times}`;
}

/** What the records of the tutorial's route say of failures, in one or two sentences; empty while there is no record. */
export function recordWords(state: AppState): string {
  const { namespace, context } = state.connection;
  const records = recordedShifts(state)
    .filter(({ place }) => place.virtualService === ROUTE && place.namespace === namespace)
    .filter(({ place }) => place.context === context)
    .map(({ record }) => record)
    .filter(({ samples }) => samples > 0);
  if (records.length === 0) return '';
  const samples = records.reduce((sum, record) => sum + record.samples, 0);
  const failed = records.reduce((sum, record) => sum + record.failed, 0);
  const shifts = records.length === 1 ? 'one shift' : `${records.length} shifts`;
  if (failed === 0) {
    const bound = boundPercent(zeroFailureBound(samples));
    return `No request failed: 0 of ${samples} in ${shifts}, below ${bound} % with 95 % confidence; ${HIDDEN_FAILURES}.`;
  }
  const kinds = new Map<string, number>();
  for (const { kind, count } of records.flatMap(({ failures }) => failures)) {
    const { label } = explainFailure(kind);
    kinds.set(label, (kinds.get(label) ?? 0) + count);
  }
  const which = [...kinds].map(([label, count]) => `${label} ${count}`).join(', ');
  return `${failed} of ${samples} requests failed in ${shifts}: ${which}. h shows when.`;
}

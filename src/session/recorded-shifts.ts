import { routeWords } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import type { ObservedTraffic } from '../traffic/observed-traffic.ts';
import type { ShiftRecord } from '../traffic/shift-record.ts';
import type { Applied, AppState, Connection } from './state.ts';

/** Where shifts were made: safe to draw. */
export type ShiftPlace = {
  readonly context: string;
  readonly isDemo: boolean;
  readonly namespace: string;
  readonly virtualService: string;
  /** In words, such as `http route 1 of 2: canary`. */
  readonly route: string;
};

/** The record of a shift, with where it was made. */
export type RecordedShift = {
  /** In the order in which the session saw them, from 1 on. */
  readonly number: number;
  readonly place: ShiftPlace;
  readonly record: ShiftRecord;
};

/** Every shift that the session saw, whichever route and cluster it was on: at most 100, the newest first. */
export type HistoryState = {
  /** Of the route that is observed now, and which that is. */
  readonly current: readonly RecordedShift[];
  readonly place: ShiftPlace | undefined;
  /** Of what was observed before that. */
  readonly past: readonly RecordedShift[];
  /** The number of the last shift before those of `current`. */
  readonly numberedBefore: number;
  /** How often an export was asked for. */
  readonly exportsAsked: number;
};

export const NO_HISTORY: HistoryState = {
  current: [],
  place: undefined,
  past: [],
  numberedBefore: 0,
  exportsAsked: 0,
};

const MAX_SHIFTS = 100;

const NAME_CHARACTERS = 120;

/** Every shift of the session that is remembered, the newest first. */
export function recordedShifts({
  history: { current, past },
}: Pick<AppState, 'history'>): readonly RecordedShift[] {
  return [...current, ...past].slice(0, MAX_SHIFTS);
}

/** The shift with the number; undefined once it is forgotten. */
export function recordedShift(state: Pick<AppState, 'history'>, number: number): RecordedShift | undefined {
  return recordedShifts(state).find(shift => shift.number === number);
}

/** Another route is observed from now on. What was recorded before stays; a shift that was under way ends. */
export function routeObserved(state: AppState, applied: Applied, now: number): AppState {
  const { current, numberedBefore } = state.history;
  const [newest, ...older] = current;
  const past = newest === undefined ? older : [ended(newest, now), ...older];
  return withHistory(state, {
    current: [],
    place: placeOf(state.connection, applied),
    past: [...past, ...state.history.past].slice(0, MAX_SHIFTS),
    numberedBefore: newest?.number ?? numberedBefore,
  });
}

/** The records of the route that is observed, as they stand now. */
export function shiftsRecorded(
  state: AppState,
  { shift, history }: Pick<ObservedTraffic, 'shift' | 'history'>,
): AppState {
  const { place, numberedBefore } = state.history;
  const records = shift === undefined ? history : [shift, ...history];
  if (place === undefined || (records.length === 0 && state.history.current.length === 0)) return state;
  const current = records
    .slice(0, MAX_SHIFTS)
    .map(record => ({ number: numberedBefore + record.id, place, record }));
  return withHistory(state, { current });
}

/** Asks for the records as files. Whoever has the files writes them. */
export function exportAsked(state: AppState): AppState {
  return withHistory(state, { exportsAsked: state.history.exportsAsked + 1 });
}

function withHistory(state: AppState, change: Partial<HistoryState>): AppState {
  return { ...state, history: { ...state.history, ...change } };
}

function ended(shift: RecordedShift, now: number): RecordedShift {
  const { record } = shift;
  return { ...shift, record: { ...record, endedAtMs: record.endedAtMs ?? now } };
}

function placeOf({ context, isDemo }: Connection, { virtualService, route }: Applied): ShiftPlace {
  return {
    context,
    isDemo,
    namespace: plainText(virtualService.namespace, NAME_CHARACTERS),
    virtualService: plainText(virtualService.name, NAME_CHARACTERS),
    route: plainText(routeWords(route, virtualService), NAME_CHARACTERS),
  };
}

import type { RememberedShift } from './shift-history.ts';

const VERSION = 1;

/** What a run of the program remembers of the shifts of one context, the oldest first. */
export type ShiftHistory = { readonly context: string; readonly shifts: readonly RememberedShift[] };

export function shiftHistoryAsText({ context, shifts }: ShiftHistory): string {
  return `${JSON.stringify({ version: VERSION, context, shifts }, null, 1)}\n`;
}

/** Reads what `shiftHistoryAsText` wrote; undefined for anything else. */
export function readShiftHistory(text: string): ShiftHistory | undefined {
  const file = parsed(text);
  if (!isHistory(file)) return undefined;
  const { context, shifts } = file as ShiftHistory;
  return { context, shifts: shifts.map(withAbsentWeights) };
}

/** JSON has no absent members in a list. */
function withAbsentWeights(shift: RememberedShift): RememberedShift {
  const absent = (weights: readonly (number | undefined | null)[]) =>
    weights.map(weight => weight ?? undefined);
  return { ...shift, from: absent(shift.from), to: absent(shift.to) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Check = (value: unknown) => boolean;

const text: Check = value => typeof value === 'string' && value.length < 1_000;
const flag: Check = value => typeof value === 'boolean';
const number: Check = value => typeof value === 'number' && Number.isFinite(value);
const exactly =
  (...wanted: readonly unknown[]): Check =>
  value =>
    wanted.includes(value);
const maybe =
  (check: Check): Check =>
  value =>
    value === undefined || value === null || check(value);
const listOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check);

function members(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Members that are not named are passed over: a later release may write more. */
const objectWith =
  (checks: Readonly<Record<string, Check>>): Check =>
  value => {
    const found = members(value);
    return found !== undefined && Object.entries(checks).every(([name, check]) => check(found[name]));
  };

const byName =
  (check: Check): Check =>
  value => {
    const found = members(value);
    return found !== undefined && Object.values(found).every(check);
  };

/** One of several shapes, told apart by `kind`. */
const oneOf =
  (kinds: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  value => {
    const kind = members(value)?.kind;
    const checks = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    return checks !== undefined && objectWith(checks)(value);
  };

const counted = { samples: number, unattributed: number };

const isVerdict = oneOf({
  'no-samples': {},
  settling: { untilMs: number },
  'cannot-be-timed': { untilMs: number },
  unattributed: { unattributed: number },
  agrees: { ...counted, halfWidth: number, intervals: exactly('Wilson', 'Goodman') },
  'does-not-agree': {
    ...counted,
    because: exactly('weight-zero', 'test'),
    version: text,
    applied: number,
    share: number,
    count: number,
    level: number,
  },
  'needs-more': { ...counted, about: number },
});

const isOutcome = oneOf({
  settling: {},
  settled: { afterMs: number, changedAtMs: number },
  'cannot-be-timed': {},
  'not-seen': { withinMs: number },
});

const isFailure = objectWith({
  kind: text,
  version: maybe(text),
  count: number,
  firstAtMs: number,
  newestAtMs: number,
});

const isShiftRecord = objectWith({
  id: number,
  by: text,
  from: byName(number),
  to: byName(number),
  patches: number,
  keyAtMs: maybe(number),
  atMs: number,
  acceptedAtMs: number,
  lastAcceptedAtMs: number,
  sentAfterMs: maybe(number),
  acceptedAfterMs: maybe(number),
  keyToTrafficMs: maybe(number),
  timedWithinMs: maybe(number),
  keyToSettledMs: maybe(number),
  firstSeenAfterMs: maybe(number),
  outcome: isOutcome,
  verdict: isVerdict,
  answers: byName(number),
  samples: number,
  inTransition: number,
  unknown: number,
  failed: number,
  failures: listOf(isFailure),
  slowestMs: maybe(number),
  longestGapMs: number,
  failureBound: maybe(number),
  endedAtMs: maybe(number),
});

const isPlace = objectWith({
  context: text,
  isDemo: flag,
  namespace: text,
  virtualService: text,
  route: text,
});

const isRemembered = objectWith({
  number,
  change: text,
  object: objectWith({ namespace: text, name: text, uid: text }),
  route: objectWith({ protocol: text, name: text, labels: listOf(text) }),
  from: listOf(maybe(number)),
  to: listOf(maybe(number)),
  isUndo: flag,
  lookedAtMs: number,
  shift: objectWith({ number, place: isPlace, record: isShiftRecord }),
});

const isHistory = objectWith({ version: exactly(VERSION), context: text, shifts: listOf(isRemembered) });

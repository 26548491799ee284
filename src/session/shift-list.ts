import { plainText } from '../plain-text.ts';
import type { ShiftRecord } from '../traffic/shift-record.ts';
import type { ListRow, ListSource } from './list.ts';
import { type RecordedShift, recordedShifts } from './recorded-shifts.ts';
import { failedWords, shiftTimes, shiftVerdict, versionsOf } from './shift-words.ts';
import { timeOfDay } from './time-of-day.ts';
import { withOverlay } from './ui-state.ts';

/** Who changed the weights is told in so many characters, so that a row has room for the verdict at 80 columns. */
const BY_CHARACTERS = 7;

/** Every shift of the session, the newest first; the one in force is as live as the panes. */
export const shiftList: ListSource = {
  title: () => 'Shifts of this session',
  headings: ['time', 'by', 'weights', 'accept', ' seen', 'settled', 'failed', 'verdict'],
  gap: 1,
  rows: state => recordedShifts(state).map(shift => shiftRow(shift, state.ui.isUnicode)),
  empty: () =>
    'No shift yet. Weights that change while this screen is open are recorded here, whoever changes them.',
  choose: (state, id) => withOverlay(state, { kind: 'shift', number: Number(id), index: 0 }),
};

function shiftRow({ number, record }: RecordedShift, isUnicode: boolean): ListRow {
  const { by, keyAtMs, acceptedAtMs, from, to, failed, samples } = record;
  const { acceptedMs, trafficMs, settledMs } = shiftTimes(record);
  const labels = versionsOf(from, to);
  const weights = (of: ShiftRecord['to']) => labels.map(label => of[label] ?? '-').join('/');
  return {
    id: String(number),
    mark: markOf(record),
    cells: [
      timeOfDay(keyAtMs ?? acceptedAtMs),
      plainText(by, BY_CHARACTERS),
      `${weights(from)}${isUnicode ? '→' : '>'}${weights(to)}`,
      duration(acceptedMs).padStart('accept'.length),
      duration(trafficMs).padStart(' seen'.length),
      duration(settledMs).padStart('settled'.length),
      samples === 0 ? '-' : `${failed}/${samples}`,
      verdictWord(record),
    ],
    detail: `${shiftVerdict(record, label => plainText(label, 63))}; ${failedWords(record)}. Enter shows all.`,
  };
}

/** What went wrong before what is in force: that has its word as well. */
function markOf({ verdict, failed, endedAtMs, samples }: ShiftRecord): ListRow['mark'] {
  if (verdict.kind === 'does-not-agree') return 'failing';
  if (failed > 0 || verdict.kind === 'unattributed') return 'warning';
  if (endedAtMs === undefined) return 'current';
  return verdict.kind === 'agrees' && samples > 0 ? 'well' : 'none';
}

const VERDICT_WORDS: Readonly<Record<ShiftRecord['verdict']['kind'], string>> = {
  'no-samples': 'not observed',
  settling: 'settling',
  'cannot-be-timed': 'settling',
  unattributed: 'no version seen',
  agrees: 'agrees',
  'does-not-agree': 'does not agree',
  'needs-more': 'needs more',
};

function verdictWord({ samples, verdict, endedAtMs }: ShiftRecord): string {
  if (samples === 0) return VERDICT_WORDS['no-samples'];
  const word = VERDICT_WORDS[verdict.kind];
  return word === 'settling' && endedAtMs !== undefined ? 'not judged' : word;
}

/** As `milliseconds`, for a narrow column. */
function duration(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return ms < 1000 ? `${Math.round(ms)}ms` : `${(ms / 1000).toFixed(1)}s`;
}

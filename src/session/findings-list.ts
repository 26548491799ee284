import { type Check, checkStatus } from '../kube/checks.ts';
import { type Finding, gravestFirst } from '../kube/finding.ts';
import type { ListRow, ListSource } from './list.ts';
import { lostConnection } from './lost-connection.ts';
import { connectionPhase } from './selectors.ts';
import type { AppState } from './state.ts';
import { timeOfDay } from './time-of-day.ts';
import { withOverlay } from './ui-state.ts';

/** What the doctor found, the gravest first, and behind it what is well. */
export const findingsList: ListSource = {
  title: ({ weights: { applied }, connection }) =>
    applied
      ? `Doctor: VirtualService ${applied.virtualService.name}`
      : `Doctor: namespace ${connection.namespace}`,
  headings: ['about', 'code', 'finding'],
  rows: state => findingRows(knownChecks(state)),
  empty: () => 'Reading the cluster…',
  choose: (state, id) => withOverlay(state, { kind: 'finding', id }),
};

/** The checks of the last examination. Without a connection none follows: the first says so, and of when the others are. */
function knownChecks({ doctor, cluster, connection }: AppState): readonly Check[] {
  const checks = doctor.checks ?? [];
  const phase = connectionPhase(cluster);
  if (phase.kind !== 'lost') return checks;
  const asOf = checks.length > 0 ? ` All else is as of ${timeOfDay(phase.sinceMs)}.` : '';
  const lost = lostConnection(`${phase.reason}${asOf}`, phase.nextStep, connection.context);
  return [lost, ...checks.filter(({ group }) => group !== 'connection')];
}

const MARKS: Readonly<Record<Finding['severity'], ListRow['mark']>> = {
  error: 'failing',
  warning: 'warning',
  info: 'none',
};

function findingRows(checks: readonly Check[]): readonly ListRow[] {
  const found = checks.flatMap(check => check.findings.map(finding => ({ check, finding })));
  const order = gravestFirst(found.map(({ finding }) => finding));
  const rows = found
    .toSorted((left, right) => order.indexOf(left.finding) - order.indexOf(right.finding))
    .map(({ check, finding }) => findingRow(check, finding));
  return [...withoutTwins(rows), ...checks.filter(hasNoFinding).map(checkRow)];
}

function hasNoFinding({ findings }: Check): boolean {
  return findings.length === 0;
}

function findingRow({ group }: Check, { severity, code, object, sentence, fix }: Finding): ListRow {
  return {
    id: JSON.stringify([code, object, sentence]),
    mark: MARKS[severity],
    cells: [group, code, sentence],
    detail: fix,
  };
}

function checkRow(check: Check): ListRow {
  const isSkipped = checkStatus(check) === 'skipped';
  const { group, id, sentence, hint } = check;
  return {
    id: JSON.stringify([group, id]),
    mark: isSkipped ? 'waiting' : 'well',
    cells: [group, '', isSkipped ? `${id}: ${sentence}` : sentence],
    detail: hint,
  };
}

function withoutTwins(rows: readonly ListRow[]): readonly ListRow[] {
  return rows.filter(({ id }, at) => rows.findIndex(other => other.id === id) === at);
}

/** What one row of the list stands for, in full; undefined once it is no longer so. */
export function listedFinding(state: AppState, id: string): ListRow | undefined {
  return findingRows(knownChecks(state)).find(row => row.id === id);
}

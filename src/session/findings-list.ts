import { type Check, checkStatus } from '../kube/checks.ts';
import { type Finding, gravestFirst } from '../kube/finding.ts';
import type { ListRow, ListSource } from './list.ts';
import type { AppState } from './state.ts';

/** What the doctor found, the gravest first, and behind it what is well. */
export const findingsList: ListSource = {
  title: ({ weights: { applied }, connection }) =>
    applied
      ? `Doctor: VirtualService ${applied.virtualService.name}`
      : `Doctor: namespace ${connection.namespace}`,
  headings: ['about', 'code', 'finding'],
  rows: ({ doctor }) => findingRows(doctor.checks ?? []),
  empty: () => 'Reading the cluster…',
  choose: (state, id) => ({ ...state, ui: { ...state.ui, overlay: { kind: 'finding', id } } }),
};

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
  return findingRows(state.doctor.checks ?? []).find(row => row.id === id);
}

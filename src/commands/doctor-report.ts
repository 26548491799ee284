import {
  CHECK_GROUPS,
  type Check,
  type CheckGroup,
  type CheckStatus,
  checkStatus,
  findingsOf,
} from '../kube/checks.ts';
import type { Finding, Severity } from '../kube/finding.ts';
import type { Report } from '../session/doctor.ts';
import { version } from '../version.ts';

/** Where a report is from. */
export type ReportPlace = { readonly context: string; readonly namespace: string; readonly isDemo: boolean };

const GROUP_NAMES: Readonly<Record<CheckGroup, string>> = {
  connection: 'Connection',
  permissions: 'Permissions',
  cluster: 'Cluster',
  istio: 'Istio',
  versions: 'Versions',
  route: 'Route',
  gateway: 'Gateway',
};

const WORDS: Readonly<Record<CheckStatus, string>> = {
  ok: 'ok',
  info: 'note',
  warning: 'warning',
  error: 'error',
  skipped: 'skipped',
};

const ICONS: Readonly<Record<CheckStatus, readonly [unicode: string, ascii: string]>> = {
  ok: ['✓', '+'],
  info: ['·', '-'],
  warning: ['!', '!'],
  error: ['✗', 'x'],
  skipped: ['?', '?'],
};

const WORD_COLUMNS = 9;

/** The report as lines for people: one for each check, or each finding of it with what to do below. */
export function reportAsText(report: Report, place: ReportPlace, isUnicode: boolean): string {
  const where = place.isDemo ? 'demo cluster' : place.context;
  const what = report.virtualService
    ? `VirtualService ${report.virtualService}`
    : `namespace ${place.namespace}`;
  const groups = CHECK_GROUPS.flatMap(group => groupLines(group, report.checks, isUnicode));
  return [`weighbridge doctor: ${where}, ${what}`, ...groups, '', counts(report)]
    .map(line => `${line}\n`)
    .join('');
}

function groupLines(group: CheckGroup, checks: readonly Check[], isUnicode: boolean): readonly string[] {
  const own = checks.filter(check => check.group === group);
  if (own.length === 0) return [];
  return ['', GROUP_NAMES[group], ...own.flatMap(check => checkLines(check, isUnicode))];
}

function checkLines(check: Check, isUnicode: boolean): readonly string[] {
  const status = checkStatus(check);
  if (status === 'ok') return [`${head('ok', isUnicode)}${check.sentence}`];
  if (status === 'skipped') {
    return [`${head('skipped', isUnicode)}${check.id}: ${check.sentence}`, hintLine(check.hint, isUnicode)];
  }
  return check.findings.flatMap(finding => findingLines(finding, check, isUnicode));
}

function findingLines({ severity, code, sentence, fix }: Finding, check: Check, isUnicode: boolean) {
  return [`${head(severity, isUnicode)}${sentence} [${code}]`, hintLine(fix || check.hint, isUnicode)];
}

function head(status: CheckStatus, isUnicode: boolean): string {
  return `  ${ICONS[status][isUnicode ? 0 : 1]} ${WORDS[status].padEnd(WORD_COLUMNS)}`;
}

function hintLine(hint: string, isUnicode: boolean): string {
  return `${' '.repeat(4 + WORD_COLUMNS)}${isUnicode ? '→' : '->'} ${hint}`;
}

function counts({ checks }: Report): string {
  const findings = findingsOf(checks);
  const words = (['error', 'warning', 'info'] as const)
    .map(severity => countWords(findings, severity))
    .filter(text => text !== '');
  return words.length === 0 ? 'Nothing found.' : `${words.join(', ')}.`;
}

function countWords(findings: readonly Finding[], severity: Severity): string {
  const count = findings.filter(finding => finding.severity === severity).length;
  return count === 0 ? '' : `${count} ${WORDS[severity]}${count === 1 ? '' : 's'}`;
}

/** The report for programs, as `schemas/doctor.json` describes it. */
export function reportAsDocument(report: Report, place: ReportPlace) {
  const findings = findingsOf(report.checks);
  const count = (severity: Severity) => findings.filter(finding => finding.severity === severity).length;
  return {
    version: 1,
    weighbridge: version,
    ...place,
    virtualService: report.virtualService ?? null,
    isComplete: report.isComplete,
    errors: count('error'),
    warnings: count('warning'),
    notes: count('info'),
    checks: report.checks.map(({ group, id, sentence, hint, findings, ...check }) => ({
      group,
      id,
      status: checkStatus({ group, id, sentence, hint, findings, ...check }),
      sentence,
      hint,
      findings,
    })),
  };
}

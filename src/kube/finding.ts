import type { FindingCode } from './finding-codes.ts';

export type Severity = 'error' | 'warning' | 'info';

/**
 * Something that was read of the cluster and is not well, or worth knowing.
 *
 * `code` is stable and one of `FINDING_CODES`.
 * `object` is what it is about, as people write it: `DestinationRule default/myapp`. `sentence` says what is wrong, in the
 * present tense. `fix` says what to do about it, with the command to type where there is one; empty where there is nothing to do.
 */
export type Finding = {
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly object: string;
  readonly sentence: string;
  readonly fix: string;
};

/** What a finding says, before it is told of which object. */
export type Note = Omit<Finding, 'object'>;

const ORDER: readonly Severity[] = ['error', 'warning', 'info'];

/** The gravest first; those of one severity stay in their order. */
export function gravestFirst(findings: readonly Finding[]): readonly Finding[] {
  return ORDER.flatMap(severity => findings.filter(finding => finding.severity === severity));
}

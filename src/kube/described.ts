import type { ClusterError } from './cluster-error.ts';

/** How a row is drawn: as the panes draw a status, or plainly. */
export type DescribedStatus = 'well' | 'warning' | 'failing' | 'waiting';

/** A row of a description. All text is safe to draw. */
export type DescribedRow = {
  readonly kind: 'fact';
  readonly label: string;
  readonly text: string;
  /** Time from which an age is counted that stands behind the text; absent where there is none. */
  readonly sinceMs?: number;
  readonly status?: DescribedStatus;
  /** Whether it belongs to the row above it. */
  readonly isBelow?: boolean;
};

/** What happened to an object: a line of the events of `kubectl describe`. */
export type DescribedEvent = {
  readonly kind: 'event';
  readonly type: string;
  readonly reason: string;
  readonly from: string;
  readonly message: string;
  /** How often since `firstAtMs`; 1 for once. */
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
};

/** A line that a container wrote. */
export type DescribedLog = { readonly kind: 'log'; readonly text: string };

export type DescribedSection = {
  /** Empty for what is said of the whole object. */
  readonly heading: string;
  readonly rows: readonly (DescribedRow | DescribedEvent | DescribedLog)[];
  /** In the place of rows where there are none. */
  readonly empty: string;
};

export function fact(label: string, text: string, more: Partial<DescribedRow> = {}): DescribedRow {
  return { kind: 'fact', label, text, ...more };
}

/** A section whose part of the cluster could not be read. */
export function unreadSection(heading: string, { headline, nextStep }: ClusterError): DescribedSection {
  return { heading, rows: [], empty: `${headline} ${nextStep}`.trim() };
}

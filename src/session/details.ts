import type { ClusterError } from '../kube/cluster-error.ts';
import type { DescribedSection } from '../kube/described.ts';
import type { AppState } from './state.ts';
import type { Subject } from './ui-state.ts';

/** What is known of the one object that is shown in full: nothing while none is. */
export type DetailsState = {
  readonly read:
    | { readonly subject: Subject; readonly atMs: number; readonly sections: readonly DescribedSection[] }
    | undefined;
  /** Why nothing newer is known; absent while the last reading succeeded. */
  readonly problem: ClusterError | undefined;
  /** How often somebody asked for it to be read at once. */
  readonly asked: number;
};

export const NO_DETAILS: DetailsState = { read: undefined, problem: undefined, asked: 0 };

/** What is shown in full now. */
export function openSubject({ ui: { overlay } }: Pick<AppState, 'ui'>): Subject | undefined {
  return overlay.kind === 'details' ? overlay.subject : undefined;
}

/** What was read of the subject that is open; of another one it is of no use. */
export function knownDetails(state: Pick<AppState, 'ui' | 'details'>): DetailsState['read'] {
  const subject = openSubject(state);
  const { read } = state.details;
  return subject && read && isSame(read.subject, subject) ? read : undefined;
}

export function isSame(left: Subject | undefined, right: Subject | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

export function detailsAsked(state: AppState): AppState {
  return { ...state, details: { ...state.details, asked: state.details.asked + 1 } };
}

export function detailsRead(
  state: AppState,
  subject: Subject,
  sections: readonly DescribedSection[],
  now: number,
): AppState {
  if (!isSame(openSubject(state), subject)) return state;
  const read = { subject, atMs: now, sections };
  return { ...state, details: { ...state.details, read, problem: undefined } };
}

/** What was read before stays, with since when it is so. */
export function detailsFailed(state: AppState, subject: Subject, problem: ClusterError): AppState {
  if (!isSame(openSubject(state), subject)) return state;
  const read = knownDetails(state);
  return { ...state, details: { ...state.details, read, problem } };
}

/** Nothing is kept of what is no longer shown: a log may hold what nobody wants to keep. */
export function detailsClosed(state: AppState): AppState {
  return { ...state, details: { ...NO_DETAILS, asked: state.details.asked } };
}

import type { Clock } from '../clock.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import { patientApi } from '../kube/patient-api.ts';
import { detailsClosed, detailsFailed, detailsRead, isSame, openSubject } from './details.ts';
import { readDetails } from './read-details.ts';
import type { AppStore } from './store.ts';
import type { Subject } from './ui-state.ts';
import { FOREVER_MS, waitUntil } from './wait-until.ts';

/** Between two readings of what somebody looks at. */
const REFRESH_MS = 5_000;

/**
 * Reads what is shown in full while it is: when it is opened, again every few seconds, and when somebody asks. Nothing is read
 * of what nobody looks at. Ends with `signal`.
 */
export async function followDetails(
  api: ClusterApi,
  store: AppStore,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const patient = patientApi(api, clock);
  while (!signal.aborted) {
    await waitUntil(store, state => openSubject(state) !== undefined, FOREVER_MS, clock, signal);
    const subject = openSubject(store.getState());
    if (subject) await followSubject(patient, store, clock, subject, signal);
  }
}

/** Until it is closed, or another one is open. */
async function followSubject(
  api: ClusterApi,
  store: AppStore,
  clock: Clock,
  subject: Subject,
  signal: AbortSignal,
): Promise<void> {
  const looking = new AbortController();
  const unsubscribe = store.subscribe(state => {
    if (!isSame(openSubject(state), subject)) looking.abort();
  });
  const reading = AbortSignal.any([signal, looking.signal]);
  while (!reading.aborted) {
    const { asked } = store.getState().details;
    const sections = await readDetails(api, store.getState(), subject, reading);
    if (reading.aborted) break;
    store.setState(
      state =>
        sections.ok
          ? detailsRead(state, subject, sections.value, clock.now())
          : detailsFailed(state, subject, sections.error),
      true,
    );
    await waitUntil(store, state => state.details.asked !== asked, REFRESH_MS, clock, reading);
  }
  unsubscribe();
  if (!openSubject(store.getState())) store.setState(detailsClosed, true);
}

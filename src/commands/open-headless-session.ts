import { systemClock } from '../clock.ts';
import { patientApi } from '../kube/patient-api.ts';
import { type HeadlessSession, startHeadlessSession } from '../session/headless-session.ts';
import { writeRefusal } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { type AppStore, createAppStore } from '../session/store.ts';
import { type Cleanup, connectHeadless, type HeadlessClusterFlags } from './headless-cluster.ts';
import { headlessState } from './headless-state.ts';
import { EXIT, type Io } from './io.ts';
import type { Problem } from './open-flags.ts';
import { readSamplingFlags, type SamplingFlags } from './sampling-flags.ts';
import { screenSize } from './screen-size.ts';
import { loadSettings } from './settings-file.ts';
import { ShiftHistoryKeeper } from './shift-history-file.ts';

export type HeadlessSessionFlags = HeadlessClusterFlags &
  SamplingFlags & {
    readonly virtualService?: string | undefined;
    readonly istioNamespace: string;
    readonly readOnly?: boolean | undefined;
    readonly overrideOwner?: readonly string[] | undefined;
  };

export type SessionPurpose = {
  /** For the advice where there is no cluster. */
  readonly verb: string;
  /** Whether the gateway is to be sampled, also on a protected context: who asks for it on a command line means it. */
  readonly wantsSamples: boolean;
  /** Whether weights are to be changed; otherwise no write leaves the process. */
  readonly writes: boolean;
};

/**
 * A session on the cluster that the flags mean, or why there is none. It ends with `cleanup`. Nothing is known of the cluster yet:
 * wait with `routeKnown`.
 */
export async function openHeadlessSession(
  flags: HeadlessSessionFlags,
  { verb, wantsSamples, writes }: SessionPurpose,
  io: Io,
  cleanup: Cleanup,
): Promise<HeadlessSession | Problem> {
  const sampling = readSamplingFlags(flags);
  if ('problem' in sampling) return { problem: sampling.problem, code: EXIT.usage };
  const settings = await loadSettings(io.env);
  if ('problem' in settings) return { problem: settings.problem, code: EXIT.usage };
  const { protectedContexts, ratePerSecond } = settings;
  const store = createAppStore(systemClock.now(), screenSize(io));
  const refuseWrite = () => (writes ? writeRefusal(store.getState()) : `${verb} writes nothing`);
  const connected = await connectHeadless({ ...flags, protectedContexts }, verb, io, cleanup, refuseWrite);
  if ('problem' in connected) return connected;
  const paced = { ...(ratePerSecond === undefined ? {} : { ratePerSecond }), ...sampling };
  const state = headlessState(flags, connected, paced, io);
  store.setState(withPurpose(state, flags, wantsSamples, !writes), true);
  const session = startHeadlessSession(patientApi(connected.api, systemClock), store, systemClock);
  cleanup.push(session.stop);
  if (writes) cleanup.push(rememberShifts(store, io));
  return session;
}

/** What keeps the shifts of the session for later runs; told on stderr where that does not work. */
function rememberShifts(store: AppStore, io: Io): () => Promise<void> {
  const keeper = new ShiftHistoryKeeper(store, systemClock, io.env);
  return async () => {
    const problem = await keeper.end();
    if (problem !== undefined) io.stderr.write(`${problem}\n`);
  };
}

function withPurpose(
  state: AppState,
  { readOnly = false, overrideOwner = [] }: HeadlessSessionFlags,
  wantsSamples: boolean,
  isReadOnly: boolean,
): AppState {
  return {
    ...state,
    connection: {
      ...state.connection,
      isReadOnly: isReadOnly || readOnly,
      overriddenOwners: overrideOwner,
    },
    traffic: { ...state.traffic, isPaused: !wantsSamples, isUnwanted: !wantsSamples },
  };
}

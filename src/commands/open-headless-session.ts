import { systemClock } from '../clock.ts';
import { patientApi } from '../kube/patient-api.ts';
import { type HeadlessSession, startHeadlessSession } from '../session/headless-session.ts';
import { routeKnown } from '../session/route-known.ts';
import { writeRefusal } from '../session/selectors.ts';
import type { AppState } from '../session/state.ts';
import { createAppStore } from '../session/store.ts';
import { type Refusal, usageRefusal } from './answer-document.ts';
import { type Cleanup, connectHeadless, type HeadlessClusterFlags, stopped } from './headless-cluster.ts';
import { headlessState } from './headless-state.ts';
import { EXIT, type Io } from './io.ts';
import { readSamplingFlags, type SamplingFlags } from './sampling-flags.ts';
import { screenSize } from './screen-size.ts';
import { loadSettings } from './settings-file.ts';
import { rememberShifts } from './shift-history-file.ts';

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

/** A session on the cluster that the flags mean, of which nothing is known yet; or why there is none. */
async function openHeadlessSession(
  flags: HeadlessSessionFlags,
  { verb, wantsSamples, writes }: SessionPurpose,
  io: Io,
  cleanup: Cleanup,
): Promise<HeadlessSession | Refusal> {
  const sampling = readSamplingFlags(flags);
  if ('problem' in sampling) return usageRefusal(sampling);
  const settings = await loadSettings(io.env);
  if ('problem' in settings) return usageRefusal(settings);
  const { protectedContexts, ratePerSecond } = settings;
  const store = createAppStore(systemClock.now(), screenSize(io));
  const refuseWrite = () => (writes ? writeRefusal(store.getState()) : `${verb} writes nothing`);
  const connected = await connectHeadless({ ...flags, protectedContexts }, verb, io, cleanup, refuseWrite);
  if ('headline' in connected) return connected;
  const paced = { ...(ratePerSecond === undefined ? {} : { ratePerSecond }), ...sampling };
  const state = headlessState(flags, connected, paced, io);
  store.setState(withPurpose(state, flags, wantsSamples, !writes), true);
  const session = startHeadlessSession(patientApi(connected.api, systemClock), store, systemClock);
  cleanup.push(session.stop);
  if (writes) cleanup.push(rememberShifts(store, systemClock, io, true));
  return session;
}

export type RoutePatience = {
  /** How long to wait for a cluster that does not answer, in milliseconds. */
  readonly connectMs: number;
  /** How long a demo cluster that was just booted is given besides, to start its pods. */
  readonly demoStartMs: number;
};

const PATIENCE: RoutePatience = { connectMs: 5_000, demoStartMs: 20_000 };

/**
 * A session on the cluster that the flags mean, once the route that they mean is known; or why there is none. It ends with `cleanup`.
 */
export async function openOnRoute(
  flags: HeadlessSessionFlags & { readonly route?: string | undefined },
  purpose: SessionPurpose,
  io: Io,
  cleanup: Cleanup,
  signal: AbortSignal,
  { connectMs, demoStartMs }: RoutePatience = PATIENCE,
): Promise<HeadlessSession | Refusal> {
  const session = await openHeadlessSession(flags, purpose, io, cleanup);
  if ('headline' in session) return session;
  const wanted = { route: flags.route, limitMs: connectMs, startMs: flags.demo ? demoStartMs : 0 };
  const known = await routeKnown(session, wanted, signal);
  switch (known.kind) {
    case 'known':
      return session;
    case 'stopped':
      return stopped(signal);
    case 'cluster':
      return { ...known, code: EXIT.cluster };
    case 'not-found':
      return { ...known, code: EXIT.usage };
  }
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

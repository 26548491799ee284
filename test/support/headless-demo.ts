import type { TestContext } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type DemoCluster, startDemoCluster } from '../../src/demo/demo-cluster.ts';
import type { ClusterApi } from '../../src/kube/cluster-api.ts';
import { patientApi } from '../../src/kube/patient-api.ts';
import type { Consent } from '../../src/session/ask-headless.ts';
import { type HeadlessSession, startHeadlessSession } from '../../src/session/headless-session.ts';
import { type RouteWanted, routeKnown } from '../../src/session/route-known.ts';
import { writeRefusal } from '../../src/session/selectors.ts';
import { runShift, type ShiftPlan, type ShiftResult } from '../../src/session/shift-run.ts';
import type { AppState } from '../../src/session/state.ts';
import { createAppStore } from '../../src/session/store.ts';
import { connectTo, manifestsFolder, storedWeights } from './demo-session.ts';

export type HeadlessDemo = {
  readonly demo: DemoCluster;
  readonly session: HeadlessSession;
  /** A second client, as kubectl beside it is. */
  readonly other: ClusterApi;
  readonly known: (wanted?: Partial<RouteWanted>) => ReturnType<typeof routeKnown>;
  /** Shifts once the route is known; refuses every question unless `consent` says otherwise. */
  readonly shift: (plan: ShiftPlan, consent?: Consent, signal?: AbortSignal) => Promise<ShiftResult>;
  /** The weights as the API server has them, absent ones too. */
  readonly stored: () => Promise<readonly (number | undefined)[]>;
};

export type HeadlessDemoOptions = {
  readonly scenario?: string;
  readonly prepare?: (state: AppState) => AppState;
  /** Whether the gateway is sampled. @default false */
  readonly wantsSamples?: boolean;
};

const NEVER = new AbortController().signal;

/** A headless session on a demo cluster of its own; both end with the test. */
export async function startHeadlessDemo(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { scenario, prepare = state => state, wantsSamples = false }: HeadlessDemoOptions = {},
): Promise<HeadlessDemo> {
  const demo = await startDemoCluster({ manifestsFolder, seed: 7, ...(scenario ? { scenario } : {}) });
  onTestFinished(() => demo.stop());
  const store = createAppStore(systemClock.now(), { columns: 80, rows: 24, isUnicode: true });
  const client = await connectTo(demo, () => writeRefusal(store.getState()));
  const other = await connectTo(demo);
  onTestFinished(other.close);
  const { context, namespace, server } = client;
  store.setState(state =>
    prepare({
      ...state,
      connection: { ...state.connection, context, namespace, server, isDemo: true },
      traffic: { ...state.traffic, isPaused: !wantsSamples, isUnwanted: !wantsSamples },
    }),
  );
  const session = startHeadlessSession(patientApi(client.api, systemClock), store, systemClock);
  onTestFinished(async () => {
    await session.stop();
    await client.close();
  });
  const known = (wanted: Partial<RouteWanted> = {}) =>
    routeKnown(session, { limitMs: 5_000, startMs: 20_000, ...wanted }, NEVER);
  return {
    demo,
    session,
    other: other.api,
    known,
    shift: async (plan, consent = async () => false, signal = NEVER) => {
      await known();
      return runShift(session, plan, consent, () => undefined, signal);
    },
    stored: () => storedWeights(other.api),
  };
}

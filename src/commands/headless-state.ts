import { systemClock } from '../clock.ts';
import type { ConnectedCluster } from '../kube/connect.ts';
import { plainText } from '../plain-text.ts';
import { type AppState, initialState } from '../session/state.ts';
import type { Io } from './io.ts';
import { screenSize } from './screen-size.ts';

export type HeadlessFlags = {
  readonly virtualService?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly istioNamespace: string;
  readonly demo: boolean;
};

/** The state that a screen with these flags would begin with: what finds the gateway and asks for rights goes by it. */
export function headlessState(
  flags: HeadlessFlags,
  { context, namespace, server, isProtected, isUnverified }: ConnectedCluster,
  sampling: Partial<AppState['traffic']>,
  io: Io,
): AppState {
  const state = initialState(systemClock.now(), screenSize(io));
  return {
    ...state,
    connection: {
      context: plainText(context, 120),
      contextName: flags.demo ? '' : context,
      namespace: plainText(namespace, 63),
      server: plainText(server, 200),
      isDemo: flags.demo,
      isProtected,
      isUnverified,
      isReadOnly: true,
      overriddenOwners: [],
      virtualService: flags.virtualService,
      kubeconfig: flags.kubeconfig ?? '',
      istioNamespace: flags.istioNamespace,
    },
    traffic: { ...state.traffic, ...sampling },
  };
}

import type { ClusterError } from '../kube/cluster-error.ts';
import type { Deployment } from '../kube/deployment.ts';
import type { WarningEvent } from '../kube/event.ts';
import type { Node } from '../kube/node.ts';
import type { Pod } from '../kube/pod.ts';
import type { Service } from '../kube/service.ts';
import type { RawWeights, Split } from '../kube/split.ts';
import type { TrafficController } from '../kube/traffic-controllers.ts';
import type { DestinationRule, Gateway } from '../kube/traffic-objects.ts';
import type { Route, VirtualService } from '../kube/virtual-service.ts';
import type { SamplerStatus } from '../traffic/sampler.ts';
import { DEFAULT_RATE_PER_SECOND } from '../traffic/sampling-rate.ts';
import type { ObservedTraffic } from '../traffic/traffic-observer.ts';
import type { VersionNaming } from '../traffic/version-naming.ts';
import type { Access } from './access.ts';
import type { RefusedBecause } from './asked-weights.ts';
import { type ChartState, INITIAL_CHART } from './chart.ts';
import { type CopyState, NOTHING_COPIED } from './copy-state.ts';
import { type DetailsState, NO_DETAILS } from './details.ts';
import { type DoctorState, NOT_EXAMINED } from './findings.ts';
import { type PlacesState, startingPlaces } from './place.ts';
import { type HistoryState, NO_HISTORY } from './recorded-shifts.ts';
import type { TriedWay } from './tried-way.ts';
import { CLOSED_TUTORIAL, type TutorialState } from './tutorial-state.ts';
import { initialUi, type PromptSubject, type ScreenSize, type UiState } from './ui-state.ts';

/** All that the screen shows: plain data that could be written to a file. Times are epoch milliseconds. */
export type AppState = {
  /** Written once a second, so that ages and expiries need no clock. */
  readonly now: number;
  readonly connection: Connection;
  readonly places: PlacesState;
  readonly cluster: ClusterState;
  readonly access: Access;
  /** Rollouts and Canaries beside the chosen VirtualService, where there are such kinds and they may be read. */
  readonly controllers: readonly TrafficController[];
  readonly target: Target;
  readonly weights: WeightsState;
  readonly traffic: TrafficState;
  readonly history: HistoryState;
  readonly doctor: DoctorState;
  readonly tutorial: TutorialState;
  readonly details: DetailsState;
  readonly ui: UiState;
  readonly copy: CopyState;
  readonly notices: readonly Notice[];
  /** What the API server warned of, each text once, the newest last. */
  readonly warnings: readonly string[];
  readonly run: Run;
};

/** `leaving`: quitting was asked for, weights still under way are sent first. `ended`: the screen closes. */
export type Run =
  | { readonly kind: 'running' }
  | { readonly kind: 'leaving'; readonly sinceMs: number }
  | { readonly kind: 'ended' };

export type Connection = {
  /** As it may be shown. */
  readonly context: string;
  /** As the kubeconfig has it; empty for the demo cluster. */
  readonly contextName: string;
  readonly namespace: string;
  readonly server: string;
  readonly isDemo: boolean;
  readonly isProtected: boolean;
  /** Whether nobody checks that the server is the one that was meant. */
  readonly isUnverified: boolean;
  /** Whether the command line forbids every write. */
  readonly isReadOnly: boolean;
  /** Owners that the command line overrides, as they were typed. */
  readonly overriddenOwners: readonly string[];
  /** The VirtualService that the command line names. */
  readonly virtualService: string | undefined;
  /** Where other clients find the demo cluster; empty for a real one. */
  readonly kubeconfig: string;
  readonly istioNamespace: string;
};

/** A collection as last known, and whether that is still so. */
export type Collected<Item> = {
  readonly items: readonly Item[];
  readonly freshness:
    | { readonly kind: 'loading' }
    | { readonly kind: 'live' }
    /** `error` says why nothing newer is known; `sinceMs` since when. */
    | { readonly kind: 'stale'; readonly sinceMs: number; readonly error: ClusterError };
};

export type ClusterState = {
  readonly nodes: Collected<Node>;
  readonly istioPods: Collected<Pod>;
  readonly pods: Collected<Pod>;
  readonly deployments: Collected<Deployment>;
  readonly services: Collected<Service>;
  readonly destinationRules: Collected<DestinationRule>;
  readonly gateways: Collected<Gateway>;
  readonly virtualServices: Collected<VirtualService>;
  readonly warningEvents: Collected<WarningEvent>;
};

/** Which route the weights are of. */
export type Target =
  | { readonly kind: 'finding' }
  | { readonly kind: 'none'; readonly reason: string; readonly nextStep: string }
  | { readonly kind: 'choosing' }
  /** Stays with the name: a VirtualService that is deleted and made again is still the one. */
  | { readonly kind: 'chosen'; readonly namespace: string; readonly name: string };

/** The weights in the VirtualService, as the API server last told us. */
export type Applied = {
  readonly virtualService: VirtualService;
  readonly route: Route;
  readonly weights: RawWeights;
  readonly source: AppliedSource;
};

/** How weights came to be applied. */
export type AppliedSource =
  | { readonly kind: 'found' }
  | {
      readonly kind: 'shift';
      readonly shiftId: number;
      /** Applied before the first patch of the shift. */
      readonly from: RawWeights;
      readonly keyAtMs: number;
      readonly sentAtMs: number;
      readonly acceptedAtMs: number;
    }
  | { readonly kind: 'outside'; readonly manager: string; readonly seenAtMs: number };

/** A field manager that took our shifts back soon after them, and how often. */
export type PutBack = { readonly manager: string; readonly times: number };

/** A run of weight keys with gaps under a second: one undo step, one record, however many patches it took. */
export type Shift = {
  readonly id: number;
  readonly from: RawWeights;
  readonly to: RawWeights;
  /** What the server accepted of it so far; absent until it accepted something. */
  readonly accepted: RawWeights | undefined;
  readonly firstKeyAtMs: number;
  readonly lastKeyAtMs: number;
};

export type PatchState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'in-flight';
      readonly wanted: RawWeights;
      readonly sentAtMs: number;
      readonly keyAtMs: number;
      readonly shiftId: number;
    };

export type WeightsState = {
  readonly applied: Applied | undefined;
  /** The chosen route while its VirtualService does not have it. */
  readonly lost: Route | undefined;
  /** Equal to the applied weights where nothing is asked for. */
  readonly requested: RawWeights;
  /** When the requested weights were asked for. */
  readonly askedAtMs: number;
  /** The split whose proportions the others keep while the selected one is moved. */
  readonly basis: Split;
  readonly basisIndex: number;
  readonly selected: number;
  readonly locked: readonly number[];
  readonly patch: PatchState;
  /** resourceVersion that our last PATCH returned and the watch has not shown yet: older events of the object are behind it. */
  readonly awaitedEcho: { readonly resourceVersion: string; readonly sinceMs: number } | undefined;
  readonly undo: readonly Shift[];
  readonly redo: readonly Shift[];
  readonly shiftCount: number;
  /** What was asked for and refused, for asking again. */
  readonly refusedAsk: RawWeights | undefined;
  /** Why the last ask that is not applied is not. */
  readonly refusedBecause: RefusedBecause | undefined;
  /** Time of the last key of a run that was refused: what is left of a held key is passed over. */
  readonly refusedRunAtMs: number | undefined;
  /** Confirmations given, so that a question is asked once: see `guards.ts`. */
  readonly granted: readonly string[];
  readonly putBack: readonly PutBack[];
  /** Whether it was looked for who owns the VirtualService, marks on it and objects that name it. */
  readonly areOwnersKnown: boolean;
  /** The last split that traffic agreed with and that had no failures. */
  readonly lastGood: RawWeights | undefined;
};

/** How the gateway is reached and what the sampler does. */
export type Sampling =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'finding-gateway' }
  | { readonly kind: 'mesh-only' }
  /** Nothing can be sampled of this route; the reason follows the words "not observed:". */
  | { readonly kind: 'not-observed'; readonly reason: string }
  | {
      readonly kind: 'needs-answer';
      readonly asks: Exclude<PromptSubject, 'weight' | 'context'>;
      readonly reason: string;
    }
  | {
      readonly kind: 'sampling';
      /** Where samples go: a URL, or a pod and its port. */
      readonly place: string;
      readonly way: string;
      /** What answered when it was probed: an Envoy, something that shows no sign of one, or nothing. */
      readonly reached: 'envoy' | 'other' | 'nothing';
      /** How many of the gateway's ready pods samples can reach; behind an address only its balancer knows. */
      readonly gatewayPods: { readonly reached: number; readonly ready: number } | 'unknown';
      /** How answers are told apart, or why not; empty while that is being learned. */
      readonly identification: string;
      readonly canTellApart: boolean;
    };

export type TrafficState = {
  readonly sampling: Sampling;
  /** The ways to the gateway, best first, as they were found when they were looked for last. */
  readonly ways: readonly TriedWay[];
  /** Absent while nothing is sampled. */
  readonly sampler: SamplerStatus | undefined;
  readonly isPaused: boolean;
  /** Whether nobody wants samples at all: a command that only writes looks for no gateway. */
  readonly isUnwanted: boolean;
  /** The rate that is asked for; a change is taken up at once. */
  readonly ratePerSecond: number;
  /** Whether a connection of its own is asked for every sample. */
  readonly wantsFreshConnections: boolean;
  readonly observed: ObservedTraffic | undefined;
  /** When `observed` was taken. */
  readonly observedAtMs: number;
  readonly chart: ChartState;
  /** What the person gave by flag or prompt. */
  readonly gatewayUrl: string | undefined;
  /** PEM certificates that the gateway's is checked against. */
  readonly gatewayCa: string | undefined;
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly path: string | undefined;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What tells the version of an answer; found out where absent. */
  readonly naming: VersionNaming | undefined;
};

export type Notice = {
  /** In the order in which the session said them, from 1 on. */
  readonly number: number;
  /** How often it was said without anything else between, the last time at `atMs`. */
  readonly times: number;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly atMs: number;
  /** Whether it says why a key did nothing. */
  readonly isReply?: true;
};

const nothing = { items: [], freshness: { kind: 'loading' } } as const;

/** The state before anything is known. */
export function initialState(now: number, screen: ScreenSize): AppState {
  return {
    now,
    connection: {
      context: '',
      contextName: '',
      namespace: '',
      server: '',
      isDemo: false,
      isProtected: false,
      isUnverified: false,
      isReadOnly: false,
      overriddenOwners: [],
      virtualService: undefined,
      kubeconfig: '',
      istioNamespace: 'istio-system',
    },
    places: startingPlaces,
    cluster: {
      nodes: nothing,
      istioPods: nothing,
      pods: nothing,
      deployments: nothing,
      services: nothing,
      destinationRules: nothing,
      gateways: nothing,
      virtualServices: nothing,
      warningEvents: nothing,
    },
    access: { answers: [], doubtedAtMs: undefined },
    controllers: [],
    target: { kind: 'finding' },
    weights: {
      applied: undefined,
      lost: undefined,
      requested: [],
      askedAtMs: 0,
      basis: [],
      basisIndex: -1,
      selected: -1,
      locked: [],
      patch: { kind: 'idle' },
      awaitedEcho: undefined,
      undo: [],
      redo: [],
      shiftCount: 0,
      refusedAsk: undefined,
      refusedBecause: undefined,
      refusedRunAtMs: undefined,
      granted: [],
      putBack: [],
      areOwnersKnown: false,
      lastGood: undefined,
    },
    traffic: {
      sampling: { kind: 'waiting' },
      ways: [],
      isPaused: false,
      isUnwanted: false,
      sampler: undefined,
      ratePerSecond: DEFAULT_RATE_PER_SECOND,
      wantsFreshConnections: false,
      observed: undefined,
      observedAtMs: 0,
      chart: INITIAL_CHART,
      gatewayUrl: undefined,
      gatewayCa: undefined,
      method: undefined,
      host: undefined,
      path: undefined,
      headers: {},
      naming: undefined,
    },
    history: NO_HISTORY,
    doctor: NOT_EXAMINED,
    tutorial: CLOSED_TUTORIAL,
    details: NO_DETAILS,
    ui: initialUi(screen),
    copy: NOTHING_COPIED,
    notices: [],
    warnings: [],
    run: { kind: 'running' },
  };
}

import type { DeniedAccess } from '../api/permissions.ts';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { Controller } from '../controllers/controller.ts';
import type { EnvoyAnswer } from '../gateway/envoy-answers.ts';
import type { JsonObject } from '../json.ts';
import type { TutorialImages } from '../pods/images.ts';
import type { PodNetwork } from '../pods/pod-network.ts';
import type { PodBehaviour } from '../pods/pod-trouble.ts';
import type { Random } from '../random.ts';
import type { Storage } from '../storage.ts';
import type { Timers } from '../timers.ts';

/** What a scenario's own objects are made with, before anything runs. */
export type PrepareParts = {
  readonly storage: Storage;
  readonly network: PodNetwork;
  readonly random: Random;
  readonly nowMs: number;
  /** How many pods a crowd has. */
  readonly pods: number;
};

/** What a scenario's controller works with. */
export type ScenarioParts = {
  readonly storage: Storage;
  readonly timers: Timers;
  readonly random: Random;
  readonly failPods: (labelSelector: string, behaviour: PodBehaviour) => void;
};

export type ApiHandler = (request: ApiRequest) => ApiResponse;

/** A situation that the demo cluster can be in from its start. It is data, with at most a small controller. */
export type Scenario = {
  readonly name: string;
  /** One sentence for the person who chooses. */
  readonly summary: string;
  /** What becomes of the manifests before they are applied; absent: nothing. */
  readonly changeManifests?: (manifests: readonly JsonObject[]) => readonly JsonObject[];
  /** Who is recorded to have applied them; `kubectl` when absent. */
  readonly manager?: string;
  /** Puts more objects in place. */
  readonly prepare?: (parts: PrepareParts) => void;
  /** How pods misbehave from their start, by label selector. */
  readonly trouble?: Readonly<Record<string, PodBehaviour>>;
  /** What is wrong with the tutorial's images; nothing where absent. On another architecture the node says which it is. */
  readonly tutorialImages?: TutorialImages;
  /** Nothing of Istio is installed, and its kinds are not served until somebody defines them. */
  readonly hasNoIstio?: boolean;
  readonly denied?: readonly DeniedAccess[];
  /** Istio's validating webhook is installed: weights that Envoy would refuse are denied. */
  readonly webhook?: boolean;
  /** How much longer than usual the gateway takes to hear of a change. */
  readonly propagationDelayMs?: number;
  /** What stands between clients and the API. */
  readonly wrapApi?: (handle: ApiHandler, parts: ScenarioParts) => ApiHandler;
  /** Asked for each request at the gateway: an answer in the place of the right one, and `undefined` for none. */
  readonly createGatewayFault?: (parts: ScenarioParts) => () => EnvoyAnswer | undefined;
  /** Starts what goes on by itself. */
  readonly run?: (parts: ScenarioParts) => Controller;
};

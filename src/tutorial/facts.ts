import type { KubeObject } from '../kube/metadata.ts';
import type { Node } from '../kube/node.ts';
import type { Pod } from '../kube/pod.ts';
import type { Service } from '../kube/service.ts';
import type { Manifests } from './manifests.ts';

/** Everything that the tutorial goes by: what is, on this machine and in the cluster. It keeps no notes of what was done. */
export type Facts = {
  /** Undefined where this machine does not matter: the demo cluster needs nothing of it. */
  readonly machine: Machine | undefined;
  /** The context that the person named, where they named one: no cluster of another is taken or made in its place. */
  readonly namedContext?: string | undefined;
  readonly cluster: ClusterFacts;
  readonly manifests: Manifests;
};

export const TOOLS = ['minikube', 'kubectl', 'istioctl'] as const;

export type ToolName = (typeof TOOLS)[number];

export type ToolFact =
  | { readonly kind: 'found'; readonly version: string }
  | { readonly kind: 'missing' }
  /** It is there and did not say its version. */
  | { readonly kind: 'failed'; readonly reason: string };

export type DriverFact =
  | { readonly kind: 'works'; readonly name: string; readonly memoryMb: number; readonly cpus: number }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string };

/** A cluster that minikube knows of. */
export type MinikubeProfile = {
  readonly name: string;
  /** In minikube's words: `OK` or `Running`, `Stopped`. */
  readonly status: string;
  readonly driver: string;
  readonly memoryMb: number | undefined;
  readonly cpus: number | undefined;
};

export type Platform = 'macos' | 'linux' | 'windows';

export type Machine = {
  readonly platform: Platform;
  /** As downloads are named: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly tools: Readonly<Record<ToolName, ToolFact>>;
  /** What minikube could run a cluster with, the one that suits this machine best first. */
  readonly drivers: readonly DriverFact[];
  readonly profiles: readonly MinikubeProfile[];
};

/** Where the tutorial writes. */
export type TutorialPlace = {
  /** Empty for the cluster that a pod's service account leads to. */
  readonly context: string;
  /** The file that was named on the command line; empty where none was. */
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly istioNamespace: string;
  readonly isDemo: boolean;
  readonly isProtected: boolean;
  /** Whether the cluster runs on this computer, told by what its nodes say of themselves. */
  readonly isLocal: boolean;
};

export type ClusterFacts =
  | { readonly kind: 'none'; readonly reason: string; readonly nextStep: string }
  | AnsweringCluster;

export type AnsweringCluster = {
  readonly kind: 'answers';
  readonly place: TutorialPlace;
  /** Its release; empty where it says none. */
  readonly kubernetes: string;
  /** Empty where nodes may not be read. */
  readonly nodes: readonly Node[];
  /** The version of networking.istio.io to use; undefined where Istio is not installed. */
  readonly istioVersion: string | undefined;
  /** Pods of Istio's namespace; undefined where they may not be read. */
  readonly istioPods: readonly Pod[] | undefined;
  readonly istioServices: readonly Service[];
  /** Deployments, Services, Istio's objects and the tutorial's ConfigMaps of the namespace, each with its kind. */
  readonly objects: readonly KubeObject[];
  /** Kinds of the namespace that could not be read: of these, what is not among the objects may be there. */
  readonly unreadKinds: readonly string[];
  /** Gateways and VirtualServices of other namespaces; empty where they may not be read. */
  readonly elsewhere: readonly KubeObject[];
  /** The application's pods. */
  readonly pods: readonly Pod[];
  /** The end of what containers of pods that do not run wrote, by the pod's name. */
  readonly logs: Readonly<Record<string, string>>;
  /** Why something could not be read, each once; what depends on it is not judged. */
  readonly unread: readonly string[];
};

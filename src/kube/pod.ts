import { plainText } from '../plain-text.ts';
import { type JsonObject, listIn, numberIn, objectIn, textIn } from './json.ts';
import { type KubeObject, type Metadata, readConditions, readMetadata } from './metadata.ts';
import { podColumns } from './pod-columns.ts';
import { whyNotWell } from './pod-why.ts';
import { type MeshMember, readMeshMember } from './sidecar.ts';

/** A pod as the panes show it, in the words of `kubectl get pods`. */
export type Pod = Metadata & {
  /** The STATUS column: `Running`, `CrashLoopBackOff`, `Init:1/2`, `Terminating` … */
  readonly status: string;
  readonly readyContainers: number;
  /** As READY counts them: native sidecars too. */
  readonly containers: number;
  readonly restarts: number;
  /** The Ready condition: whether it may be an endpoint. A terminating pod is not. */
  readonly isReady: boolean;
  readonly isFinished: boolean;
  readonly images: readonly string[];
  /** Port numbers by the names that the containers give them. */
  readonly namedPorts: Readonly<Record<string, number>>;
  /** Why it is not well, in the cluster's words; empty when there is nothing to say. */
  readonly why: string;
  readonly mesh: MeshMember;
};

/** Projects a pod of the API. */
export function readPod(object: KubeObject): Pod {
  const spec = objectIn(object.spec);
  const status = objectIn(object.status);
  const ready = readConditions(status).find(condition => condition.type === 'Ready');
  const isDeleted = objectIn(object.metadata).deletionTimestamp !== undefined;
  const columns = podColumns(object);
  return {
    ...readMetadata(object),
    ...columns,
    status: plainText(columns.status, 60),
    isReady: ready?.isTrue === true && !isDeleted,
    isFinished: status.phase === 'Succeeded' || status.phase === 'Failed',
    images: listIn(spec.containers).map(container => plainText(textIn(objectIn(container).image) ?? '', 200)),
    namedPorts: namedPorts(spec),
    why: whyNotWell(object),
    mesh: readMeshMember(object),
  };
}

function namedPorts(spec: JsonObject): Readonly<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const container of listIn(spec.containers)) {
    for (const item of listIn(objectIn(container).ports)) {
      const port = objectIn(item);
      const name = textIn(port.name);
      const number = numberIn(port.containerPort);
      if (name && number) ports[name] = number;
    }
  }
  return ports;
}

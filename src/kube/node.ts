import { plainText } from '../plain-text.ts';
import { listIn, objectIn, textIn } from './json.ts';
import { type KubeObject, type Metadata, readConditions, readMetadata } from './metadata.ts';

export type Node = Metadata & {
  /** The STATUS column of `kubectl get nodes`: `Ready`, `NotReady`, `Ready,SchedulingDisabled`. */
  readonly status: string;
  readonly isReady: boolean;
  readonly kubeletVersion: string;
  readonly internalIp: string | undefined;
  readonly externalIp: string | undefined;
  /** What the cloud or tool that made it calls it, such as `kind://docker/kind/kind-control-plane`; empty where nothing does. */
  readonly providerId: string;
  /** Why it is not ready, or which resource is short; empty when well. */
  readonly why: string;
};

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

export function readNode(object: KubeObject): Node {
  const status = objectIn(object.status);
  const conditions = readConditions(status);
  const ready = conditions.find(condition => condition.type === 'Ready');
  const isReady = ready?.isTrue === true;
  const readiness = isReady ? 'Ready' : 'NotReady';
  const cordoned = objectIn(object.spec).unschedulable === true;
  const pressures = conditions.filter(condition => PRESSURES.includes(condition.type) && condition.isTrue);
  return {
    ...readMetadata(object),
    status: cordoned ? `${readiness},SchedulingDisabled` : readiness,
    isReady,
    kubeletVersion: plainText(textIn(objectIn(status.nodeInfo).kubeletVersion) ?? '', 40),
    internalIp: address(object, 'InternalIP'),
    externalIp: address(object, 'ExternalIP'),
    providerId: textIn(objectIn(object.spec).providerID) ?? '',
    why: isReady ? pressures.map(({ type }) => type).join(', ') : (ready?.message ?? 'no Ready condition'),
  };
}

function address(object: KubeObject, type: string): string | undefined {
  const found = listIn(objectIn(object.status).addresses)
    .map(objectIn)
    .find(entry => entry.type === type);
  return textIn(found?.address);
}

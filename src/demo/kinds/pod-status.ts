import {
  anything,
  boolean,
  embedded,
  type Held,
  int32,
  int64,
  listBy,
  listOf,
  mapOf,
  nullable,
  object,
  quantity,
  string,
  time,
} from './schema.ts';
import { RESOURCE_REQUIREMENTS } from './shared-types.ts';

const POD_CONDITION = object(
  { status: string, type: string },
  {
    lastProbeTime: nullable(time),
    lastTransitionTime: time,
    message: string,
    observedGeneration: int64,
    reason: string,
  },
);
export type PodCondition = Held<typeof POD_CONDITION>;
const CONTAINER_STATE_RUNNING = object({}, { startedAt: time });
const CONTAINER_STATE_TERMINATED = object(
  { exitCode: int32 },
  { containerID: string, finishedAt: time, message: string, reason: string, signal: int32, startedAt: time },
);
const CONTAINER_STATE_WAITING = object({}, { message: string, reason: string });
const CONTAINER_STATE = object(
  {},
  {
    running: CONTAINER_STATE_RUNNING,
    terminated: CONTAINER_STATE_TERMINATED,
    waiting: CONTAINER_STATE_WAITING,
  },
);
export type ContainerState = Held<typeof CONTAINER_STATE>;
const LINUX_CONTAINER_USER = object({ gid: int64, uid: int64 }, { supplementalGroups: listOf(int64) });
const CONTAINER_USER = object({}, { linux: LINUX_CONTAINER_USER });
const IMAGE_VOLUME_STATUS = object({ imageRef: string });
const VOLUME_STATUS = object({}, { image: IMAGE_VOLUME_STATUS });
const VOLUME_MOUNT_STATUS = object(
  { mountPath: string, name: string },
  { readOnly: boolean, recursiveReadOnly: string, volumeStatus: VOLUME_STATUS },
);
const CONTAINER_STATUS = object(
  { name: string, ready: boolean, restartCount: int32 },
  {
    image: string,
    imageID: string,
    allocatedResources: mapOf(quantity),
    allocatedResourcesStatus: anything,
    containerID: string,
    lastState: embedded(CONTAINER_STATE),
    resources: RESOURCE_REQUIREMENTS,
    started: boolean,
    state: embedded(CONTAINER_STATE),
    stopSignal: string,
    user: CONTAINER_USER,
    volumeMounts: listBy(['mountPath'], VOLUME_MOUNT_STATUS),
  },
);
export type ContainerStatus = Held<typeof CONTAINER_STATUS>;
const HOST_IP = object({ ip: string });
const POD_IP = object({ ip: string });
export const POD_STATUS = object(
  {},
  {
    allocatedResources: mapOf(quantity),
    conditions: listBy(['type'], POD_CONDITION),
    containerStatuses: listOf(CONTAINER_STATUS),
    ephemeralContainerStatuses: anything,
    extendedResourceClaimStatus: anything,
    hostIP: string,
    hostIPs: listOf(HOST_IP),
    initContainerStatuses: listOf(CONTAINER_STATUS),
    message: string,
    nodeAllocatableResourceClaimStatuses: anything,
    nominatedNodeName: string,
    observedGeneration: int64,
    phase: string,
    podIP: string,
    podIPs: listBy(['ip'], POD_IP),
    qosClass: string,
    reason: string,
    resize: string,
    resourceClaimStatuses: anything,
    resources: RESOURCE_REQUIREMENTS,
    startTime: time,
  },
);
export type PodStatus = Held<typeof POD_STATUS>;

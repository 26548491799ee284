import { CONTAINER } from './container.ts';
import { AFFINITY, TOLERATION, TOPOLOGY_SPREAD_CONSTRAINT } from './scheduling.ts';
import {
  anything,
  atomic,
  boolean,
  type Held,
  int32,
  int64,
  listBy,
  listOf,
  mapOf,
  object,
  oneOf,
  quantity,
  retainKeys,
  string,
} from './schema.ts';
import {
  APP_ARMOR_PROFILE,
  LOCAL_OBJECT_REFERENCE,
  RESOURCE_REQUIREMENTS,
  SE_LINUX_OPTIONS,
  SECCOMP_PROFILE,
} from './shared-types.ts';
import { VOLUME } from './volume.ts';

const POD_DNS_CONFIG_OPTION = object({}, { name: string, value: string });
const POD_DNS_CONFIG = object(
  {},
  { nameservers: listOf(string), options: listOf(POD_DNS_CONFIG_OPTION), searches: listOf(string) },
);
const HOST_ALIAS = object({ ip: string }, { hostnames: listOf(string) });
const POD_OS = object({ name: string });
const POD_READINESS_GATE = object({ conditionType: string });
const POD_SCHEDULING_GATE = object({ name: string });
const SYSCTL = object({ name: string, value: string });
const POD_SECURITY_CONTEXT = object(
  {},
  {
    appArmorProfile: APP_ARMOR_PROFILE,
    fsGroup: int64,
    fsGroupChangePolicy: oneOf('Always', 'OnRootMismatch'),
    runAsGroup: int64,
    runAsNonRoot: boolean,
    runAsUser: int64,
    seLinuxChangePolicy: string,
    seLinuxOptions: SE_LINUX_OPTIONS,
    seccompProfile: SECCOMP_PROFILE,
    supplementalGroups: listOf(int64),
    supplementalGroupsPolicy: oneOf('Merge', 'Strict'),
    sysctls: listOf(SYSCTL),
    windowsOptions: anything,
  },
);
export const POD_SPEC = object(
  { containers: listBy(['name'], CONTAINER) },
  {
    activeDeadlineSeconds: int64,
    affinity: AFFINITY,
    automountServiceAccountToken: boolean,
    dnsConfig: POD_DNS_CONFIG,
    dnsPolicy: oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
    enableServiceLinks: boolean,
    ephemeralContainers: anything,
    hostAliases: listBy(['ip'], HOST_ALIAS),
    hostIPC: boolean,
    hostNetwork: boolean,
    hostPID: boolean,
    hostUsers: boolean,
    hostname: string,
    hostnameOverride: string,
    imagePullSecrets: listBy(['name'], LOCAL_OBJECT_REFERENCE),
    initContainers: listBy(['name'], CONTAINER),
    nodeName: string,
    nodeSelector: atomic(mapOf(string)),
    os: POD_OS,
    overhead: mapOf(quantity),
    preemptionPolicy: oneOf('Never', 'PreemptLowerPriority'),
    priority: int32,
    priorityClassName: string,
    readinessGates: listOf(POD_READINESS_GATE),
    resourceClaims: anything,
    resources: RESOURCE_REQUIREMENTS,
    restartPolicy: oneOf('Always', 'Never', 'OnFailure'),
    runtimeClassName: string,
    schedulerName: string,
    schedulingGates: listBy(['name'], POD_SCHEDULING_GATE),
    schedulingGroup: anything,
    securityContext: POD_SECURITY_CONTEXT,
    serviceAccount: string,
    serviceAccountName: string,
    setHostnameAsFQDN: boolean,
    shareProcessNamespace: boolean,
    subdomain: string,
    terminationGracePeriodSeconds: int64,
    tolerations: listOf(TOLERATION),
    topologySpreadConstraints: listBy(['topologyKey', 'whenUnsatisfiable'], TOPOLOGY_SPREAD_CONSTRAINT),
    volumes: listBy(['name'], retainKeys(VOLUME)),
  },
);
export type PodSpec = Held<typeof POD_SPEC>;

import {
  anything,
  atomic,
  boolean,
  embedded,
  type Held,
  int32,
  int64,
  intOrString,
  listBy,
  listOf,
  object,
  oneOf,
  setOf,
  string,
  withDefault,
} from './schema.ts';
import {
  APP_ARMOR_PROFILE,
  OBJECT_FIELD_SELECTOR,
  RESOURCE_FIELD_SELECTOR,
  RESOURCE_REQUIREMENTS,
  SE_LINUX_OPTIONS,
  SECCOMP_PROFILE,
} from './shared-types.ts';

const CONFIG_MAP_KEY_SELECTOR = atomic(object({ key: string }, { name: string, optional: boolean }));
const FILE_KEY_SELECTOR = atomic(
  object({ key: string, path: string, volumeName: string }, { optional: boolean }),
);
const SECRET_KEY_SELECTOR = atomic(object({ key: string }, { name: string, optional: boolean }));
const ENV_VAR_SOURCE = object(
  {},
  {
    configMapKeyRef: CONFIG_MAP_KEY_SELECTOR,
    fieldRef: OBJECT_FIELD_SELECTOR,
    fileKeyRef: FILE_KEY_SELECTOR,
    resourceFieldRef: RESOURCE_FIELD_SELECTOR,
    secretKeyRef: SECRET_KEY_SELECTOR,
  },
);
const ENV_VAR = object({ name: string }, { value: string, valueFrom: ENV_VAR_SOURCE });
const CONFIG_MAP_ENV_SOURCE = object({}, { name: string, optional: boolean });
const SECRET_ENV_SOURCE = object({}, { name: string, optional: boolean });
const ENV_FROM_SOURCE = object(
  {},
  { configMapRef: CONFIG_MAP_ENV_SOURCE, prefix: string, secretRef: SECRET_ENV_SOURCE },
);
const EXEC_ACTION = object({}, { command: listOf(string) });
const HTTP_HEADER = object({ name: string, value: string });
const HTTP_GET_ACTION = object(
  { port: intOrString },
  { host: string, httpHeaders: listOf(HTTP_HEADER), path: string, scheme: oneOf('HTTP', 'HTTPS') },
);
const SLEEP_ACTION = object({ seconds: int64 });
const TCP_SOCKET_ACTION = object({ port: intOrString }, { host: string });
const LIFECYCLE_HANDLER = object(
  {},
  { exec: EXEC_ACTION, httpGet: HTTP_GET_ACTION, sleep: SLEEP_ACTION, tcpSocket: TCP_SOCKET_ACTION },
);
const LIFECYCLE = object(
  {},
  { postStart: LIFECYCLE_HANDLER, preStop: LIFECYCLE_HANDLER, stopSignal: string },
);
const GRPC_ACTION = object({ port: int32 }, { service: string });
const PROBE = object(
  {},
  {
    exec: EXEC_ACTION,
    failureThreshold: int32,
    grpc: GRPC_ACTION,
    httpGet: HTTP_GET_ACTION,
    initialDelaySeconds: int32,
    periodSeconds: int32,
    successThreshold: int32,
    tcpSocket: TCP_SOCKET_ACTION,
    terminationGracePeriodSeconds: int64,
    timeoutSeconds: int32,
  },
);
const CONTAINER_PORT = object(
  { containerPort: int32 },
  {
    hostIP: string,
    hostPort: int32,
    name: string,
    protocol: withDefault(oneOf('SCTP', 'TCP', 'UDP'), 'TCP'),
  },
);
const CONTAINER_RESIZE_POLICY = object({ resourceName: string, restartPolicy: string });
const CONTAINER_RESTART_RULE_ON_EXIT_CODES = object({ operator: string }, { values: setOf(int32) });
const CONTAINER_RESTART_RULE = object(
  { action: string },
  { exitCodes: CONTAINER_RESTART_RULE_ON_EXIT_CODES },
);
const CAPABILITIES = object({}, { add: listOf(string), drop: listOf(string) });
const SECURITY_CONTEXT = object(
  {},
  {
    allowPrivilegeEscalation: boolean,
    appArmorProfile: APP_ARMOR_PROFILE,
    capabilities: CAPABILITIES,
    privileged: boolean,
    procMount: oneOf('Default', 'Unmasked'),
    readOnlyRootFilesystem: boolean,
    runAsGroup: int64,
    runAsNonRoot: boolean,
    runAsUser: int64,
    seLinuxOptions: SE_LINUX_OPTIONS,
    seccompProfile: SECCOMP_PROFILE,
    windowsOptions: anything,
  },
);
const VOLUME_DEVICE = object({ devicePath: string, name: string });
const VOLUME_MOUNT = object(
  { mountPath: string, name: string },
  {
    mountPropagation: oneOf('Bidirectional', 'HostToContainer', 'None'),
    readOnly: boolean,
    recursiveReadOnly: string,
    subPath: string,
    subPathExpr: string,
  },
);
export const CONTAINER = object(
  { name: string, image: string },
  {
    args: listOf(string),
    command: listOf(string),
    env: listBy(['name'], ENV_VAR),
    envFrom: listOf(ENV_FROM_SOURCE),
    imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
    lifecycle: LIFECYCLE,
    livenessProbe: PROBE,
    ports: listBy(['containerPort', 'protocol'], CONTAINER_PORT),
    readinessProbe: PROBE,
    resizePolicy: listOf(CONTAINER_RESIZE_POLICY),
    resources: embedded(RESOURCE_REQUIREMENTS),
    restartPolicy: string,
    restartPolicyRules: listOf(CONTAINER_RESTART_RULE),
    securityContext: SECURITY_CONTEXT,
    startupProbe: PROBE,
    stdin: boolean,
    stdinOnce: boolean,
    terminationMessagePath: string,
    terminationMessagePolicy: oneOf('FallbackToLogsOnError', 'File'),
    tty: boolean,
    volumeDevices: listBy(['devicePath'], VOLUME_DEVICE),
    volumeMounts: listBy(['mountPath'], VOLUME_MOUNT),
    workingDir: string,
  },
);
export type Container = Held<typeof CONTAINER>;

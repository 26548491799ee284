import { randomBytes } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { createApiHandler } from './api/api-handler.ts';
import type { ApiParts } from './api/api-parts.ts';
import { createApiServer } from './api/api-server.ts';
import { createPermissions, type DeniedAccess } from './api/permissions.ts';
import { type Served, servingOnly } from './api/served-versions.ts';
import { createUpgrades } from './api/upgrade.ts';
import { applyManifests, readManifests } from './boot-manifests.ts';
import { createCertificate } from './certificate.ts';
import type { Controller } from './controllers/controller.ts';
import { isEstablished, runDefinitions } from './controllers/definitions.ts';
import { runDeployments } from './controllers/deployments.ts';
import { runEndpointSlices } from './controllers/endpoint-slices.ts';
import { createEventRecorder } from './controllers/events.ts';
import { runGarbageCollector } from './controllers/garbage-collector.ts';
import { runKubelet } from './controllers/kubelet.ts';
import { runReplicaSets } from './controllers/replica-sets.ts';
import type { Address } from './gateway/clusters.ts';
import { createGatewayPods, readyGatewayPods } from './gateway/gateway-pods.ts';
import { startGatewayServer } from './gateway/gateway-server.ts';
import { runNodePorts } from './gateway/node-ports.ts';
import { runPropagation } from './gateway/propagation.ts';
import { GATEWAY_CONTAINER_PORT } from './gateway/request-record.ts';
import { createValidatingWebhook } from './gateway/validating-webhook.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './kinds/custom-resource-definitions.ts';
import { VIRTUAL_SERVICES } from './kinds/istio.ts';
import { DEMO_CONTEXT, writeKubeconfig } from './kubeconfig.ts';
import { createImageRegistry } from './pods/images.ts';
import { createPodLogs } from './pods/pod-logs.ts';
import { createPodNetwork, type PodNetwork } from './pods/pod-network.ts';
import { createPodTrouble, type PodBehaviour } from './pods/pod-trouble.ts';
import { createRandom } from './random.ts';
import { HEALTHY } from './scenarios/healthy.ts';
import type { ApiHandler } from './scenarios/scenario.ts';
import { findScenario } from './scenarios/scenarios.ts';
import { createStorage, type Storage } from './storage.ts';
import { putIstio, putSystemObjects } from './system-objects.ts';
import { createTimers } from './timers.ts';

export type { DeniedAccess } from './api/permissions.ts';
export type { PodBehaviour } from './pods/pod-trouble.ts';

export type DemoOptions = {
  /** Its YAML files are applied at boot, in the order of their names, into namespace `default`; its folders are not. */
  readonly manifestsFolder: string;
  /** Of the gateway's choices and of generated names. 1 when absent. */
  readonly seed?: number;
  /** Ports on 127.0.0.1. The system picks those that are absent. */
  readonly apiPort?: number;
  readonly gatewayPort?: number;
  /** The situation at the start, by the name of one of `SCENARIOS`. `healthy` when absent. */
  readonly scenario?: string;
  /** How many pods a crowd has. 1,000 when absent. */
  readonly pods?: number;
  /** In which versions Istio's API is served, the newest first; none: Istio is not installed. All of them when absent. */
  readonly istioVersions?: readonly string[];
  /** Told of each request to the API once it was answered, as an audit log is; not of port-forwards. */
  readonly audit?: (entry: AuditEntry) => void;
};

export type AuditEntry = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** HTTP status of the answer. */
  readonly code: number;
};

/**
 * A small Kubernetes with Istio inside this process, reached over loopback as a real one is: an API server, pods that
 * are web servers, and an ingress gateway. It writes no file.
 */
export interface DemoCluster {
  readonly context: typeof DEMO_CONTEXT;
  /** YAML, with the certificate and the token in it. */
  readonly kubeconfig: string;
  /** `https://127.0.0.1:PORT` */
  readonly apiUrl: string;
  /** `http://127.0.0.1:PORT` */
  readonly gatewayUrl: string;
  /** How many requests the scenario has lost at the gateway so far. */
  readonly lostRequests: number;
  /** Closes the API's listener and every open connection to it. The cluster itself goes on. */
  stopApi(): Promise<void>;
  /** Opens the API again: same port, same certificate, same token. */
  startApi(): Promise<void>;
  /** Gives the tutorial's image of that version, such as `v1`, another page, in pods that run and in those to come. */
  setPageBody(version: string, html: string): void;
  /** Pods that match `labelSelector`, now and later, behave so until told otherwise. Throws a TypeError for a selector that cannot be read. */
  failPods(labelSelector: string, behaviour: PodBehaviour): void;
  /** Takes a right away from the cluster's one user, besides those taken before. */
  deny(access: DeniedAccess): void;
  /** Gives all rights back. */
  allowAll(): void;
  /** From now on Istio's API is served in these versions. Open watches go on: stop and start the API to end them. */
  serveIstio(versions: readonly string[]): void;
  /** Forgets past changes, so that watches from before now are answered 410. */
  compact(): void;
  /** Ends everything. Afterwards no listener, timer or socket of the cluster is left. */
  stop(): Promise<void>;
}

/** How many pods there are in a crowd when nobody says. */
const DEFAULT_CROWD = 1_000;

/** A port-forward to a gateway's pod leads to the gateway itself. */
function withGatewayPods(network: PodNetwork, storage: Storage, gatewayPort: number): PodNetwork {
  return {
    ...network,
    resolve: (podIP, port) => {
      const isGateway =
        port === GATEWAY_CONTAINER_PORT && readyGatewayPods(storage).some(pod => pod.status?.podIP === podIP);
      return isGateway ? gatewayPort : network.resolve(podIP, port);
    },
  };
}

/** Kinds are served once there is a definition of them. */
function servedOf(group: string, versions: readonly string[], storage: Storage): Served {
  const resources = storage
    .list(CUSTOM_RESOURCE_DEFINITIONS)
    .filter(definition => definition.spec.group === group && isEstablished(definition))
    .map(({ spec }) => spec.names.plural);
  return { versions: resources.length === 0 ? [] : versions, resources };
}

function withAudit(handle: ApiHandler, audit: DemoOptions['audit']): ApiHandler {
  if (!audit) return handle;
  return request => {
    const response = handle(request);
    audit({ method: request.method, path: request.path, code: 'code' in response ? response.code : 200 });
    return response;
  };
}

/**
 * Boots a demo cluster. Resolves when the API and the gateway take requests; the pods of the manifests become ready
 * within a second or two. Rejects when a port that was asked for is taken, a manifest is not valid or there is no such
 * scenario.
 */
export async function startDemoCluster(options: DemoOptions): Promise<DemoCluster> {
  const stops: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map(stopOne => stopOne()));
  };
  try {
    return await boot(options, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Boots, and leaves in `stops` how to end each part that has been started. */
async function boot(
  options: DemoOptions,
  stops: (() => void | Promise<void>)[],
  stop: () => Promise<void>,
): Promise<DemoCluster> {
  const { manifestsFolder, seed = 1, apiPort = 0, gatewayPort = 0, pods = DEFAULT_CROWD } = options;
  const scenario = findScenario(options.scenario ?? HEALTHY.name);
  if (!scenario) throw new TypeError(`no scenario ${options.scenario}`);
  const manifests = await readManifests(manifestsFolder);
  const timers = createTimers(systemClock);
  stops.push(timers.stop);
  const storage = createStorage();
  const network = createPodNetwork();
  const images = createImageRegistry(scenario.tutorialImages);
  const trouble = createPodTrouble();
  const logs = createPodLogs(timers.now);
  const gatewayPods = createGatewayPods(storage, network, logs);
  stops.push(gatewayPods.stop);
  const permissions = createPermissions();
  for (const access of scenario.denied ?? []) permissions.deny(access);
  for (const [selector, behaviour] of Object.entries(scenario.trouble ?? {}))
    trouble.set(selector, behaviour);
  const random = createRandom(seed + 1);

  const resolve = ({ podIP, port }: Address) => network.resolve(podIP, port);
  const gateway = await startGatewayServer({
    timers,
    random: createRandom(seed),
    resolve,
    pods: gatewayPods,
    port: gatewayPort,
  });
  stops.push(gateway.stop);
  const nowMs = timers.now();
  const architecture = scenario.tutorialImages === 'other-architecture' ? 'arm64' : 'amd64';
  putSystemObjects({ storage, random, network, nowMs, architecture });
  if (scenario.hasNoIstio !== true) putIstio({ storage, random, network, nowMs, gatewayPort: gateway.port });
  scenario.prepare?.({ storage, random, network, nowMs, pods });
  applyManifests(scenario.changeManifests?.(manifests) ?? manifests, {
    storage,
    random,
    nowMs,
    manager: scenario.manager ?? 'kubectl-client-side-apply',
    isDryRun: false,
  });

  const parts = { storage, timers, random, events: createEventRecorder(storage, timers) };
  const kubelet = runKubelet({ ...parts, images, network, trouble, logs });
  const controllers: readonly Controller[] = [
    runDefinitions(parts),
    runDeployments(parts),
    runReplicaSets(parts),
    runEndpointSlices(parts),
    runGarbageCollector(parts),
    kubelet,
    runNodePorts(storage, gateway.setNodePorts),
    runPropagation({
      storage,
      timers,
      logs,
      gatewayPods,
      apply: gateway.apply,
      delayMs: scenario.propagationDelayMs ?? 0,
    }),
  ];
  stops.push(...controllers.map(controller => controller.stop));
  const failPods: DemoCluster['failPods'] = (labelSelector, behaviour) => {
    trouble.set(labelSelector, behaviour);
    kubelet.applyTrouble();
  };
  const scenarioParts = { storage, timers, random, failPods };
  gateway.setFault(scenario.createGatewayFault?.(scenarioParts));
  const scenarioRun = scenario.run?.(scenarioParts);
  if (scenarioRun) stops.push(scenarioRun.stop);

  const token = randomBytes(24).toString('base64url');
  const certificate = await createCertificate(DEMO_CONTEXT, nowMs);
  const admission = scenario.webhook === true ? { admit: createValidatingWebhook(storage) } : {};
  const apiParts: ApiParts = {
    storage,
    timers,
    random,
    permissions,
    logs,
    token,
    user: DEMO_CONTEXT,
    ...admission,
  };
  let istioVersions = options.istioVersions ?? VIRTUAL_SERVICES.versions;
  const handler = servingOnly(createApiHandler(apiParts), VIRTUAL_SERVICES.group, () =>
    servedOf(VIRTUAL_SERVICES.group, istioVersions, storage),
  );
  const handle = withAudit(scenario.wrapApi?.(handler, scenarioParts) ?? handler, options.audit);
  const upgrades = createUpgrades(apiParts, withGatewayPods(network, storage, gateway.podPort));
  const api = createApiServer(certificate, apiPort, handle, upgrades);
  await api.start();
  stops.push(api.stop);
  const apiUrl = `https://127.0.0.1:${api.port}`;

  return {
    context: DEMO_CONTEXT,
    kubeconfig: writeKubeconfig(apiUrl, certificate.cert, token),
    apiUrl,
    gatewayUrl: `http://127.0.0.1:${gateway.port}`,
    get lostRequests() {
      return gateway.faults;
    },
    stopApi: api.stop,
    startApi: api.start,
    setPageBody: (version, html) => {
      images.setPage(version, html);
      kubelet.setPage(`janakiramm/myapp:${version}`, html);
    },
    failPods,
    deny: permissions.deny,
    allowAll: permissions.allowAll,
    serveIstio: versions => {
      istioVersions = versions;
    },
    compact: storage.compact,
    stop,
  };
}

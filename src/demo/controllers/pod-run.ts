import { randomBytes } from 'node:crypto';
import { isSameJson } from '../json.ts';
import { PODS, type Pod } from '../kinds/core.ts';
import type { ContainerState } from '../kinds/pod-status.ts';
import type { ImageRegistry } from '../pods/images.ts';
import { type ContainerContents, preStopSeconds, readPodContents, type Web } from '../pods/pod-contents.ts';
import type { PodLogs } from '../pods/pod-logs.ts';
import type { PodNetwork } from '../pods/pod-network.ts';
import type { PodBehaviour, PodTrouble } from '../pods/pod-trouble.ts';
import { WebServer } from '../pods/web-server.ts';
import { timestamp } from '../timers.ts';
import { ContainerLogs } from './container-logs.ts';
import type { ControllerParts } from './controller.ts';
import { nodeShortage } from './node-shortage.ts';
import type { PodProgress } from './pod-conditions.ts';
import { NODE_NAME, podStatus, unschedulableStatus } from './pod-status.ts';

/** What a kubelet works with, besides what all controllers do. */
export type KubeletParts = ControllerParts & {
  readonly images: ImageRegistry;
  readonly network: PodNetwork;
  readonly trouble: PodTrouble;
  readonly logs: PodLogs;
};

/** From the scheduling of a pod to the start of its containers. */
const START_MS = 300;
/** From the start of the containers to the first readiness probe that succeeds. */
const PROBE_MS = 400;
/** From SIGTERM to the end of a process; nginx takes no longer. */
const STOP_MS = 50;
/** How often it is looked whether there is room for a pod that found none. */
const SCHEDULE_RETRY_MS = 1_000;
/** Between an image that cannot be pulled and the kubelet's decision to wait. */
const PULL_FAILURE_MS = 1_000;
/** How often a volume that cannot be mounted is tried again. */
const MOUNT_RETRY_MS = 2_000;
/** Between the end of a container and the kubelet's notice of it. */
const RESTART_MS = 1_000;
const BACKOFF_SECONDS = 10;
const LONGEST_BACKOFF_SECONDS = 300;
/** The exit code that runc gives a program which the kernel refuses. */
const NOT_EXECUTABLE = 255;
/** A container that ran for so long starts with a clean record. */
const FORGIVEN_AFTER_MS = 600_000;

function backoffSeconds(failures: number): number {
  return Math.min(BACKOFF_SECONDS * 2 ** failures, LONGEST_BACKOFF_SECONDS);
}

/** 90 as `1m30s`, 20 as `20s`, as Go writes a duration. */
function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`;
}

/** One pod from its scheduling to its end. It writes the pod's status and holds its web servers. */
export class PodRun {
  readonly #parts: KubeletParts;
  readonly #namespace: string;
  readonly #name: string;
  readonly #uid: string;
  readonly #logs: ContainerLogs;
  #containers: readonly ContainerContents[] = [];
  #servers: readonly { readonly server: WebServer; readonly web: Web }[] = [];
  #podIP: string | undefined;
  #containerID: string | undefined;
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerState = {};
  #restartCount = 0;
  /** Ends in a row after too short a life, by which the next start waits. */
  #failures = 0;
  #isTerminating = false;
  #hasEnded = false;
  #cancelStep = () => {};

  constructor(parts: KubeletParts, pod: Pod) {
    this.#parts = parts;
    this.#namespace = pod.metadata.namespace ?? '';
    this.#name = pod.metadata.name;
    this.#uid = pod.metadata.uid ?? '';
    this.#logs = new ContainerLogs(parts.logs, parts.timers, this.#uid);
    const known = pod.status?.containerStatuses?.[0];
    if (pod.status?.podIP === undefined || !known) return;
    // A pod that is already running is taken over as it is.
    this.#podIP = pod.status.podIP;
    this.#containerID = known.containerID;
    this.#state = known.state ?? {};
    this.#restartCount = known.restartCount;
    const contents = readPodContents(pod, parts.images, parts.storage);
    if (contents.type === 'runs')
      this.#logs.begin(contents.containers, false, Date.parse(this.#state.running?.startedAt ?? ''));
  }

  /** Assigns the pod to the node and starts its containers; does nothing for a pod that already runs. */
  start(): void {
    const pod = this.#pod();
    if (!pod || this.#podIP !== undefined) return;
    const shortage = nodeShortage(pod, this.#parts.storage);
    if (shortage !== undefined) {
      this.#failScheduling(pod, shortage);
      return;
    }
    const scheduled = this.#parts.storage.put(PODS, { ...pod, spec: { ...pod.spec, nodeName: NODE_NAME } });
    this.#write('scheduled');
    const message = `Successfully assigned ${this.#namespace}/${this.#name} to ${NODE_NAME}`;
    this.#parts.events.record(scheduled, {
      type: 'Normal',
      reason: 'Scheduled',
      message,
      component: 'default-scheduler',
    });
    this.#write('starting');
    this.#next(START_MS, () => this.#prepare(0));
  }

  /** The pod waits until there is room on the node; it is said again when something else is missing. */
  #failScheduling(pod: Pod, message: string): void {
    const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (before?.message !== message) {
      const status = unschedulableStatus(pod, message, this.#now());
      const waiting = this.#parts.storage.put(PODS, { ...pod, status });
      this.#parts.events.record(waiting, {
        type: 'Warning',
        reason: 'FailedScheduling',
        message,
        component: 'default-scheduler',
      });
    }
    this.#next(SCHEDULE_RETRY_MS, () => this.start());
  }

  /** Brings the pod's behaviour in line with what trouble asks of it now. */
  applyTrouble(): void {
    if (this.#state.running === undefined || this.#isTerminating) return;
    if (this.#willExit()) this.#exit();
    else {
      this.#applyManner();
      this.#next(0, () => this.#probe());
    }
  }

  /** Gives every web server of an image's page another one. */
  setPage(image: string, html: string): void {
    const isOfImage = this.#pod()?.spec.containers.some(container => container.image === image) ?? false;
    if (isOfImage) for (const { server } of this.#servers) server.setPage(html);
  }

  /** Ends the pod in good order: it goes on serving through its preStop hook, stops, and is removed. */
  terminate(): void {
    const pod = this.#pod();
    if (!pod || this.#isTerminating) return;
    this.#isTerminating = true;
    const wasRunning = this.#state.running !== undefined;
    if (wasRunning) this.#say('Killing', `Stopping container ${this.#containerName()}`);
    const graceSeconds = Math.min(preStopSeconds(pod), pod.metadata.deletionGracePeriodSeconds ?? 0);
    this.#next(wasRunning ? 1_000 * graceSeconds : 0, () => {
      this.#logs.stop();
      void this.#closeServers();
      this.#next(STOP_MS, () => this.#parts.storage.remove(PODS, this.#namespace, this.#name));
    });
  }

  /** Ends everything at once. The pod itself is left to whoever removed it. Resolves when no server is left. */
  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#cancelStep();
    if (this.#podIP !== undefined) this.#parts.network.release(this.#podIP);
    this.#parts.logs.forget(this.#uid);
    await this.#closeServers();
  }

  /** The pod as it is now; `undefined` when it is gone or another has taken its name. */
  #pod(): Pod | undefined {
    const pod = this.#parts.storage.get(PODS, this.#namespace, this.#name);
    return pod?.metadata.uid === this.#uid && !this.#hasEnded ? pod : undefined;
  }

  #behaviour(): PodBehaviour {
    const pod = this.#pod();
    return pod ? this.#parts.trouble.behaviourOf(pod) : 'serve';
  }

  #cannotRun(): boolean {
    return this.#containers.some(({ cannotRun }) => cannotRun === true);
  }

  #willExit(): boolean {
    return this.#behaviour() === 'crash' || this.#cannotRun();
  }

  /** A pod does one thing at a time: what comes next replaces what was to come. */
  #next(delayMs: number, step: () => void): void {
    this.#cancelStep();
    this.#cancelStep = this.#parts.timers.after(delayMs, () => {
      if (this.#pod()) step();
    });
  }

  #now(): string {
    return timestamp(this.#parts.timers.now());
  }

  #containerName(): string {
    return this.#pod()?.spec.containers[0]?.name ?? '';
  }

  #say(reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    const pod = this.#pod();
    if (!pod) return;
    const fieldPath = `spec.containers{${this.#containerName()}}`;
    this.#parts.events.record(pod, {
      type,
      reason,
      message,
      component: 'kubelet',
      host: NODE_NAME,
      fieldPath,
    });
  }

  #write(progress: PodProgress): void {
    const pod = this.#pod();
    if (!pod) return;
    const situation = {
      progress,
      state: this.#state,
      lastState: this.#lastState,
      restartCount: this.#restartCount,
      podIP: this.#podIP,
      containerID: this.#containerID,
    };
    const status = podStatus(pod, situation, this.#now());
    if (!isSameJson(status, pod.status)) this.#parts.storage.put(PODS, { ...pod, status });
  }

  #wait(reason: string, message: string): void {
    this.#state = { waiting: { reason, message } };
    this.#write(this.#podIP === undefined ? 'starting' : 'started');
  }

  #prepare(failures: number): void {
    const pod = this.#pod();
    if (!pod) return;
    const contents = readPodContents(pod, this.#parts.images, this.#parts.storage);
    switch (contents.type) {
      case 'no-image':
        this.#failPull(contents.image, failures);
        return;
      case 'no-config-map': {
        const why = `configmap "${contents.configMap}" not found`;
        this.#say(
          'FailedMount',
          `MountVolume.SetUp failed for volume "${contents.volume}" : ${why}`,
          'Warning',
        );
        this.#next(MOUNT_RETRY_MS, () => this.#prepare(failures));
        return;
      }
      case 'runs':
        this.#podIP ??= this.#parts.network.allocate();
        this.#containers = contents.containers;
        this.#servers = contents.containers.flatMap(({ name, web }) =>
          web ? [{ server: this.#webServer(name, web), web }] : [],
        );
        this.#run();
    }
  }

  #webServer(container: string, { html }: Web): WebServer {
    const { logs, network, timers } = this.#parts;
    const write = (line: string) => logs.write(this.#uid, container, line);
    return new WebServer(html, { now: timers.now, write, sourceOf: network.sourceOf });
  }

  #failPull(image: string, failures: number): void {
    const why = `Error response from daemon: manifest for ${image} not found: manifest unknown: manifest unknown`;
    this.#say('Pulling', `Pulling image "${image}"`);
    this.#wait('ErrImagePull', why);
    this.#say('Failed', `Failed to pull image "${image}": ${why}`, 'Warning');
    this.#say('Failed', 'Error: ErrImagePull', 'Warning');
    this.#next(PULL_FAILURE_MS, () => {
      this.#wait('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${why}`);
      this.#say('BackOff', `Back-off pulling image "${image}"`);
      this.#say('Failed', 'Error: ImagePullBackOff', 'Warning');
      this.#next(1_000 * backoffSeconds(failures), () => this.#prepare(failures + 1));
    });
  }

  #run(): void {
    const image = this.#pod()?.spec.containers[0]?.image ?? '';
    this.#containerID = `docker://${randomBytes(32).toString('hex')}`;
    this.#say(
      'Pulled',
      `Container image "${image}" already present on machine and can be accessed by the pod`,
    );
    this.#say('Created', 'Container created');
    this.#say('Started', 'Container started');
    this.#state = { running: { startedAt: this.#now() } };
    this.#logs.begin(this.#containers, this.#willExit());
    this.#applyManner();
    this.#write('started');
    const initialDelaySeconds = this.#pod()?.spec.containers[0]?.readinessProbe?.initialDelaySeconds ?? 0;
    this.#next(PROBE_MS + 1_000 * initialDelaySeconds, () => this.#probe());
  }

  #probe(): void {
    const behaviour = this.#behaviour();
    if (this.#willExit()) this.#exit();
    else if (behaviour === 'unready') {
      this.#say('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 'Warning');
      this.#write('started');
    } else this.#write('ready');
  }

  /** Web servers listen or not, and answer or not, as the behaviour has it. */
  #applyManner(): void {
    const behaviour = this.#behaviour();
    for (const { server, web } of this.#servers) {
      server.setManner(behaviour === 'hang' || behaviour === 'fail' ? behaviour : 'serve');
      if (behaviour === 'refuse') void server.close();
      else void this.#listen(server, web.port);
    }
  }

  async #listen(server: WebServer, port: number): Promise<void> {
    await server.listen();
    const isWanted = this.#pod() && this.#state.running !== undefined && this.#behaviour() !== 'refuse';
    if (!isWanted || this.#podIP === undefined) await server.close();
    else this.#parts.network.bind(this.#podIP, port, server.port);
  }

  async #closeServers(): Promise<void> {
    await Promise.all(this.#servers.map(({ server }) => server.close()));
  }

  #exit(): void {
    const { startedAt = this.#now() } = this.#state.running ?? {};
    this.#logs.crash();
    void this.#closeServers();
    const ended = {
      exitCode: this.#cannotRun() ? NOT_EXECUTABLE : 1,
      reason: 'Error',
      startedAt,
      finishedAt: this.#now(),
      containerID: this.#containerID ?? '',
    };
    this.#state = { terminated: ended };
    this.#write('started');
    this.#next(RESTART_MS, () => {
      this.#lastState = { terminated: ended };
      const livedMs = Date.parse(ended.finishedAt) - Date.parse(startedAt);
      if (livedMs > FORGIVEN_AFTER_MS) this.#failures = 0;
      const seconds = this.#failures === 0 ? 0 : backoffSeconds(this.#failures - 1);
      this.#failures += 1;
      if (seconds > 0) this.#backOff(seconds);
      this.#next(1_000 * seconds, () => {
        this.#restartCount += 1;
        this.#run();
      });
    });
  }

  #backOff(seconds: number): void {
    const container = this.#containerName();
    const pod = `${this.#name}_${this.#namespace}(${this.#uid})`;
    this.#wait(
      'CrashLoopBackOff',
      `back-off ${duration(seconds)} restarting failed container=${container} pod=${pod}`,
    );
    this.#say('BackOff', `Back-off restarting failed container ${container} in pod ${pod}`, 'Warning');
  }
}

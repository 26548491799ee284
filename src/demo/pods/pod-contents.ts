import type { Container } from '../kinds/container.ts';
import { CONFIG_MAPS, type Pod } from '../kinds/core.ts';
import type { Storage } from '../storage.ts';
import type { ImageRegistry } from './images.ts';
import { startLines as nginxStartLines } from './nginx-log.ts';

/** Where nginx looks for its pages. */
const DOCUMENT_ROOT = '/usr/share/nginx/html';
const WEB_PORT = 80;

/** What a pod is about to run. */
export type PodContents =
  | { readonly type: 'runs'; readonly containers: readonly ContainerContents[] }
  | { readonly type: 'no-image'; readonly image: string }
  | { readonly type: 'no-config-map'; readonly volume: string; readonly configMap: string };

export type ContainerContents = {
  readonly name: string;
  readonly startLines: (atMs: number) => readonly string[];
  /** A web server, on a port of the pod. */
  readonly web?: Web;
  /** The node cannot execute the program: it ends as soon as it starts. */
  readonly cannotRun?: true;
};

/** What the runtime leaves in the log of a program that is built for another architecture. */
const FORMAT_ERROR = 'exec /usr/sbin/nginx: exec format error';

export type Web = { readonly port: number; readonly html: string };

/** The page that a ConfigMap puts over the image's own. */
type MountedPage = { readonly volume: string; readonly configMap: string; readonly file: string };

function mountedPage(pod: Pod, container: Container): MountedPage | undefined {
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const configMap = pod.spec.volumes?.find(volume => volume.name === name)?.configMap?.name;
    const path = mountPath.replace(/\/$/, '');
    if (configMap === undefined) continue;
    if (path === DOCUMENT_ROOT) return { volume: name, configMap, file: 'index.html' };
    if (path === `${DOCUMENT_ROOT}/index.html`)
      return { volume: name, configMap, file: subPath ?? 'index.html' };
  }
  return undefined;
}

/** What the pod's images and volumes amount to, or what is missing. */
export function readPodContents(pod: Pod, images: ImageRegistry, storage: Storage): PodContents {
  const containers: ContainerContents[] = [];
  for (const container of pod.spec.containers) {
    const content = images.find(container.image);
    if (content.type === 'missing') return { type: 'no-image', image: container.image };
    const { name } = container;
    if (content.type === 'other-architecture') {
      containers.push({ name, startLines: () => [FORMAT_ERROR], cannotRun: true });
      continue;
    }
    if (content.type === 'opaque') {
      containers.push({ name, startLines: content.startLines });
      continue;
    }
    const addWeb = (html: string) =>
      containers.push({ name, startLines: nginxStartLines, web: { port: WEB_PORT, html } });
    const mounted = mountedPage(pod, container);
    if (!mounted) addWeb(content.html);
    else {
      const { volume, configMap, file } = mounted;
      const data = storage.get(CONFIG_MAPS, pod.metadata.namespace, configMap)?.data;
      if (!data) return { type: 'no-config-map', volume, configMap };
      addWeb(data[file] ?? '');
    }
  }
  return { type: 'runs', containers };
}

/** Seconds that the pod goes on serving after it was told to stop. */
export function preStopSeconds(pod: Pod): number {
  const waits = pod.spec.containers.map(({ lifecycle }) => {
    const command = lifecycle?.preStop?.exec?.command?.join(' ') ?? '';
    return lifecycle?.preStop?.sleep?.seconds ?? Number(/\bsleep\s+(\d+)/.exec(command)?.[1] ?? 0);
  });
  return Math.max(0, ...waits);
}

import { plainText } from '../plain-text.ts';
import { imageVersion } from './image-version.ts';
import { labelsIn, listIn, objectIn, textIn } from './json.ts';
import type { KubeObject } from './metadata.ts';

/** Whether a pod's own requests pass through Istio: by an Envoy beside it, by the node's ztunnel, or not at all. */
export type MeshMember =
  | { readonly kind: 'none' }
  /** `isNative`: the proxy is an init container that keeps running. `version` is empty where the image's tag is none. */
  | { readonly kind: 'sidecar'; readonly isNative: boolean; readonly version: string }
  | { readonly kind: 'ambient' };

const PROXY = 'istio-proxy';

/**
 * How a pod takes part in the mesh. The injector names its container `istio-proxy`; with native sidecars (the default since
 * Istio 1.27) it is an init container. istio-cni marks what ztunnel captures with an annotation. A gateway is a proxy itself,
 * and no member in this sense; it carries the same container name, so ask only of application pods.
 */
export function readMeshMember(object: KubeObject): MeshMember {
  const spec = objectIn(object.spec);
  const proxy = listIn(spec.containers)
    .map(objectIn)
    .find(({ name }) => name === PROXY);
  const native = listIn(spec.initContainers)
    .map(objectIn)
    .find(({ name, restartPolicy }) => name === PROXY && restartPolicy === 'Always');
  const found = native ?? proxy;
  if (found) {
    const version = imageVersion(plainText(textIn(found.image) ?? '', 200));
    return { kind: 'sidecar', isNative: native !== undefined, version };
  }
  const annotations = labelsIn(objectIn(object.metadata).annotations);
  return annotations['ambient.istio.io/redirection'] === 'enabled' ? { kind: 'ambient' } : { kind: 'none' };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { JsonObject } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { readVirtualService, type VirtualService } from '../../src/kube/virtual-service.ts';

const fixtures = join(import.meta.dirname, '..', 'kube', 'fixtures');

/** The objects of a fixture, as a server would send them. Fails for a document that is no object with a name. */
export function fixtureObjects(name: string): readonly KubeObject[] {
  return objectsIn(readFileSync(join(fixtures, `${name}.yaml`), 'utf8'));
}

export function objectsIn(yaml: string): readonly KubeObject[] {
  return loadAll(yaml).map(document => {
    const object = document as JsonObject;
    const { name } = (object.metadata ?? {}) as { name?: unknown };
    if (typeof name !== 'string') throw new Error(`a document without metadata.name:\n${yaml}`);
    return object as KubeObject;
  });
}

/** The one object of a fixture of that kind. */
export function fixture(name: string, kind: string): KubeObject {
  const found = fixtureObjects(name).filter(object => object.kind === kind);
  const [only] = found;
  if (!only || found.length > 1) throw new Error(`${name}.yaml has ${found.length} objects of kind ${kind}`);
  return only;
}

/** A VirtualService `myapp` whose one route has these weights, for subsets v1, v2 and so on. */
export function aVirtualService(
  weights: readonly (number | undefined)[],
  change: {
    readonly resourceVersion?: string;
    readonly manager?: string;
    readonly labels?: Record<string, string>;
  } = {},
): VirtualService {
  const { resourceVersion = '1', manager = 'kubectl', labels = {} } = change;
  return readVirtualService({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: {
      name: 'myapp',
      namespace: 'default',
      uid: 'uid-myapp',
      resourceVersion,
      labels,
      managedFields: [
        {
          manager,
          operation: 'Update',
          time: '2026-11-23T06:00:00Z',
          fieldsV1: { 'f:spec': { 'f:http': {} } },
        },
      ],
    },
    spec: {
      hosts: ['*'],
      gateways: ['app-gateway'],
      http: [
        {
          route: weights.map((weight, index) => ({
            destination: { host: 'myapp', subset: `v${index + 1}` },
            ...(weight === undefined ? {} : { weight }),
          })),
        },
      ],
    },
  });
}

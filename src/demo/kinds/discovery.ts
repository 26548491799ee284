import { defineKind, type KubeObject } from './kind.ts';
import { boolean, type Held, int32, listOf, object, string } from './schema.ts';

const ENDPOINT = object(
  { addresses: listOf(string) },
  {
    conditions: object({}, { ready: boolean, serving: boolean, terminating: boolean }),
    targetRef: object({}, { kind: string, name: string, namespace: string, uid: string }),
    nodeName: string,
  },
);
export type Endpoint = Held<typeof ENDPOINT>;

const ENDPOINT_SLICE = object(
  { addressType: string, endpoints: listOf(ENDPOINT) },
  { ports: listOf(object({}, { name: string, port: int32, protocol: string })) },
);
export type EndpointSlice = KubeObject & Held<typeof ENDPOINT_SLICE>;

export const ENDPOINT_SLICES = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  versions: ['v1'],
  resource: 'endpointslices',
  kind: 'EndpointSlice',
  hasGeneration: true,
  schema: ENDPOINT_SLICE,
});

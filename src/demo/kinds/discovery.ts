import { ageColumn, column, nameColumn } from './column.ts';
import { defineKind, type KubeObject } from './kind.ts';
import {
  atomic,
  boolean,
  embedded,
  type Held,
  int32,
  listOf,
  mapOf,
  object,
  oneOf,
  setOf,
  string,
} from './schema.ts';
import { OBJECT_REFERENCE } from './shared-types.ts';

const NAMES = listOf(object({ name: string }));

const ENDPOINT = object(
  { addresses: setOf(string) },
  {
    conditions: embedded(object({}, { ready: boolean, serving: boolean, terminating: boolean })),
    deprecatedTopology: mapOf(string),
    hints: object({}, { forNodes: NAMES, forZones: NAMES }),
    hostname: string,
    nodeName: string,
    targetRef: OBJECT_REFERENCE,
    zone: string,
  },
);
export type Endpoint = Held<typeof ENDPOINT>;

const ENDPOINT_PORT = atomic(
  object({}, { appProtocol: string, name: string, port: int32, protocol: oneOf('SCTP', 'TCP', 'UDP') }),
);

const ENDPOINT_SLICE = object(
  { addressType: oneOf('FQDN', 'IPv4', 'IPv6'), endpoints: listOf(ENDPOINT) },
  { ports: listOf(ENDPOINT_PORT) },
);
export type EndpointSlice = KubeObject & Held<typeof ENDPOINT_SLICE>;

const MOST_SHOWN = 3;

function shortened(texts: readonly string[]): string {
  if (texts.length === 0) return '<unset>';
  const shown = texts.slice(0, MOST_SHOWN).join(',');
  return texts.length > MOST_SHOWN ? `${shown} + ${texts.length - MOST_SHOWN} more...` : shown;
}

export const ENDPOINT_SLICES = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  versions: ['v1'],
  resource: 'endpointslices',
  kind: 'EndpointSlice',
  hasGeneration: true,
  schema: ENDPOINT_SLICE,
  columns: [
    nameColumn,
    column('AddressType', ({ addressType }) => addressType ?? ''),
    column('Ports', ({ ports }) =>
      shortened((ports ?? []).map(({ port, name }) => `${port ?? name ?? '*'}`)),
    ),
    column('Endpoints', ({ endpoints }) =>
      shortened((endpoints ?? []).flatMap(({ addresses }) => addresses)),
    ),
    ageColumn,
  ],
});

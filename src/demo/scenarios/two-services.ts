import type { JsonObject } from '../json.ts';
import type { Scenario } from './scenario.ts';

const service = (name: string, version: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels: { app: 'myapp' } },
  spec: { selector: { app: 'myapp', version }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
});

const VIRTUAL_SERVICE: JsonObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'myapp' },
  spec: {
    hosts: ['*'],
    gateways: ['app-gateway'],
    http: [
      {
        route: [
          { destination: { host: 'myapp-blue' }, weight: 50 },
          { destination: { host: 'myapp-green' }, weight: 50 },
        ],
      },
    ],
  },
};

export const TWO_SERVICES: Scenario = {
  name: 'two-services',
  summary: 'Blue and green have a Service each, and the VirtualService names them by host: no subsets.',
  changeManifests: manifests => [
    ...manifests.filter(
      ({ kind }) => kind !== 'Service' && kind !== 'DestinationRule' && kind !== 'VirtualService',
    ),
    service('myapp-blue', 'v1'),
    service('myapp-green', 'v2'),
    VIRTUAL_SERVICE,
  ],
};

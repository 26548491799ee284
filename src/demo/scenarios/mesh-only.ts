import { isJsonObject } from '../json.ts';
import { changeManifest } from './change-manifests.ts';
import type { Scenario } from './scenario.ts';

export const MESH_ONLY: Scenario = {
  name: 'mesh-only',
  summary: 'The VirtualService holds inside the mesh only: the gateway answers 404 to everybody.',
  changeManifests: changeManifest('VirtualService', 'myapp', ['spec'], spec =>
    isJsonObject(spec) ? { ...spec, hosts: ['myapp'], gateways: ['mesh'] } : spec,
  ),
};

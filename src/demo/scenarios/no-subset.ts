import { isManifest } from './change-manifests.ts';
import type { Scenario } from './scenario.ts';

export const NO_SUBSET: Scenario = {
  name: 'no-subset',
  summary: 'The DestinationRule is missing, so nobody knows the subsets v1 and v2: 503 for everybody.',
  changeManifests: manifests => manifests.filter(manifest => !isManifest(manifest, 'DestinationRule')),
};

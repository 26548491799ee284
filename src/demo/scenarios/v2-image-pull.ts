import { changeManifest } from './change-manifests.ts';
import type { Scenario } from './scenario.ts';

const IMAGE = ['spec', 'template', 'spec', 'containers', '0', 'image'];

export const V2_IMAGE_PULL: Scenario = {
  name: 'v2-image-pull',
  summary: "v2's image has a tag that does not exist: ImagePullBackOff, and 503 for its share.",
  changeManifests: changeManifest('Deployment', 'myapp-v2', IMAGE, () => 'janakiramm/myapp:v2.0'),
};

import type { Scenario } from './scenario.ts';

export const EMPTY: Scenario = {
  name: 'empty',
  summary: 'Kubernetes with Istio, and nothing deployed yet.',
  changeManifests: () => [],
};

export const NO_ISTIO: Scenario = {
  ...EMPTY,
  name: 'no-istio',
  summary: 'Kubernetes alone: Istio is still to be installed, and nothing is deployed.',
  hasNoIstio: true,
};

export const EMPTY_ARM64: Scenario = {
  ...EMPTY,
  name: 'empty-arm64',
  summary: "The same on an ARM node, which cannot run the tutorial's images: exec format error.",
  tutorialImages: 'other-architecture',
};

export const EMPTY_NO_PULL: Scenario = {
  ...EMPTY,
  name: 'empty-no-pull',
  summary: "The same where the tutorial's images cannot be pulled: ImagePullBackOff.",
  tutorialImages: 'missing',
};

import type { TutorialPlace } from './facts.ts';

/** The flags that name a cluster to kubectl and istioctl: every command of the tutorial has them. */
export function clusterFlags({ context, kubeconfig }: TutorialPlace): readonly string[] {
  return [
    ...(kubeconfig === '' ? [] : [`--kubeconfig=${kubeconfig}`]),
    ...(context === '' ? [] : [`--context=${context}`]),
  ];
}

export function kubectl(place: TutorialPlace, ...words: readonly string[]): readonly string[] {
  return ['kubectl', ...clusterFlags(place), ...words];
}

/** The same in the tutorial's namespace. */
export function kubectlIn(place: TutorialPlace, ...words: readonly string[]): readonly string[] {
  return kubectl(place, '-n', place.namespace, ...words);
}

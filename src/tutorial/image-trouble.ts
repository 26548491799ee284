import type { Pod } from '../kube/pod.ts';

/** Why a version cannot run with its image, so that another one may help. */
export type ImageTrouble = 'cannot-pull' | 'cannot-run';

const PULL_FAILURES = ['ErrImagePull', 'ImagePullBackOff', 'ImageInspectError', 'RegistryUnavailable'];

/** Why an image cannot be pulled, in the words of the registry, without those of the kubelet that waits; empty where nobody says. */
export function pullCause(why: string): string {
  return why
    .replace(/^(ErrImagePull|ImagePullBackOff)(: |$)/, '')
    .replace(/^Back-off pulling image "[^"]*"(: |$)/, '')
    .replace(/^(ErrImagePull|ImagePullBackOff)(: |$)/, '')
    .replace(/\.$/, '');
}

/**
 * Whether it is the image that keeps a pod from running: it cannot be pulled, or is built for another architecture. The second
 * is in the container's last words, and with some runtimes in its status.
 */
export function imageTrouble({ status, why, isReady }: Pod, log: string): ImageTrouble | undefined {
  if (isReady) return undefined;
  if (PULL_FAILURES.some(reason => status.endsWith(reason))) return 'cannot-pull';
  return /exec format error/i.test(`${why}\n${log}`) ? 'cannot-run' : undefined;
}

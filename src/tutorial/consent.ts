import type { TutorialPlace } from './facts.ts';

/** What a person without a screen has said of writing. */
export type Consent = {
  /** `--yes` */
  readonly isGiven: boolean;
  /** The context is named on the command line, not only the kubeconfig's current one. */
  readonly isContextNamed: boolean;
  readonly isReadOnly: boolean;
};

/**
 * Why nothing may be written, for the gate that every write passes; undefined where it may. A cluster that is not on this
 * computer, or whose name says that people depend on it, must be named: the current context may be a mistake.
 */
export function whyNotWritten(place: TutorialPlace, consent: Consent): string | undefined {
  const refusal = whyNotRun(consent);
  if (refusal !== undefined) return refusal;
  if (place.isDemo || consent.isContextNamed) return undefined;
  if (place.isProtected) {
    return `context ${place.context} is protected: name it with --context ${place.context}`;
  }
  if (place.isLocal) return undefined;
  return `context ${place.context} is not a cluster on this computer: name it with --context ${place.context}`;
}

/** Why nothing that changes this computer may be run, such as minikube; undefined where it may. */
export function whyNotRun({ isReadOnly, isGiven }: Consent): string | undefined {
  if (isReadOnly) return 'read-only: --read-only was given';
  return isGiven ? undefined : 'nobody has agreed to it: add --yes';
}

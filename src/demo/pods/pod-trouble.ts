import { readLabelSelector } from '../api/label-selector.ts';
import type { Matches } from '../api/selectors.ts';
import type { Pod } from '../kinds/core.ts';

/** How a pod behaves that somebody makes trouble for. */
export type PodBehaviour =
  /** As it should. */
  | 'serve'
  /** Its process ends with exit code 1, again and again. */
  | 'crash'
  /** It runs, and its readiness probe fails. */
  | 'unready'
  /** Nothing listens on its port, though it counts as ready. */
  | 'refuse'
  /** It accepts connections and never answers. */
  | 'hang'
  /** It answers 500. */
  | 'fail';

/** Which pods misbehave. */
export interface PodTrouble {
  /** From now on pods that match `labelSelector` behave so, whatever was said about them before. */
  set(labelSelector: string, behaviour: PodBehaviour): void;
  behaviourOf(pod: Pod): PodBehaviour;
}

export function createPodTrouble(): PodTrouble {
  const rules = new Map<
    string,
    { readonly matches: Matches<Readonly<Record<string, string>>>; readonly behaviour: PodBehaviour }
  >();
  return {
    set: (labelSelector, behaviour) => {
      const matches = readLabelSelector(labelSelector);
      if (typeof matches !== 'function') throw new TypeError(matches.problem);
      rules.delete(labelSelector);
      rules.set(labelSelector, { matches, behaviour });
    },
    behaviourOf: pod => {
      const rule = [...rules.values()].findLast(({ matches }) => matches(pod.metadata.labels ?? {}));
      return rule?.behaviour ?? 'serve';
    },
  };
}

import type { Sampling } from '../session/state.ts';

/** Why there is no verdict. */
export function samplingWords(sampling: Sampling): string {
  switch (sampling.kind) {
    case 'mesh-only':
      return 'observed only inside the mesh: no gateway is bound';
    case 'not-observed':
      return `not observed: ${sampling.reason}`;
    case 'needs-answer':
      return `nothing is observed yet: press 4, then = to name the ${sampling.asks}`;
    case 'finding-gateway':
      return 'nothing is observed yet: finding the gateway';
    case 'waiting':
    case 'sampling':
      return 'nothing is observed yet';
  }
}

import { routeNotes } from '../kube/route-notes.ts';
import type { VirtualService } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import type { AppState, Target } from './state.ts';

type NoTarget = Extract<Target, { kind: 'none' }>;

/** Why there is nothing to shift in the namespace, or in the VirtualService that the command line names, and what to do. */
export function noRoute(state: AppState): NoTarget {
  const { namespace, virtualService: wanted } = state.connection;
  const { items } = state.cluster.virtualServices;
  if (state.places.isNamespaceMissing && items.length === 0) {
    return {
      kind: 'none',
      reason: `There is no namespace ${namespace} in this cluster.`,
      nextStep: `Press n for another one, or create it (kubectl create namespace ${namespace}).`,
    };
  }
  const first = items.find(({ name }) => wanted === undefined || name === wanted);
  if (first) return whyNothingToShift(first, items);
  return {
    kind: 'none',
    reason: wanted
      ? `There is no VirtualService ${plainText(wanted, 80)} in namespace ${namespace}.`
      : `There is no VirtualService in namespace ${namespace}.`,
    nextStep:
      'The tutorial makes one: press t. Or apply one (kubectl apply -f manifests/), or press n for another namespace.',
  };
}

function whyNothingToShift(virtualService: VirtualService, all: readonly VirtualService[]): NoTarget {
  const { name, namespace } = virtualService;
  const leading = virtualService.routes.find(({ delegate }) => delegate !== undefined);
  if (leading?.delegate && leading.delegate.namespace !== namespace) {
    const { delegate } = leading;
    return {
      kind: 'none',
      reason: `VirtualService ${name} delegates to ${delegate.namespace}/${delegate.name}: the weights are there.`,
      nextStep: `Open that one: weighbridge -n ${delegate.namespace} ${delegate.name}.`,
    };
  }
  const wrong =
    leading && routeNotes(virtualService, leading, all).find(({ severity }) => severity === 'error');
  if (wrong)
    return { kind: 'none', reason: `VirtualService ${name} ${wrong.sentence}.`, nextStep: wrong.fix };
  return {
    kind: 'none',
    reason: `VirtualService ${name} has no route with two or more destinations.`,
    nextStep: 'Press v for another one, or n for another namespace.',
  };
}

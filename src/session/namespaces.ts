import type { ClusterError } from '../kube/cluster-error.ts';
import { namespaceKnown } from './cluster-events.ts';
import type { PlacesState } from './place.ts';
import type { AppState } from './state.ts';

function withPlaces(state: AppState, change: Partial<PlacesState>): AppState {
  return { ...state, places: { ...state.places, ...change } };
}

export function namespacesRead(state: AppState, names: readonly string[]): AppState {
  return withPlaces(state, { namespaces: { kind: 'read', names } });
}

/** The namespaces cannot be listed. Whoever has the list open types the name: the next keys go into its filter. */
export function namespacesRefused(state: AppState, { headline, nextStep }: ClusterError): AppState {
  const reason = `${headline} ${nextStep}`;
  const refused = withPlaces(state, { namespaces: { kind: 'refused', reason } });
  const { overlay } = state.ui;
  if (overlay.kind !== 'list' || overlay.list !== 'namespaces') return refused;
  return { ...refused, ui: { ...state.ui, overlay: { ...overlay, isFiltering: true } } };
}

/** The cluster has no namespace of the session's name: where there is no route, that is why. */
export function namespaceMissing(state: AppState): AppState {
  return state.places.isNamespaceMissing
    ? state
    : namespaceKnown(withPlaces(state, { isNamespaceMissing: true }));
}

export function namespaceFound(state: AppState): AppState {
  return state.places.isNamespaceMissing
    ? namespaceKnown(withPlaces(state, { isNamespaceMissing: false }))
    : state;
}

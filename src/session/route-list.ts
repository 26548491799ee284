import { isDelegate, rootsOf } from '../kube/delegation.ts';
import { rawWeights, routePath, type VirtualService } from '../kube/virtual-service.ts';
import { routeChosen } from './applied.ts';
import type { ListRow, ListSource } from './list.ts';
import { placeRemembered } from './places.ts';
import { routeLabel } from './remembered.ts';
import { type RouteChoice, routeChoices } from './selectors.ts';
import type { AppState } from './state.ts';
import { withOverlay } from './ui-state.ts';

/** The routes of the namespace that can be shifted. */
export const routeList: ListSource = {
  title: () => 'Which VirtualService?',
  headings: ['VirtualService', 'route', 'weights', 'hosts', 'gateways'],
  rows: state => choicesById(state).map(([id, choice]) => routeRow(state, id, choice)),
  empty: ({ connection: { namespace }, target }) =>
    target.kind === 'none'
      ? `${target.reason} ${target.nextStep}`
      : `There is no VirtualService to shift in namespace ${namespace} yet.`,
  choose: (state, id, now) => {
    const choice = choicesById(state).find(([candidate]) => candidate === id)?.[1];
    if (!choice) return state;
    const { virtualService, route } = choice;
    const { namespace, name } = virtualService;
    const remembered = { virtualService: name, route: routeLabel(route) };
    const kept = placeRemembered(state, { namespace, route: remembered, atMs: now });
    return routeChosen(kept, virtualService, route);
  },
};

/** The VirtualServices that have a route to choose. */
export function virtualServiceNames(state: AppState): readonly string[] {
  return [...new Set(routeChoices(state).map(({ virtualService }) => virtualService.name))].toSorted();
}

/** Chooses the only route of a VirtualService; where it has several, their list asks which. */
export function virtualServiceTyped(state: AppState, name: string, now: number): AppState {
  const ids = choicesById(state)
    .filter(([, { virtualService }]) => virtualService.name === name)
    .map(([id]) => id);
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return routeList.choose(state, only, now);
  return withOverlay(state, { kind: 'list', list: 'routes', filter: name, isFiltering: false, chosen: only });
}

/** A route is known by its name, else by its match, and by its destinations: its place may change while the list is open. */
function choicesById(state: AppState): readonly (readonly [id: string, choice: RouteChoice])[] {
  const seen = new Map<string, number>();
  return routeChoices(state).map(choice => {
    const { virtualService, route } = choice;
    const labels = route.destinations.map(({ label }) => label);
    const known = [virtualService.name, route.protocol, route.name || (route.json.match ?? null), labels];
    const id = JSON.stringify(known);
    const twins = seen.get(id) ?? 0;
    seen.set(id, twins + 1);
    return [twins === 0 ? id : `${id} ${twins}`, choice];
  });
}

function routeRow(state: AppState, id: string, { virtualService, route }: RouteChoice): ListRow {
  const { applied } = state.weights;
  const isCurrent =
    applied?.virtualService.name === virtualService.name && routePath(applied.route) === routePath(route);
  const weights = rawWeights(route);
  const split = route.destinations.map(({ label }, at) => `${label} ${weights[at] ?? '-'}`).join(', ');
  return {
    id,
    mark: isCurrent ? 'current' : 'none',
    cells: [virtualService.name, routeLabel(route), split, ...reach(state, virtualService)],
    detail: '',
  };
}

/** Hosts and gateways; of a delegate, what leads to it. */
function reach(state: AppState, virtualService: VirtualService): readonly [hosts: string, gateways: string] {
  const { hosts, gateways } = virtualService;
  if (isDelegate(virtualService)) {
    const roots = rootsOf(virtualService, state.cluster.virtualServices.items);
    const names = [...new Set(roots.map(root => root.virtualService.name))];
    return [names.length === 0 ? 'a delegate' : `by way of ${names.join(', ')}`, ''];
  }
  return [hosts.join(', '), gateways.length === 0 ? 'mesh' : gateways.join(', ')];
}

import { routeWords } from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';
import type { Applied, AppState } from '../session/state.ts';

/** The chosen route in words that are safe to print, such as `http route 1 of 2: checkout`. */
export function routeText({ route, virtualService }: Applied): string {
  return plainText(routeWords(route, virtualService), 120);
}

/** Where the chosen route is, as lines for people begin. */
export function placeText({ connection }: AppState, applied: Applied): string {
  const { namespace, name } = applied.virtualService;
  const where = connection.isDemo ? 'the demo cluster' : connection.context;
  return `VirtualService ${namespace}/${name}, ${routeText(applied)}, on ${where}`;
}

/** Where the chosen route is, as answers for programs have it; null where none is chosen. */
export function placeOf({ connection: { context, isDemo }, weights: { applied } }: AppState) {
  if (!applied) return null;
  const { namespace, name } = applied.virtualService;
  return { context, isDemo, namespace, virtualService: name, route: routeText(applied) };
}

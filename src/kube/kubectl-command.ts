import type { JsonObject } from './json.ts';
import type { PatchOperation } from './patch.ts';
import type { RawWeights } from './split.ts';
import { type Route, routePath, type VirtualService } from './virtual-service.ts';

/** Where kubectl finds the cluster: each is left out where it is empty. */
export type KubectlPlace = { readonly kubeconfig: string; readonly context: string };

/**
 * The command that gives a route these weights, for a POSIX shell. It tests that each destination is still at its place, so that a
 * route that was reordered meanwhile is refused by the API server; everything else of the route may have changed.
 */
export function weightsCommand(
  place: KubectlPlace,
  { namespace, name }: Pick<VirtualService, 'namespace' | 'name'>,
  route: Route,
  weights: RawWeights,
): string {
  const patch = JSON.stringify(weightsAt(route, weights));
  return kubectlCommand(place, '-n', namespace, 'patch', 'virtualservice', name, '--type=json', '-p', patch);
}

/** A command of kubectl on the cluster at `place`, for a POSIX shell. */
export function kubectlCommand({ kubeconfig, context }: KubectlPlace, ...asked: readonly string[]): string {
  const where = [
    ...(kubeconfig === '' ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === '' ? [] : ['--context', context]),
  ];
  return ['kubectl', ...where, ...asked].map(shellWord).join(' ');
}

/** Absent weights are made absent again: where they are so already, there is nothing to remove. */
function weightsAt(route: Route, weights: RawWeights): readonly PatchOperation[] {
  const path = `${routePath(route)}/route`;
  const entries = Array.isArray(route.json.route) ? (route.json.route as readonly JsonObject[]) : [];
  return entries.flatMap((entry, index): readonly PatchOperation[] => {
    const value = entry.destination;
    const at = `${path}/${index}`;
    const test: PatchOperation[] =
      value === undefined ? [] : [{ op: 'test', path: `${at}/destination`, value }];
    const weight = weights[index];
    if (weight !== undefined) return [...test, { op: 'add', path: `${at}/weight`, value: weight }];
    return entry.weight === undefined ? test : [...test, { op: 'remove', path: `${at}/weight` }];
  });
}

/** A word as a POSIX shell takes it for one, quoted where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

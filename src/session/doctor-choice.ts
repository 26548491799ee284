import type { Check } from '../kube/checks.ts';
import type { ClusterApi } from '../kube/cluster-api.ts';
import type { ClusterError } from '../kube/cluster-error.ts';
import type { Finding } from '../kube/finding.ts';
import {
  canBeShifted,
  ISTIO_GROUP,
  type Route,
  readVirtualService,
  shiftableRoutes,
  type VirtualService,
} from '../kube/virtual-service.ts';
import { plainText } from '../plain-text.ts';

/** The VirtualService that is examined, and what was to choose from. */
export type DoctorChoice = {
  readonly virtualService: VirtualService | undefined;
  /** The routes that are examined: those that can be shifted, else all that lead somewhere. */
  readonly routes: readonly Route[];
  readonly all: readonly VirtualService[];
  /** Why the VirtualServices could not be read. */
  readonly error: ClusterError | undefined;
};

/** Reads the VirtualServices of a namespace and takes the one of that name or, without a name, the first that can be shifted. */
export async function chooseVirtualService(
  api: ClusterApi,
  {
    namespace,
    virtualService: wanted,
  }: { readonly namespace: string; readonly virtualService: string | undefined },
  version: string,
  signal: AbortSignal,
): Promise<DoctorChoice> {
  const listed = await api.list(
    { group: ISTIO_GROUP, version, plural: 'virtualservices', namespace },
    signal,
  );
  if (!listed.ok) return { virtualService: undefined, routes: [], all: [], error: listed.error };
  const all = listed.value.items.map(readVirtualService);
  const virtualService =
    wanted === undefined
      ? (shiftableRoutes(all)[0]?.virtualService ?? all[0])
      : all.find(({ name }) => name === wanted);
  const routes = virtualService?.routes ?? [];
  const shiftable = routes.filter(canBeShifted);
  const leading = routes.filter(({ destinations }) => destinations.length > 0);
  return { virtualService, routes: shiftable.length > 0 ? shiftable : leading, all, error: undefined };
}

/** Whether there is something to shift, and whether it is clear what. */
export function choiceCheck(choice: DoctorChoice, namespace: string, wanted: string | undefined): Check {
  const { virtualService, routes } = choice;
  const labels = routes.map(({ destinations }) => destinations.map(({ label }) => label).join(', '));
  return {
    group: 'route',
    id: 'VirtualService',
    sentence: `VirtualService ${virtualService?.name} shifts ${labels.join('; ')}`,
    hint: `kubectl -n ${namespace} get virtualservices`,
    isJudged: true,
    findings: choiceFindings(choice, namespace, wanted),
  };
}

function choiceFindings(
  { virtualService, routes, all }: DoctorChoice,
  namespace: string,
  wanted: string | undefined,
): readonly Finding[] {
  if (!virtualService) {
    const which = wanted === undefined ? 'no VirtualService' : `no VirtualService ${plainText(wanted, 80)}`;
    const there = all.map(({ name }) => name).join(', ');
    return [
      {
        severity: 'error',
        code: 'WB0501',
        object: `Namespace ${namespace}`,
        sentence: `There is ${which} in namespace ${namespace}.`,
        fix:
          there === ''
            ? 'Apply one (kubectl apply -f manifests/), or name a namespace with -n.'
            : `Name one of ${there}.`,
      },
    ];
  }
  if (!routes.some(canBeShifted)) {
    return [
      {
        severity: 'error',
        code: 'WB0501',
        object: `VirtualService ${namespace}/${virtualService.name}`,
        sentence: `VirtualService ${virtualService.name} has no route with two or more destinations: there is nothing to shift.`,
        fix: 'Add the other version as a destination with weight 0.',
      },
    ];
  }
  const others = new Set(shiftableRoutes(all).map(route => route.virtualService.name));
  if (wanted !== undefined || others.size === 1) return [];
  return [
    {
      severity: 'info',
      code: 'WB0502',
      object: `Namespace ${namespace}`,
      sentence: `Several VirtualServices can be shifted (${[...others].join(', ')}): this is about ${virtualService.name}.`,
      fix: 'weighbridge doctor NAME examines another one.',
    },
  ];
}

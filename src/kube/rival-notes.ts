import { asReached } from './delegation.ts';
import type { Note } from './finding.ts';
import { type Rival, rivalsOf } from './shared-hosts.ts';
import type { Route, VirtualService } from './virtual-service.ts';

/** What other VirtualServices for the same host and gateway do to a route: which one wins. */
export function rivalNotes(
  virtualService: VirtualService,
  route: Route,
  virtualServices: readonly VirtualService[],
): readonly Note[] {
  const reached = asReached(virtualService, route, virtualServices);
  if (!reached) return [];
  return rivalsOf(reached.virtualService, reached.route, virtualServices).map(rivalNote);
}

function rivalNote({ virtualService: { name }, host, gateway, standing }: Rival): Note {
  const shared = host === '*' ? 'every host' : host;
  if (gateway === 'mesh') return meshNote(name, shared, standing);
  const fix = 'Join the routes in one VirtualService: Istio promises no order between several.';
  switch (standing) {
    case 'narrower':
      return {
        severity: 'info',
        code: 'WB0321',
        sentence: `requests for ${host} go to VirtualService ${name} alone`,
        fix: '',
      };
    case 'first':
      return {
        severity: 'warning',
        code: 'WB0322',
        sentence: `no request gets here: the older VirtualService ${name} wins for ${shared} at ${gateway}`,
        fix,
      };
    case 'after':
      return {
        severity: 'info',
        code: 'WB0323',
        sentence: `wins over the younger VirtualService ${name} for ${shared} at ${gateway}`,
        fix,
      };
    case 'joined':
      return {
        severity: 'info',
        code: 'WB0324',
        sentence: `VirtualService ${name} shares ${shared} at ${gateway}: its matches get their requests`,
        fix,
      };
  }
}

/** Sidecars do not join: they obey the oldest VirtualService for a host. */
function meshNote(name: string, host: string, standing: Rival['standing']): Note {
  const fix = 'Join the routes in one VirtualService.';
  if (standing === 'first') {
    const sentence = `no effect on sidecars: the older VirtualService ${name} wins for ${host}`;
    return { severity: 'error', code: 'IST0109', sentence, fix };
  }
  const sentence =
    standing === 'narrower'
      ? `requests for ${host} go to VirtualService ${name} alone`
      : `sidecars obey this one alone for ${host}, not the younger VirtualService ${name}`;
  return {
    severity: standing === 'narrower' ? 'info' : 'warning',
    code: standing === 'narrower' ? 'WB0321' : 'IST0109',
    sentence,
    fix,
  };
}

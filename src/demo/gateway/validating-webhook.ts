import { deniedByWebhook, type Refusal, webhookFailed } from '../api/status-error.ts';
import { VIRTUAL_SERVICES, type VirtualService } from '../kinds/istio.ts';
import type { Kind, KubeObject } from '../kinds/kind.ts';
import type { Storage } from '../storage.ts';
import { readyIstiods } from './gateway-config.ts';

const WEBHOOK = 'validation.istio.io';

/** What istiod has against the weights of a VirtualService. */
export function weightProblems({ spec }: VirtualService): readonly string[] {
  const routes = [...(spec?.http ?? []), ...(spec?.tcp ?? []), ...(spec?.tls ?? [])];
  return routes.flatMap(({ route = [] }) => {
    const weights = route.map(({ weight = 0 }) => weight);
    const negative = weights.filter(weight => weight < 0).map(weight => `weight ${weight} < 0`);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.length > 1 && sum === 0 ? [...negative, 'total destination weight = 0'] : negative;
  });
}

function asOneText(problems: readonly string[]): string {
  if (problems.length === 1) return problems.join('');
  return `${problems.length} errors occurred:\n${problems.map(problem => `\t* ${problem}\n`).join('')}\n`;
}

/** Istio's validating webhook: what it denies, it denies in istiod's words, and while no istiod runs everything is denied. */
export function createValidatingWebhook(
  storage: Storage,
): (kind: Kind, object: KubeObject) => Refusal | undefined {
  return (kind, object) => {
    if (kind !== VIRTUAL_SERVICES) return undefined;
    if (readyIstiods(storage).length === 0) {
      const url = 'https://istiod.istio-system.svc:443/validate?timeout=10s';
      return webhookFailed(WEBHOOK, `Post "${url}": no endpoints available for service "istiod"`);
    }
    // The kind was just compared.
    const problems = weightProblems(object as VirtualService);
    return problems.length === 0
      ? undefined
      : deniedByWebhook(WEBHOOK, `configuration is invalid: ${asOneText(problems)}`);
  };
}

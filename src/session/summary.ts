import { weightsText } from '../kube/split.ts';
import type { AppState } from './state.ts';

/** What is left on the terminal after the screen: what is applied, and what was not sent. Empty where no route was found. */
export function summary({ connection, weights }: AppState): string {
  const { applied, requested, patch } = weights;
  if (!applied) return '';
  const { namespace, name } = applied.virtualService;
  const where = connection.isDemo ? 'the demo cluster (gone now)' : connection.context;
  const split = applied.route.destinations
    .map(({ label }, index) => `${label} ${applied.weights[index] ?? '–'}`)
    .join(', ');
  const lines = [`VirtualService ${namespace}/${name} on ${where}: applied ${split}`];
  if (patch.kind === 'in-flight') {
    lines.push(
      `${weightsText(requested)} was sent and not answered in time: kubectl get virtualservice ${name} -o yaml shows what holds`,
    );
  }
  return `${lines.join('\n')}\n`;
}

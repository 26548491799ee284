import { sameWeights, splitWords, weightsText } from '../kube/split.ts';
import { isAnswerLost, isAppliedKnown } from './applied-known.ts';
import type { AppState } from './state.ts';

/** What is left on the terminal after the screen: what is applied, and what became of an ask that is not. Empty where no route was found. */
export function summary({ connection, weights }: AppState): string {
  const { applied } = weights;
  if (!applied) return '';
  const { namespace, name } = applied.virtualService;
  const where = connection.isDemo ? 'the demo cluster (gone now)' : connection.context;
  const split = splitWords(applied.route, applied.weights);
  const standing = isAppliedKnown(weights) ? 'applied' : 'last known';
  const first = `VirtualService ${namespace}/${name} on ${where}: ${standing} ${split}`;
  return [first, ...unfinishedWeights(weights)].map(line => `${line}\n`).join('');
}

/** What became of weights that were asked for and are not applied, a line each; empty where everything asked for is. */
export function unfinishedWeights(weights: AppState['weights']): readonly string[] {
  const { applied, requested, patch, refusedAsk } = weights;
  const sent = patch.kind === 'in-flight' ? patch.wanted : undefined;
  const look = `kubectl get virtualservice ${applied?.virtualService.name} -o yaml shows what holds`;
  const lines: string[] = [];
  if (sent) lines.push(`${weightsText(sent)} was sent and not answered in time: ${look}`);
  if (!sameWeights(requested, sent ?? applied?.weights ?? []))
    lines.push(`${weightsText(requested)} was not sent`);
  if (refusedAsk) {
    const became = isAnswerLost(weights) ? `was not answered: ${look}` : 'was refused';
    lines.push(`${weightsText(refusedAsk)} ${became}`);
  }
  return lines;
}

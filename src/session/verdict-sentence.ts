import { plainText } from '../plain-text.ts';
import type { Verdict } from '../traffic/verdict.ts';

/** Whatever a cluster calls a version, as a text to draw. */
export type NameVersion = (label: string) => string;

const asItIs: NameVersion = label => plainText(label, 63);

/** A verdict with its numbers. Where samples do not count yet, what they wait for. */
export function verdictSentence(verdict: Verdict, name: NameVersion = asItIs): string {
  switch (verdict.kind) {
    case 'no-samples':
      return 'no samples yet';
    case 'settling':
      return 'settling: waiting for traffic to follow';
    case 'cannot-be-timed':
      return 'settling: too small a change to time';
    case 'unattributed':
      return `${verdict.unattributed} answers, none shows its version`;
    case 'agrees':
      return agreement(verdict);
    case 'does-not-agree':
      return disagreement(verdict, name);
    case 'needs-more':
      return `needs about ${verdict.about} more samples (${verdict.samples} so far)`;
  }
}

function agreement({ samples, halfWidth, intervals }: Extract<Verdict, { kind: 'agrees' }>): string {
  const method = intervals === 'Goodman' ? ' for all at once (Goodman)' : '';
  return `agrees: ${samples} samples, within ${(halfWidth * 100).toFixed(1)} points${method}`;
}

function disagreement(verdict: Extract<Verdict, { kind: 'does-not-agree' }>, name: NameVersion): string {
  const { count, samples, applied, share } = verdict;
  const version = name(verdict.version);
  if (verdict.because === 'weight-zero') {
    return `does not agree: ${version} has weight 0 and answered ${count} of ${samples}`;
  }
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  return `does not agree: ${version} answers ${percent(share)}, applied ${percent(applied)} (${samples} samples)`;
}

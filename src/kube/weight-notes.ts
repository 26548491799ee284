import type { Note } from './finding.ts';
import { askedShares, isSplit, type RawWeights, sumOf, weightsText } from './split.ts';
import { type Route, rawWeights } from './virtual-service.ts';

const MAX_SUM_WORDS = '4294967295';

/** What the weights of a route mean where they are not what weighbridge writes. */
export function weightNotes(route: Route): readonly Note[] {
  return [...refusedOrShares(rawWeights(route)), ...twinNotes(route)];
}

function refusedOrShares(weights: RawWeights): readonly Note[] {
  if (isSplit(weights)) return [];
  const shares = askedShares(weights);
  if (!shares) {
    return [
      {
        severity: 'error',
        code: 'IST0106',
        sentence: `Envoy refuses weights ${weightsText(weights)} (${whyRefused(weights)}) and keeps those of before`,
        fix: 'Shift: that writes weights which sum to 100.',
      },
    ];
  }
  const isAbsent = weights.includes(undefined);
  const sum = sumOf(weights);
  return [
    {
      severity: 'info',
      code: isAbsent ? 'WB0302' : 'WB0301',
      sentence: `weights ${weightsText(weights)} ${meaningOf(sum, isAbsent)}`,
      fix: '',
    },
  ];
}

function meaningOf(sum: number, isAbsent: boolean): string {
  if (sum === 100) return 'leave one out, which counts as 0; the first shift writes it';
  const shares = isAbsent ? 'absent is 0, the rest are shares' : 'they are shares';
  return `sum to ${sum}: ${shares}; the first shift makes it 100`;
}

function whyRefused(weights: RawWeights): string {
  if (weights.some(weight => (weight ?? 0) < 0)) return 'one is negative';
  return sumOf(weights) === 0 ? 'their sum is 0' : `their sum is above ${MAX_SUM_WORDS}`;
}

/** Two destinations that are the same cannot be told apart by what answers. */
function twinNotes({ destinations }: Route): readonly Note[] {
  const twin = destinations.find(({ label }) => /#\d+$/.test(label));
  if (!twin) return [];
  const what = twin.subset ? `${twin.host} ${twin.subset}` : twin.host;
  return [
    {
      severity: 'info',
      code: 'WB0303',
      sentence: `${what} is listed twice: its weights add up, and nothing tells them apart`,
      fix: 'Leave one destination of them.',
    },
  ];
}

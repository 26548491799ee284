/** The shares that Envoy makes of weights: relative to their sum, a negative one as 0; all 0 where the sum is. */
export function sharesOf(
  weights: Readonly<Record<string, number>>,
  labels: readonly string[],
): readonly number[] {
  const positive = labels.map(label => Math.max(0, weights[label] ?? 0));
  const sum = positive.reduce((total, weight) => total + weight, 0);
  return positive.map(weight => (sum === 0 ? 0 : weight / sum));
}

/** The share of one label among all that the weights name; undefined where they do not name it. */
export function shareOfWeights(weights: Readonly<Record<string, number>>, label: string): number | undefined {
  const labels = Object.keys(weights);
  return sharesOf(weights, labels)[labels.indexOf(label)];
}

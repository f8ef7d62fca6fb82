/** From logits to probabilities. */

/**
 * Softmax, or sigmoid for each class by itself, of logits / temperature (Guo 2017), in double precision.
 * @returns values of 0 to 1, in the order of the logits
 */
export function probabilitiesOf(logits: readonly number[], activation: 'softmax' | 'sigmoid', temperature: number): number[] {
  const scaled = logits.map((y) => y / temperature);
  if (activation === 'sigmoid') return scaled.map((y) => 1 / (1 + Math.exp(-y)));
  const largest = Math.max(...scaled);
  const exponentials = scaled.map((y) => Math.exp(y - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((e) => e / sum);
}

/** From logits to probabilities. */

/**
 * Softmax, or sigmoid for each class by itself, of logits / temperature (Guo 2017), in double precision.
 * @returns values of 0 to 1, in the order of the logits
 */
export function probabilitiesOf(logits: readonly number[], activation: 'softmax' | 'sigmoid', temperature: number): number[] {
  const scaled = logits.map((y) => y / temperature);
  return activation === 'sigmoid' ? scaled.map((y) => 1 / (1 + Math.exp(-y))) : softmax(scaled);
}

/**
 * Sigmoid for each class by itself, of logits / temperature, divided by their sum: one class out of several by a model of one classifier a class against the rest
 * (scikit-learn's OneVsRestClassifier). The order of the classes stays. Where all classes are unlikely the sum is small, and that does not show any more.
 * @returns values of 0 to 1 that sum to 1, however small the scores
 */
export function oneVsRestProbabilities(logits: readonly number[], temperature: number): number[] {
  // By logarithms: the scores of −1000 are 0, their shares are not.
  return softmax(logits.map((y) => y / temperature).map((y) => Math.min(y, 0) - Math.log1p(Math.exp(-Math.abs(y)))));
}

function softmax(scaled: readonly number[]): number[] {
  const largest = Math.max(...scaled);
  const exponentials = scaled.map((y) => Math.exp(y - largest));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((e) => e / sum);
}

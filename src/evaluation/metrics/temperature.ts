/** Temperature scaling (Guo, Pleiss, Sun and Weinberger 2017): probabilities made milder or sharper so that they mean what they say. */
import { SmearLensError } from '../../errors';
import type { PredictionSet } from '../types';
import { LOG_LOSS_CLIP } from './calibration';

/** Of the inverse temperature: where all are right, ever sharper would be ever better, and where all are wrong, ever milder. */
const [LOWEST, HIGHEST] = [1 / 100, 100];
/** Halvings of the range of ln(1/T): to the last digits of a double. */
const HALVINGS = 60;

/**
 * The temperature T of 0.01 to 100 that minimises the log loss of softmax(ln p / T), which is softmax(logits / T). The loss is convex in 1/T, so its
 * derivative, mean of
 * E[ln p] − ln p_true, is brought to 0 by bisection. Probabilities are clipped at 2.22e-16, as in the log loss; images with NaN are passed over.
 * @throws SmearLensError `input-invalid` where no image has scores
 */
export function fitTemperature({ rows }: PredictionSet): number {
  const scored = rows.filter(({ probabilities }) => !probabilities.some(Number.isNaN));
  if (scored.length === 0) throw new SmearLensError('input-invalid', 'There are no predictions to fit a temperature to.', 'Name a validation part that has labelled images.');
  const logs = scored.map(({ probabilities }) => probabilities.map((p) => Math.log(Math.max(p, LOG_LOSS_CLIP))));
  const derivative = (inverse: number): number =>
    logs.reduce((sum, log, i) => {
      const weights = softened(log, inverse);
      return sum + log.reduce((mean, l, c) => mean + weights[c] * l, 0) - log[scored[i].label];
    }, 0);
  let [low, high] = [Math.log(LOWEST), Math.log(HIGHEST)];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (derivative(Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return Math.exp(-(low + high) / 2);
}

/**
 * The set with probabilities softmax(ln p / temperature), i.e. p^(1/T) over their sum; a probability of 0 stays 0. The order of the classes stays, and so does
 * the class predicted; an image with NaN stays as it is.
 * @param temperature above 0; 1 changes nothing but the sum, which becomes 1
 * @throws SmearLensError `input-invalid` of another temperature
 */
export function withTemperature(set: PredictionSet, temperature: number): PredictionSet {
  if (!(temperature > 0 && temperature < Infinity)) throw new SmearLensError('input-invalid', `${temperature} is no temperature.`, 'Give a number above 0.');
  const soften = (probabilities: readonly number[]): readonly number[] =>
    probabilities.some(Number.isNaN) ? probabilities : softened(probabilities.map((p) => Math.log(Math.max(p, 0))), 1 / temperature);
  return { ...set, rows: set.rows.map((row) => ({ ...row, probabilities: soften(row.probabilities) })) };
}

function softened(logs: readonly number[], inverse: number): number[] {
  const largest = Math.max(...logs);
  const powers = logs.map((l) => Math.exp((l - largest) * inverse));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((p) => p / sum);
}

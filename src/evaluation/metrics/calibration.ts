/** Do the probabilities mean what they say? Figures of the probabilities themselves, whatever class was made of them. */
import type { Calibration, CalibrationBin, PredictionSet } from '../types';
import { likeliest } from './likeliest';

/** What scikit-learn (1.3 and later) clips the log loss of double precision at: the machine epsilon. */
export const LOG_LOSS_CLIP = 2 ** -52;
const BINS = 15;

export interface Losses<T> {
  readonly brier: T;
  readonly logLoss: T;
}

/** Loss of each image: Brier Σ_c (p_c − y_c)², 0 to 2; and −ln p of the true class, p clipped to 2.22e-16 ... 1 − 2.22e-16. NaN where a score is NaN. */
export function lossesOf({ rows }: PredictionSet): Losses<Float64Array> {
  return {
    brier: Float64Array.from(rows, ({ probabilities, label }) => probabilities.reduce((sum, p, c) => sum + (p - (c === label ? 1 : 0)) ** 2, 0)),
    logLoss: Float64Array.from(rows, ({ probabilities, label }) => (probabilities.some(Number.isNaN) ? NaN : -Math.log(Math.min(Math.max(probabilities[label], LOG_LOSS_CLIP), 1 - LOG_LOSS_CLIP)))),
  };
}

/**
 * Mean losses, and the expected calibration error (Naeini 2015; Guo 2017): Σ_b n_b/n · |accuracy_b − confidence_b| over 15 equal bins of the highest
 * probability, each closed on the right. All null where a score is NaN. Log loss is not renormalised (scikit-learn 1.5 and later).
 */
export function calibrationOf(set: PredictionSet, losses: Losses<Float64Array>): Calibration {
  const { brier, logLoss } = meanLosses(losses);
  const [counts, confidences, right] = [new Float64Array(BINS), new Float64Array(BINS), new Float64Array(BINS)];
  for (const { probabilities, label } of set.rows) {
    const top = likeliest(probabilities);
    if (top < 0) continue;
    const bin = binOf(probabilities[top]);
    counts[bin]++;
    confidences[bin] += probabilities[top];
    if (top === label) right[bin]++;
  }
  const bins: CalibrationBin[] = Array.from(counts, (count, b) => ({
    low: b / BINS,
    high: (b + 1) / BINS,
    count,
    confidence: count > 0 ? confidences[b] / count : null,
    accuracy: count > 0 ? right[b] / count : null,
  }));
  const ece = Array.from(counts, (_, b) => Math.abs(right[b] - confidences[b])).reduce((sum, gap) => sum + gap, 0) / set.rows.length;
  return { ...(Number.isNaN(brier) ? { ece: null, brier: null, logLoss: null } : { ece, brier, logLoss }), bins };
}

/** The bin (b/15, (b+1)/15] of a probability; the first also holds 0. Compared with its edges, since p·15 is rounded. */
function binOf(probability: number): number {
  const bin = Math.min(Math.max(Math.ceil(probability * BINS) - 1, 0), BINS - 1);
  if (bin > 0 && probability <= bin / BINS) return bin - 1;
  return bin < BINS - 1 && probability > (bin + 1) / BINS ? bin + 1 : bin;
}

/** NaN where that of an image is. */
export function meanLosses({ brier, logLoss }: Losses<Float64Array>): Losses<number> {
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { brier: mean(brier), logLoss: mean(logLoss) };
}

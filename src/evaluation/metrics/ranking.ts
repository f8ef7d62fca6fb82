/** How well one class's scores rank its images before the others: ROC, precision and recall, and the areas under both. */
import type { PrecisionRecallCurve, PredictionSet, RocCurve } from '../types';

/** A set's images by ascending score of one class. */
export interface Ranking {
  /** Indices of the images. */
  readonly rows: Int32Array;
  readonly scores: Float64Array;
  /** 1: the image is of the class. */
  readonly positive: Uint8Array;
  /** 1: the next score is another one. */
  readonly tieEnd: Uint8Array;
  readonly positives: number;
  readonly negatives: number;
}

/** @returns null where a score of the class is NaN: such an image has no rank, and leaving it out would change the figure without a word */
export function rankingOf({ rows: predictions }: PredictionSet, classIndex: number): Ranking | null {
  const n = predictions.length;
  const unsorted = Float64Array.from(predictions, (row) => row.probabilities[classIndex]);
  if (unsorted.some(Number.isNaN)) return null;
  const rows = Int32Array.from({ length: n }, (_, i) => i).sort((i, j) => unsorted[i] - unsorted[j] || i - j);
  const scores = Float64Array.from(rows, (i) => unsorted[i]);
  const positive = Uint8Array.from(rows, (i) => (predictions[i].label === classIndex ? 1 : 0));
  const tieEnd = Uint8Array.from(scores, (score, i) => (score === scores[i + 1] ? 0 : 1));
  const positives = positive.reduce((sum, p) => sum + p, 0);
  return { rows, scores, positive, tieEnd, positives, negatives: n - positives };
}

/**
 * The ranking in one array, for the thousands of times that a bootstrap goes through it: each image's unit (patient or image) times 4, plus 2 if it is of the
 * class, plus 1 if the
 * next score is another one.
 * @param unitOf of each image, by its index
 */
export function packRanking({ rows, positive, tieEnd }: Ranking, unitOf: Int32Array): Int32Array {
  return rows.map((row, i) => 4 * unitOf[row] + 2 * positive[i] + tieEnd[i]);
}

/**
 * Area under the ROC curve: the share of pairs of an image of the class and another one in which the first has the higher score, ties counting half (Mann and
 * Whitney 1947). NaN
 * where either kind is missing.
 * @param packed see {@link packRanking}
 * @param weights how often each unit counts
 */
export function aucOf(packed: Int32Array, weights: Uint32Array): number {
  let [pairs, positives, negatives, tiedPositives, tiedNegatives] = [0, 0, 0, 0, 0];
  for (let i = 0; i < packed.length; i++) {
    const image = packed[i];
    const weight = weights[image >> 2];
    const asPositive = (image & 2) !== 0 ? weight : 0;
    tiedPositives += asPositive;
    tiedNegatives += weight - asPositive;
    if ((image & 1) !== 0) {
      pairs += tiedPositives * (negatives + tiedNegatives / 2);
      positives += tiedPositives;
      negatives += tiedNegatives;
      tiedPositives = tiedNegatives = 0;
    }
  }
  return pairs / (positives * negatives);
}

/** Each distinct threshold from the highest down, with the images at or above it. */
function* steps({ scores, positive, tieEnd }: Ranking): Generator<{ threshold: number; truePositives: number; falsePositives: number }> {
  let [truePositives, falsePositives] = [0, 0];
  for (let i = scores.length - 1; i >= 0; i--) {
    if (positive[i] === 1) truePositives++;
    else falsePositives++;
    if (i === 0 || tieEnd[i - 1] === 1) yield { threshold: scores[i], truePositives, falsePositives };
  }
}

/** scikit-learn's `roc_curve(drop_intermediate=False)`; null where the class or its contrary has no images. */
export function rocOf(ranking: Ranking): RocCurve | null {
  const { positives, negatives } = ranking;
  if (positives === 0 || negatives === 0) return null;
  const [fpr, tpr, thresholds] = [[0], [0], [Infinity]];
  for (const { threshold, truePositives, falsePositives } of steps(ranking)) {
    fpr.push(falsePositives / negatives);
    tpr.push(truePositives / positives);
    thresholds.push(threshold);
  }
  return { fpr, tpr, thresholds };
}

/** scikit-learn's `precision_recall_curve`, thresholds ascending; null where the class has no images. */
export function precisionRecallOf(ranking: Ranking): PrecisionRecallCurve | null {
  if (ranking.positives === 0) return null;
  const [precision, recall, thresholds]: number[][] = [[1], [0], []];
  for (const { threshold, truePositives, falsePositives } of steps(ranking)) {
    precision.push(truePositives / (truePositives + falsePositives));
    recall.push(truePositives / ranking.positives);
    thresholds.push(threshold);
  }
  return { precision: precision.reverse(), recall: recall.reverse(), thresholds: thresholds.reverse() };
}

/** Σ (R_i − R_{i−1})·P_i, scikit-learn's `average_precision_score`: no interpolation, which would be optimistic. */
export function averagePrecisionOf({ precision, recall }: PrecisionRecallCurve): number {
  return precision.reduce((sum, p, i) => (i + 1 < recall.length ? sum + p * (recall[i] - recall[i + 1]) : sum), 0);
}

/** What is made of probabilities: another threshold for a class, or no class at all where the model is not sure. */
import { SmearLensError } from '../../errors';
import type { Prediction, PredictionSet } from '../types';
import { likeliest } from './likeliest';

/**
 * The set with the class predicted whose probability is the largest multiple of its threshold. All thresholds equal: the likeliest class. Of two classes with
 * thresholds t
 * and 1 − t, the first one is predicted from t on. An image without a predicted class stays without.
 * @param thresholds one a class, above 0, up to 1
 * @throws SmearLensError `input-invalid` of other thresholds
 */
export function withThresholds(set: PredictionSet, thresholds: readonly number[]): PredictionSet {
  const fit = thresholds.length === set.classes.length && thresholds.every((t) => t > 0 && t <= 1);
  if (!fit) throw new SmearLensError('input-invalid', `${thresholds.join(', ')}: no thresholds for ${set.classes.length} classes.`, 'Give one number above 0, up to 1, for each class.');
  return decided(set, ({ probabilities, predicted }) => (predicted < 0 ? -1 : likeliest(probabilities.map((p, c) => p / thresholds[c]))));
}

/** The set with no class predicted (-1, 'Unidentified') for images whose highest probability is below a threshold of 0 to 1, or that have none. */
export function abstaining(set: PredictionSet, threshold: number): PredictionSet {
  return decided(set, (row) => (confidenceOf(row) >= threshold ? row.predicted : -1));
}

/** Of the images with at least this confidence: their share of all, and the share of them that is right. */
export interface CoveragePoint {
  readonly threshold: number;
  readonly coverage: number;
  readonly accuracy: number;
}

/**
 * What abstaining below each confidence gives (the risk-coverage curve of El-Yaniv and Wiener 2010): a point for each distinct highest probability, from the
 * lowest, where all
 * images with scores are kept, to the highest. Empty where no image has scores.
 */
export function coverageCurve(set: PredictionSet): CoveragePoint[] {
  const kept = set.rows.map((row) => ({ confidence: confidenceOf(row), right: row.predicted === row.label })).filter(({ confidence }) => !Number.isNaN(confidence));
  kept.sort((a, b) => b.confidence - a.confidence);
  const points: CoveragePoint[] = [];
  let right = 0;
  kept.forEach((image, i) => {
    if (image.right) right++;
    if (image.confidence !== kept.at(i + 1)?.confidence) points.push({ threshold: image.confidence, coverage: (i + 1) / set.rows.length, accuracy: right / (i + 1) });
  });
  return points.reverse();
}

/** The highest probability; NaN where there is none. */
function confidenceOf({ probabilities }: Prediction): number {
  return probabilities[likeliest(probabilities)] ?? NaN;
}

function decided(set: PredictionSet, predicted: (row: Prediction) => number): PredictionSet {
  return { ...set, rows: set.rows.map((row) => ({ ...row, predicted: predicted(row) })) };
}

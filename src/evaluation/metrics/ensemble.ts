/** Several models as one. */
import { SmearLensError } from '../../errors';
import type { PredictionSet } from '../types';
import { likeliest } from './likeliest';
import { requireSameImages } from './sameImages';

/**
 * The mean of the models' probabilities for each image and class.
 * @throws SmearLensError `input-invalid` of no sets, or of sets that do not cover the same images, labels and classes
 */
export function ensembleOf(sets: readonly PredictionSet[]): PredictionSet {
  if (sets.length === 0) throw new SmearLensError('input-invalid', 'An ensemble of no models.', 'Name at least two models.');
  requireSameImages(sets.map((set, i) => ({ id: `model ${i + 1}`, set })));
  const [first] = sets;
  const rows = first.rows.map((row, i) => {
    const probabilities = row.probabilities.map((_, c) => sets.reduce((sum, set) => sum + set.rows[i].probabilities[c], 0) / sets.length);
    return { ...row, probabilities, predicted: likeliest(probabilities) };
  });
  return { ...first, rows };
}

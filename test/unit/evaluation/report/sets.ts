/** Prediction sets of few images, for the report's tests. */
import type { Prediction, PredictionSet } from '../../../../src/evaluation/types';

export const CLASSES = [{ id: 'Benign', name: 'Benign (hematogones)', superclass: 'benign' }, { id: 'Pre', name: 'Pre-B', superclass: 'malignant' }];

export function row(path: string, label: number, probabilities: readonly number[]): Prediction {
  return { path, sha256: '', label, predicted: probabilities.indexOf(Math.max(...probabilities)), probabilities };
}

export function setOf(...rows: Prediction[]): PredictionSet {
  return { classes: CLASSES, rows, groupSource: 'none' };
}

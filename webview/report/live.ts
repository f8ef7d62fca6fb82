/** The figures at thresholds that the reader moves: the same metrics as the evaluation's own. */
import { metricsOf } from '../../src/evaluation/metrics/metrics';
import { abstaining, withThresholds } from '../../src/evaluation/metrics/decisions';
import type { Metrics, Prediction, PredictionSet } from '../../src/evaluation/types';
import type { Evaluated } from './data';

/** An image with the class that it gets now; -1: none, 'Unidentified'. */
export interface LiveRow extends Prediction {
  /** The highest probability; NaN where there is none. */
  readonly confidence: number;
}

export interface Live {
  /** An unidentified image counts as wrong. Only the evaluation's own have intervals. */
  readonly metrics: Metrics;
  /** All images, in the order of the set. */
  readonly rows: readonly LiveRow[];
  /** Share of the images that get a class. */
  readonly coverage: number;
  /** Share of these that is right; null where there are none. */
  readonly accuracyOfIdentified: number | null;
  /** Whether any threshold differs from the evaluation's. */
  readonly adjusted: boolean;
}

export function asEvaluated({ model, set }: Evaluated): Live {
  return live(model.metrics, set, false);
}

/**
 * @param thresholds one a class; undefined: as evaluated
 * @param abstainBelow 0 to 1
 */
export function liveOf(set: PredictionSet, thresholds: readonly number[] | undefined, abstainBelow: number): Live {
  const decided = abstaining(thresholds ? withThresholds(set, thresholds) : set, abstainBelow);
  return live(metricsOf(decided, { intervals: false }), decided, true);
}

function live(metrics: Metrics, { rows }: PredictionSet, adjusted: boolean): Live {
  const counted = rows.map((row): LiveRow => ({ ...row, confidence: Math.max(...row.probabilities) }));
  const known = counted.filter(identified);
  const accuracyOfIdentified = known.length > 0 ? known.filter((row) => !wrong(row)).length / known.length : null;
  return { metrics, rows: counted, coverage: known.length / rows.length, accuracyOfIdentified, adjusted };
}

export function identified({ predicted }: LiveRow): boolean {
  return predicted >= 0;
}

/** Got a class, and not the true one. */
export function wrong({ label, predicted }: LiveRow): boolean {
  return predicted >= 0 && label !== predicted;
}

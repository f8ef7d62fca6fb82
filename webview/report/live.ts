/** The figures at thresholds that the reader moves: the same metrics as the evaluation's own, on the images that still get a class. */
import { abstaining, metricsOf, withThresholds } from '../../src/evaluation/metrics';
import type { Metrics, Prediction, PredictionSet } from '../../src/evaluation/types';
import type { Evaluated } from './data';

/** An image with the class that it gets now. */
export interface LiveRow extends Prediction {
  /** The highest probability. */
  readonly confidence: number;
  /** False where the confidence is too low: 'Unidentified'. */
  readonly identified: boolean;
}

export interface Live {
  /** Of the images that get a class. Those of the evaluation itself have intervals. */
  readonly metrics: Metrics;
  /** All images, in the order of the set. */
  readonly rows: readonly LiveRow[];
  /** Images of each class that get none. */
  readonly unidentified: readonly number[];
  /** Whether any threshold differs from the evaluation's. */
  readonly adjusted: boolean;
}

export function asEvaluated({ model, set }: Evaluated): Live {
  return { metrics: model.metrics, rows: set.rows.map((row) => liveRow(row, 0)), unidentified: set.classes.map(() => 0), adjusted: false };
}

/**
 * @param thresholds one a class; undefined: as evaluated
 * @param abstainBelow 0 to 1
 */
export function liveOf(set: PredictionSet, thresholds: readonly number[] | undefined, abstainBelow: number): Live {
  const decided = thresholds ? withThresholds(set, thresholds) : set;
  const rows = decided.rows.map((row) => liveRow(row, abstainBelow));
  const unidentified = set.classes.map(() => 0);
  for (const { label, identified } of rows) if (!identified) unidentified[label]++;
  return { metrics: metricsOf(abstaining(decided, abstainBelow), { intervals: false }), rows, unidentified, adjusted: true };
}

function liveRow(row: Prediction, abstainBelow: number): LiveRow {
  const confidence = Math.max(...row.probabilities);
  return { ...row, confidence, identified: confidence >= abstainBelow };
}

/** Images of which something may be said to be wrong: those that got a class, and not theirs. */
export function wrong({ label, predicted, identified }: LiveRow): boolean {
  return identified && label !== predicted;
}

/** The figures at thresholds that the reader moves: those of the metrics that depend on the predicted class, counted anew. */
import { confusionOf, figuresOf, type Confusion } from '../../src/evaluation/metrics/confusion';
import { abstaining, withThresholds } from '../../src/evaluation/metrics/decisions';
import { twoClassSet } from '../../src/evaluation/metrics/twoClass';
import type { Metrics, Prediction, PredictionSet, TwoClassMetrics } from '../../src/evaluation/types';
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
 * What ranks images (AUC, curves) and what weighs probabilities (calibration) knows no threshold and stays as evaluated.
 * @param thresholds one a class; undefined: as evaluated
 * @param abstainBelow 0 to 1
 */
export function liveOf({ model, set }: Evaluated, thresholds: readonly number[] | undefined, abstainBelow: number): Live {
  const decided = abstaining(thresholds ? withThresholds(set, thresholds) : set, abstainBelow);
  return live(recounted(model.metrics, decided), decided, true);
}

function recounted(metrics: Metrics, set: PredictionSet): Metrics {
  const confusion = confusionOf(set);
  const { accuracy, balancedAccuracy, kappa, mcc, macro, weighted, perClass } = figuresOf(confusion, metrics.classes.map(() => NaN));
  const ofClass = (id: string, i: number): [string, Metrics['perClass'][string]] => [id, { ...metrics.perClass[id], ...perClass[i], auc: metrics.perClass[id].auc, intervals: {} }];
  return {
    ...metrics,
    ...{ accuracy, balancedAccuracy, kappa, mcc },
    macro: { ...macro, auc: metrics.macro.auc },
    weighted: { ...weighted, auc: metrics.weighted.auc },
    perClass: Object.fromEntries(metrics.classes.map(ofClass)),
    ...matrixOf(confusion),
    twoClass: metrics.twoClass && recountedTwoClass(metrics.twoClass, set),
    intervals: {},
  };
}

function matrixOf({ classes: k, cells }: Confusion): Pick<Metrics, 'confusionMatrix' | 'unidentified'> {
  const rows = Array.from({ length: k }, (_, truth) => [...cells.subarray(truth * (k + 1), (truth + 1) * (k + 1))]);
  const unidentified = rows.map((row) => row[k]);
  return { confusionMatrix: rows.map((row) => row.slice(0, k)), unidentified: unidentified.some((n) => n > 0) ? unidentified : undefined };
}

function recountedTwoClass(metrics: TwoClassMetrics, set: PredictionSet): TwoClassMetrics {
  const pair = twoClassSet(set);
  if (!pair) return metrics;
  const { accuracy, perClass } = figuresOf(confusionOf(pair), [NaN, NaN]);
  const { sensitivity, specificity } = perClass[1];
  return { ...metrics, accuracy, sensitivity, specificity, intervals: {} };
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

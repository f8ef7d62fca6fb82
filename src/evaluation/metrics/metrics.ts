/** All figures of one model on one set of images: the contract's metrics.json. */
import { SmearLensError } from '../../errors';
import type { Averages, ClassMetrics, Metrics, PredictionSet, TwoClassMetrics } from '../types';
import type { ResamplingOptions } from './bootstrap';
import { calibrationOf } from './calibration';
import { count, type Counted } from './counted';
import { intervalsOf, type Intervals } from './intervals';
import { averagePrecisionOf, precisionRecallOf, rocOf } from './ranking';
import { whole, type Steps } from './steps';
import { twoClassSet } from './twoClass';

export interface MetricsOptions extends ResamplingOptions {
  /** false: without intervals, for figures that move while a slider does. */
  readonly intervals?: boolean | undefined;
}

/**
 * Metrics as scikit-learn (1.3 and later) has them, over the model's whole class list, whatever classes the truth holds; docs/ARCHITECTURE.md has the
 * definitions. A class without images counts 0 in the macro averages of precision, sensitivity and F1; its AUC is null, and so is the mean. A class with a NaN
 * score has no AUC and no curves, and losses and calibration error are null; an image is counted by the largest of its scores that are numbers, and as wrong
 * where there is none.
 * @throws SmearLensError `input-invalid` of no images, and where an image has another number of probabilities than there are classes
 */
export function metricsOf(set: PredictionSet, options: MetricsOptions = {}): Metrics {
  return whole(metricsSteps(set, options));
}

/** {@link metricsOf} in steps: seconds, and minutes of 100,000 images, go into the bootstrap. */
export function* metricsSteps(set: PredictionSet, options: MetricsOptions = {}): Steps<Metrics> {
  const { classes, rows } = set;
  if (rows.length === 0) throw new SmearLensError('input-invalid', 'There are no predictions to evaluate.', 'Evaluate a folder with at least one labelled image that can be read.');
  const odd = rows.find((row) => row.probabilities.length !== classes.length);
  if (odd) throw new SmearLensError('input-invalid', `${odd.path}: ${odd.probabilities.length} probabilities for ${classes.length} classes.`, 'Give one probability for each class of the model.');
  const counted = count(set);
  const intervals = yield* estimate(set, counted, options);
  const ids = classes.map((c) => c.id);
  const byClass = <T>(value: (c: number) => T): Record<string, T> => Object.fromEntries(ids.map((id, c) => [id, value(c)]));
  const { confusion, figures, margins, rankings } = counted;
  const curves = rankings.map((ranking) => ranking && precisionRecallOf(ranking));
  const k = classes.length;
  const unidentified = ids.map((_, t) => confusion.cells[t * (k + 1) + k]);
  const twoClass = yield* twoClassMetrics(set, options);
  return {
    classes: ids,
    n: margins.n,
    accuracy: figures.accuracy,
    balancedAccuracy: figures.balancedAccuracy,
    kappa: figures.kappa,
    mcc: figures.mcc,
    macro: averages(figures.macro),
    weighted: averages(figures.weighted),
    perClass: byClass((c): ClassMetrics => {
      const curve = curves[c];
      return { ...averages(figures.perClass[c]), support: margins.support[c], averagePrecision: curve && averagePrecisionOf(curve), intervals: intervals.perClass[c] };
    }),
    confusionMatrix: ids.map((_, t) => Array.from(confusion.cells.subarray(t * (k + 1), t * (k + 1) + k))),
    ...(unidentified.some((images) => images > 0) ? { unidentified } : {}),
    roc: byClass((c) => {
      const ranking = rankings[c];
      return ranking && rocOf(ranking);
    }),
    precisionRecall: byClass((c) => curves[c]),
    calibration: calibrationOf(set, counted.losses),
    ...(twoClass ? { twoClass } : {}),
    intervals: intervals.overall,
  };
}

function* estimate(set: PredictionSet, counted: Counted, options: MetricsOptions): Steps<Intervals> {
  return options.intervals === false ? { overall: {}, perClass: set.classes.map(() => ({})) } : yield* intervalsOf(set, counted, options);
}

function* twoClassMetrics(set: PredictionSet, options: MetricsOptions): Steps<TwoClassMetrics | undefined> {
  const pair = twoClassSet(set);
  if (!pair) return undefined;
  const counted = count(pair);
  const { figures, margins } = counted;
  const { sensitivity, specificity, auc } = averages(figures.perClass[1]);
  const intervals = yield* estimate(pair, counted, options);
  const { sensitivity: ofSensitivity, specificity: ofSpecificity, auc: ofAuc } = intervals.perClass[1];
  return {
    positive: pair.classes[1].id,
    negative: pair.classes[0].id,
    sensitivity,
    specificity,
    accuracy: figures.accuracy,
    auc,
    support: { positive: margins.support[1], negative: margins.support[0] },
    intervals: options.intervals === false ? {} : { sensitivity: ofSensitivity, specificity: ofSpecificity, accuracy: intervals.overall['accuracy'], auc: ofAuc },
  };
}

function averages({ precision, sensitivity, specificity, f1, auc }: Omit<Averages, 'auc'> & { readonly auc: number }): Averages {
  return { precision, sensitivity, specificity, f1, auc: Number.isNaN(auc) ? null : auc };
}

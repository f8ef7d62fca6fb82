/** Figures that follow from how often each class was taken for each. Definitions and zero divisions as in scikit-learn 1.3 and later. */
import type { Averages, PredictionSet } from '../types';

/** Counts of images, truth by prediction: `cells[truth * (classes + 1) + predicted]`; the last column holds those without a predicted class. */
export interface Confusion {
  readonly classes: number;
  readonly cells: Float64Array;
}

/** {@link Averages} while they are reckoned with: NaN where there is no AUC. */
type ClassFigures = Omit<Averages, 'auc'> & { readonly auc: number };

/** All figures of one sample, or of one resample of it. */
export interface Figures {
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly kappa: number;
  readonly mcc: number;
  readonly macro: ClassFigures;
  readonly weighted: ClassFigures;
  readonly perClass: readonly ClassFigures[];
}

/** Sums of a confusion matrix. */
export interface Margins {
  readonly n: number;
  readonly right: number;
  /** Images of each class. */
  readonly support: Float64Array;
  /** How often each class was predicted; one value more, for none. */
  readonly predicted: Float64Array;
}

export const AVERAGED = ['precision', 'sensitivity', 'specificity', 'f1', 'auc'] as const;

/** The cell of {@link Confusion} in which each image counts. */
export function cellsOf({ classes, rows }: PredictionSet): Int32Array {
  const k = classes.length;
  return Int32Array.from(rows, ({ label, predicted }) => label * (k + 1) + (predicted < 0 ? k : predicted));
}

export function confusionOf(set: PredictionSet): Confusion {
  const k = set.classes.length;
  const cells = new Float64Array(k * (k + 1));
  for (const cell of cellsOf(set)) cells[cell]++;
  return { classes: k, cells };
}

export function marginsOf({ classes: k, cells }: Confusion): Margins {
  const [support, predicted] = [new Float64Array(k), new Float64Array(k + 1)];
  let [n, right] = [0, 0];
  for (let t = 0; t < k; t++) {
    for (let p = 0; p <= k; p++) {
      const count = cells[t * (k + 1) + p];
      support[t] += count;
      predicted[p] += count;
      n += count;
    }
    right += cells[t * (k + 1) + t];
  }
  return { n, right, support, predicted };
}

/**
 * Precision TP/(TP+FP), sensitivity TP/(TP+FN), specificity TN/(TN+FP) and F1 2TP/(2TP+FP+FN) one-vs-rest; their mean over all classes and weighted by
 * support; balanced accuracy: mean sensitivity of the classes that the truth holds; Cohen's kappa, unweighted, NaN for constant raters; Matthews' correlation
 * of several classes (Gorodkin 2004), 0 where a side is constant. Images without a predicted class count as wrong.
 * @param aucs one a class, NaN: none. An average with a class that has none is NaN
 * @param whole of a resample: the margins of the sample it was drawn from. A division by zero gives 0; but NaN where the sample had one to divide by, so that
 *   a class that was not drawn is told from one that does not exist
 */
export function figuresOf(confusion: Confusion, aucs: readonly number[], whole?: Margins): Figures {
  const { classes: k, cells } = confusion;
  const { n, right, support, predicted } = marginsOf(confusion);
  const ratio = (part: number, all: number, allOfWhole: number | undefined): number => (all > 0 ? part / all : (allOfWhole ?? 0) > 0 ? NaN : 0);
  const perClass = aucs.map((auc, c) => {
    const hits = cells[c * (k + 1) + c];
    const negatives = n - support[c];
    return {
      precision: ratio(hits, predicted[c], whole?.predicted[c]),
      sensitivity: ratio(hits, support[c], whole?.support[c]),
      specificity: ratio(negatives - (predicted[c] - hits), negatives, whole && whole.n - whole.support[c]),
      f1: ratio(2 * hits, support[c] + predicted[c], whole && whole.support[c] + whole.predicted[c]),
      auc,
    };
  });
  const present = perClass.filter((_, c) => (whole ?? { support }).support[c] > 0);
  return {
    accuracy: right / n,
    balancedAccuracy: present.reduce((sum, f) => sum + f.sensitivity, 0) / present.length,
    kappa: kappaOf(n, right, support, predicted),
    mcc: mccOf(n, right, support, predicted),
    macro: averagesOf(perClass, () => 1 / k),
    weighted: averagesOf(perClass, (c) => support[c] / n),
    perClass,
  };
}

function averagesOf(perClass: readonly ClassFigures[], weight: (c: number) => number): ClassFigures {
  const mean = (name: keyof ClassFigures): number => perClass.reduce((sum, figures, c) => sum + weight(c) * figures[name], 0);
  return { precision: mean('precision'), sensitivity: mean('sensitivity'), specificity: mean('specificity'), f1: mean('f1'), auc: mean('auc') };
}

/**
 * Cohen's kappa, unweighted: 1 − observed/expected disagreement (Cohen 1960); NaN where both are constant and the same.
 * @param right images on which both agree, of `n`
 * @param support how often each class was given by one, and `predicted` by the other
 */
export function kappaOf(n: number, right: number, support: Float64Array, predicted: Float64Array): number {
  return 1 - ((n - right) * n) / (n * n - dot(support, predicted));
}

function mccOf(n: number, right: number, support: Float64Array, predicted: Float64Array): number {
  const variances = (n * n - dot(support, support)) * (n * n - dot(predicted, predicted));
  return variances === 0 ? 0 : (right * n - dot(support, predicted)) / Math.sqrt(variances);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

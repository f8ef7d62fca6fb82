/**
 * Confident learning (Northcutt, Jiang, Chuang 2021, J. Artif. Intell. Res. 70): which given labels do not fit what out-of-sample probabilities say. What it
 * finds are labels to check: the probabilities may be what is wrong. Pure.
 */

/** Labelled images with out-of-sample probabilities. */
export interface JudgedLabels {
  /** Index of the given class, an image. */
  readonly labels: ArrayLike<number>;
  /** [n, classes], row-major; each row sums to 1. */
  readonly probabilities: ArrayLike<number>;
  readonly classes: number;
}

/** How well an image's label fits, 0 to 1; low values are looked at first. */
export interface LabelQuality {
  /** p of the given class. */
  readonly selfConfidence: Float64Array;
  /** (p of the given class − the largest p of another + 1)/2. */
  readonly normalisedMargin: Float64Array;
  /** ln(1 + e)/e with e = H(p)/ln(classes) / p of the given class, as cleanlab scales it; 1 where p says nothing but the given class. */
  readonly confidenceWeightedEntropy: Float64Array;
}

/** Where p is no more than this, it counts as this, so that e stays finite. */
const LEAST = 1e-6;
const SMALLEST_ENTROPY = Number.EPSILON;

export function labelQuality({ labels, probabilities, classes }: JudgedLabels): LabelQuality {
  const n = labels.length;
  const [selfConfidence, normalisedMargin, confidenceWeightedEntropy] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    let [other, entropy] = [0, 0];
    for (let c = 0; c < classes; c++) {
      const p = probabilities[i * classes + c];
      if (c !== labels[i]) other = Math.max(other, p);
      if (p > 0) entropy -= p * Math.log(p);
    }
    const own = probabilities[i * classes + labels[i]];
    const weighted = Math.max(SMALLEST_ENTROPY, entropy / Math.log(classes) / Math.max(LEAST, own));
    selfConfidence[i] = own;
    normalisedMargin[i] = (own - other + 1) / 2;
    confidenceWeightedEntropy[i] = Math.log1p(weighted) / weighted;
  }
  return { selfConfidence, normalisedMargin, confidenceWeightedEntropy };
}

/** By class j: the mean of p_j over the images labelled j; NaN for a class that no image has. */
export function classThresholds({ labels, probabilities, classes }: JudgedLabels): Float64Array {
  const [sums, counts] = [new Float64Array(classes), new Float64Array(classes)];
  for (let i = 0; i < labels.length; i++) {
    sums[labels[i]] += probabilities[i * classes + labels[i]];
    counts[labels[i]]++;
  }
  return sums.map((sum, c) => sum / counts[c]);
}

/** Rounding must not keep a class with one image, whose threshold is its own p, below its threshold. */
const SLACK = 1e-12;

/**
 * By image: the likeliest of the classes whose threshold its p reaches (equation 1), the first of several alike; −1 where there is none. cleanlab takes the
 * likeliest of all classes where several reach theirs, which may be one that does not.
 */
export function confidentClasses({ labels, probabilities, classes }: JudgedLabels): Int32Array {
  const thresholds = classThresholds({ labels, probabilities, classes });
  return Int32Array.from({ length: labels.length }, (_, i) => {
    let best = -1;
    for (let c = 0; c < classes; c++) {
      const p = probabilities[i * classes + c];
      if (p >= thresholds[c] - SLACK && (best < 0 || p > probabilities[i * classes + best])) best = c;
    }
    return best;
  });
}

/** Counts of (given class, confident class). */
export function confidentJoint(judged: JudgedLabels): number[][] {
  const counts = Array.from({ length: judged.classes }, () => Array.from({ length: judged.classes }, () => 0));
  confidentClasses(judged).forEach((c, i) => c >= 0 && counts[judged.labels[i]][c]++);
  return counts;
}

/**
 * The joint scaled so that each row sums to the images of that label (equation 3, times n). A labelled class without a confident image is taken to be
 * as it is labelled; a class that no image has stays zero.
 */
export function calibratedJoint(judged: JudgedLabels): number[][] {
  const given = Array.from({ length: judged.classes }, () => 0);
  for (let i = 0; i < judged.labels.length; i++) given[judged.labels[i]]++;
  return confidentJoint(judged).map((row, label) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((count, c) => (sum > 0 ? (count * given[label]) / sum : c === label ? given[label] : 0));
  });
}

/** How the images are chosen whose labels are to be checked. */
export type Selection = 'confident-off-diagonal' | 'prune-by-class' | 'prune-by-noise-rate' | 'both';

/**
 * Whether each image's label is to be checked.
 *
 * - `confident-off-diagonal`: its confident class is another;
 * - `prune-by-class`: of each class as many as the calibrated joint has off its diagonal, those of least self-confidence;
 * - `prune-by-noise-rate`: of each pair of classes as many as the calibrated joint says, those with the largest p_other − p_given;
 * - `both`: of the two before, those that both choose.
 *
 * Counts are rounded, halves up; of images alike the first is chosen.
 */
export function labelsToCheck(judged: JudgedLabels, selection: Selection): boolean[] {
  const { labels, probabilities, classes } = judged;
  const n = labels.length;
  if (selection === 'confident-off-diagonal') return Array.from(confidentClasses(judged), (c, i) => c >= 0 && c !== labels[i]);
  if (selection === 'both') {
    const byRate = labelsToCheck(judged, 'prune-by-noise-rate');
    return labelsToCheck(judged, 'prune-by-class').map((chosen, i) => chosen && byRate[i]);
  }
  const joint = calibratedJoint(judged);
  const chosen = Array.from({ length: n }, () => false);
  const choose = (label: number, count: number, worst: (i: number) => number): void => {
    const own = Array.from({ length: n }, (_, i) => i).filter((i) => labels[i] === label);
    for (const i of own.sort((a, b) => worst(b) - worst(a) || a - b).slice(0, Math.floor(count + 0.5))) chosen[i] = true;
  };
  const p = (i: number, c: number): number => probabilities[i * classes + c];
  for (let label = 0; label < classes; label++) {
    const others = joint[label].map((count, c) => (c === label ? 0 : count));
    if (selection === 'prune-by-class') choose(label, others.reduce((a, b) => a + b, 0), (i) => -p(i, label));
    else others.forEach((count, c) => c !== label && choose(label, count, (i) => p(i, c) - p(i, label)));
  }
  return chosen;
}

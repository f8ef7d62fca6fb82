/** Softmax regression on features: the head that is trained on a frozen network. */
import type { Fit } from '../protocol/training';
import { lbfgs } from './lbfgs';

/** Rows of features with their classes. */
export interface HeadData {
  /** [n, size], row-major. */
  readonly features: Float32Array;
  readonly size: number;
  /** Index of each row's class. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/** A trained head: probabilities are softmax(W·(x − mean)/deviation + b). */
export interface SoftmaxHead {
  readonly size: number;
  readonly classes: number;
  /** Of the training features; deviations of constant features are 1. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** [classes, size + 1], row-major; the last of each row is b. */
  readonly weights: Float64Array;
}

export interface HeadOptions {
  /** λ of λ/2·‖W‖² beside the mean cross-entropy; b is free. scikit-learn's C is 1/(n·λ). */
  readonly l2: number;
  /** Largest component of the gradient at which training ends. */
  readonly tolerance?: number | undefined;
  readonly iterations?: number | undefined;
  /** Asked between steps; training ends where it answers false. */
  readonly goOn?: (() => boolean | Promise<boolean>) | undefined;
}

/** Deviation over mean below which a float32 feature differs by rounding alone. */
const CONSTANT = 1e-7;
const TOLERANCE = 1e-4;
const ITERATIONS = 300;

/**
 * Trains on all rows at once: the objective is convex, so that the same data give the same head, without a seed or a learning rate.
 * @param rows those of the data to train on; all where undefined
 */
export async function trainHead(data: HeadData, options: HeadOptions, rows: ArrayLike<number> = allRows(data)): Promise<SoftmaxHead> {
  const { size, classes } = data;
  const { mean, deviation } = momentsOf(data, rows);
  const x = standardised(data, rows, mean, deviation);
  const labels = Int32Array.from({ length: rows.length }, (_, i) => data.labels[rows[i]]);
  const weights = new Float64Array(classes * (size + 1));
  const { tolerance = TOLERANCE, iterations = ITERATIONS, goOn } = options;
  await lbfgs(weights, (w, gradient) => objective(x, labels, size, classes, options.l2, w, gradient), { tolerance, iterations, goOn });
  return { size, classes, mean, deviation, weights };
}

/** @returns [rows, classes], row-major */
export function probabilitiesOf(head: SoftmaxHead, data: Pick<HeadData, 'features'>, rows: ArrayLike<number>): Float64Array {
  const { size, classes, mean, deviation, weights } = head;
  const x = standardised({ features: data.features, size }, rows, mean, deviation);
  const p = new Float64Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) rowProbabilities(x, i, size, classes, weights, p.subarray(i * classes, (i + 1) * classes));
  return p;
}

/**
 * Mean cross-entropy plus λ/2·‖W‖², and its gradient.
 * @param x standardised features [n, size]
 * @param weights as in {@link SoftmaxHead}
 * @param gradient written, of the size of `weights`
 * @param importance of each class, by which its images' cross-entropies count; all alike where undefined
 */
export function objective(x: Float32Array, labels: Int32Array, size: number, classes: number, l2: number, weights: Float64Array, gradient: Float64Array, importance?: ArrayLike<number>): number {
  const n = labels.length;
  const p = new Float64Array(classes);
  gradient.fill(0);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const share = (importance?.[labels[i]] ?? 1) / n;
    loss += share * rowProbabilities(x, i, size, classes, weights, p, labels[i]);
    for (let c = 0; c < classes; c++) {
      const residual = share * (p[c] - (c === labels[i] ? 1 : 0));
      // What is certain pulls at nothing.
      if (Math.abs(residual) < 1e-16) continue;
      const at = c * (size + 1);
      const row = i * size;
      for (let f = 0; f < size; f++) gradient[at + f] += residual * x[row + f];
      gradient[at + size] += residual;
    }
  }
  let squares = 0;
  for (let c = 0; c < classes; c++) {
    for (let k = c * (size + 1); k < c * (size + 1) + size; k++) {
      squares += weights[k] * weights[k];
      gradient[k] += l2 * weights[k];
    }
  }
  return loss + (l2 / 2) * squares;
}

/**
 * @param x standardised features [n, size]
 * @param weights as in {@link SoftmaxHead}
 * @returns NaN for both where there are no images
 */
export function fitOf(x: Float32Array, labels: Int32Array, size: number, classes: number, weights: Float64Array): Fit {
  const p = new Float64Array(classes);
  let [loss, right] = [0, 0];
  labels.forEach((label, i) => {
    loss += rowProbabilities(x, i, size, classes, weights, p, label);
    if (p.every((v, c) => v < p[label] || c === label || (v === p[label] && c > label))) right++;
  });
  return { loss: loss / labels.length, accuracy: right / labels.length };
}

/** Writes the softmax of row i to `p`; returns its cross-entropy with `label`. */
function rowProbabilities(x: Float32Array, i: number, size: number, classes: number, weights: Float64Array, p: Float64Array, label = 0): number {
  const row = i * size;
  let most = -Infinity;
  for (let c = 0; c < classes; c++) {
    const at = c * (size + 1);
    // Four sums at once: one would wait for itself at each step.
    let [s0, s1, s2, s3] = [weights[at + size], 0, 0, 0];
    let f = 0;
    for (; f + 3 < size; f += 4) {
      s0 += weights[at + f] * x[row + f];
      s1 += weights[at + f + 1] * x[row + f + 1];
      s2 += weights[at + f + 2] * x[row + f + 2];
      s3 += weights[at + f + 3] * x[row + f + 3];
    }
    for (; f < size; f++) s0 += weights[at + f] * x[row + f];
    p[c] = s0 + s1 + s2 + s3;
    if (p[c] > most) most = p[c];
  }
  const own = p[label];
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += p[c] = Math.exp(p[c] - most);
  for (let c = 0; c < classes; c++) p[c] /= sum;
  return Math.log(sum) + most - own;
}

/** Mean and deviation of each feature over these rows, as {@link SoftmaxHead} holds them. */
export function momentsOf({ features, size }: HeadData, rows: ArrayLike<number>): { mean: Float64Array; deviation: Float64Array } {
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (let i = 0; i < rows.length; i++) for (let f = 0; f < size; f++) mean[f] += features[rows[i] * size + f] / rows.length;
  for (let i = 0; i < rows.length; i++) for (let f = 0; f < size; f++) deviation[f] += (features[rows[i] * size + f] - mean[f]) ** 2 / rows.length;
  for (let f = 0; f < size; f++) {
    const own = Math.sqrt(deviation[f]);
    deviation[f] = own > CONSTANT * Math.abs(mean[f]) ? own : 1;
  }
  return { mean, deviation };
}

/** (features − mean)/deviation of these rows, [rows, size]. */
export function standardised({ features, size }: Pick<HeadData, 'features' | 'size'>, rows: ArrayLike<number>, mean: Float64Array, deviation: Float64Array): Float32Array {
  const x = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) for (let f = 0; f < size; f++) x[i * size + f] = (features[rows[i] * size + f] - mean[f]) / deviation[f];
  return x;
}

function allRows({ labels }: HeadData): number[] {
  return Array.from({ length: labels.length }, (_, i) => i);
}

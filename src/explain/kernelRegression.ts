/** Kernel ridge regression with a Gaussian kernel (Rasmussen & Williams 2006, equation 2.25, of a process about its mean). */
import { SmearLensError } from '../errors';

/** Rows of equal length, one after the other. */
export interface Rows {
  readonly data: Float64Array;
  readonly count: number;
  readonly width: number;
}

/** Of the median squared distance between the rows that are known: wide, since scores change slowly from mask to mask. */
const KERNEL_WIDTH = 16;
const RIDGE = 1e-2;

/**
 * Estimates the values of all rows from those of some.
 * @param features what tells the rows from each other
 * @param known indices of rows, without repetition
 * @param values of those rows, in their order: [known, targets]
 * @returns [rows, targets]; those known as they were given
 */
export function estimate(features: Rows, known: readonly number[], values: Rows): Float64Array {
  const distances = squaredDistances(features, known);
  const scale = KERNEL_WIDTH * median(known.flatMap((row) => Array.from(distances.subarray(row * known.length, (row + 1) * known.length))));
  const kernel = distances.map((d) => (scale > 0 ? Math.exp(-d / scale) : 1));
  const { width: targets } = values;
  const mean = Float64Array.from({ length: targets }, (_, t) => known.reduce((sum, _row, i) => sum + values.data[i * targets + t], 0) / known.length);
  const coefficients = solve(known.map((row) => kernel.slice(row * known.length, (row + 1) * known.length)), values, mean);
  const estimated = new Float64Array(features.count * targets);
  for (let row = 0; row < features.count; row++) {
    for (let t = 0; t < targets; t++) {
      let value = mean[t];
      for (let i = 0; i < known.length; i++) value += kernel[row * known.length + i] * coefficients[i * targets + t];
      estimated[row * targets + t] = value;
    }
  }
  known.forEach((row, i) => estimated.set(values.data.subarray(i * targets, (i + 1) * targets), row * targets));
  return estimated;
}

/** Of each row from each of some: [rows, some]. */
export function squaredDistances({ data, count, width }: Rows, some: readonly number[]): Float64Array {
  const out = new Float64Array(count * some.length);
  for (let row = 0; row < count; row++) {
    some.forEach((other, i) => {
      let sum = 0;
      for (let at = 0; at < width; at++) {
        const difference = data[row * width + at] - data[other * width + at];
        sum += difference * difference;
      }
      out[row * some.length + i] = sum;
    });
  }
  return out;
}

/** (K + ridge·I)⁻¹ (y − mean), by Cholesky's decomposition: [known, targets]. */
function solve(kernel: readonly Float64Array[], values: Rows, mean: Float64Array): Float64Array {
  const [size, targets] = [kernel.length, values.width];
  const lower = kernel.map((row) => Float64Array.from(row));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = kernel[i][j] + (i === j ? RIDGE : 0);
      for (let k = 0; k < j; k++) sum -= lower[i][k] * lower[j][k];
      if (i === j && !(sum > 0)) throw new SmearLensError('numeric', 'The weights of the channels could not be estimated (the kernel is not positive definite).', 'Compute Score-CAM exactly.');
      lower[i][j] = i === j ? Math.sqrt(sum) : sum / lower[j][j];
    }
  }
  const x = new Float64Array(size * targets);
  for (let t = 0; t < targets; t++) {
    for (let i = 0; i < size; i++) {
      let sum = values.data[i * targets + t] - mean[t];
      for (let k = 0; k < i; k++) sum -= lower[i][k] * x[k * targets + t];
      x[i * targets + t] = sum / lower[i][i];
    }
    for (let i = size - 1; i >= 0; i--) {
      let sum = x[i * targets + t];
      for (let k = i + 1; k < size; k++) sum -= lower[k][i] * x[k * targets + t];
      x[i * targets + t] = sum / lower[i][i];
    }
  }
  return x;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

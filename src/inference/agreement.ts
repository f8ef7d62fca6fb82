/**
 * A provider that works may still compute wrongly: WebGPU of onnxruntime-node 1.30 gives other values for a 3×3 convolution
 * over 6, 9 or 18 channels (microsoft/onnxruntime#29651), and says nothing. So a provider is believed only after it has given
 * what the CPU gives, for the model at hand.
 */
import type { SmearLensError } from '../errors';
import type { ProviderName } from '../protocol/analysis';
import { providerUnavailable } from './ortErrors';

/**
 * Allowed difference, relative to the largest value of the output. Float32 on a GPU stays near 1e-5, half precision comes to
 * 1e-3 and more, wrong kernels to 0.1 and more.
 */
export const AGREEMENT_TOLERANCE = 1e-3;
/** For models of half precision, which the CPU computes with more digits than a GPU. */
export const HALF_TOLERANCE = 3e-2;

/** Values in [-2, 2), about as large as normalised pixels, without pattern and the same each time. */
export function probeInput(length: number): Float32Array {
  // The linear congruential generator of Numerical Recipes; its high bits are good enough here.
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 30 - 2;
  });
}

/** The largest difference between two outputs, relative to the largest magnitude expected; NaN where a value is NaN. */
export function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  let [difference, largest] = [0, Number.MIN_VALUE];
  for (let i = 0; i < expected.length; i++) {
    const [a = NaN, e = NaN] = [actual[i], expected[i]];
    difference = Math.max(difference, Math.abs(a - e));
    largest = Math.max(largest, Math.abs(e));
  }
  return difference / largest;
}

/**
 * Compares the outputs of one run on `provider` with those of the CPU for the same input.
 *
 * @returns what to throw where they differ
 */
export function disagreement(
  provider: ProviderName,
  file: string,
  actual: readonly Float32Array[],
  expected: readonly Float32Array[],
  tolerance: number = AGREEMENT_TOLERANCE,
): SmearLensError | undefined {
  const worst = Math.max(...expected.map((values, i) => relativeDifference(actual[i] ?? new Float32Array(0), values)));
  if (worst <= tolerance) return undefined;
  const percent = (100 * worst).toPrecision(2);
  return providerUnavailable(provider, `for ${file} it computes other values than the CPU does (they differ by ${percent} %).`);
}

/** Otsu's threshold. */

export interface Threshold {
  /** Values above it are of the upper group. */
  readonly value: number;
  /** Means of the two groups. */
  readonly lower: number;
  readonly upper: number;
}

const BINS = 256;

/**
 * The threshold with the largest variance between the two groups (Otsu 1979), over 256 bins from the least to the largest value.
 * Undefined where all values are equal.
 */
export function otsu(values: ArrayLike<number>): Threshold | undefined {
  let [least, largest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]);
    largest = Math.max(largest, values[i]);
  }
  if (!(largest > least)) return undefined;
  const width = (largest - least) / BINS;
  const [counts, sums] = [new Float64Array(BINS), new Float64Array(BINS)];
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(BINS - 1, Math.floor((values[i] - least) / width));
    counts[bin]++;
    sums[bin] += values[i];
  }
  const all = sums.reduce((a, b) => a + b, 0);
  let [best, below, sumBelow] = [-1, 0, 0];
  let found: Threshold | undefined;
  for (let bin = 0; bin < BINS - 1; bin++) {
    below += counts[bin];
    sumBelow += sums[bin];
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const [lower, upper] = [sumBelow / below, (all - sumBelow) / above];
    const between = below * above * (upper - lower) ** 2;
    if (between > best) {
      best = between;
      found = { value: least + (bin + 1) * width, lower, upper };
    }
  }
  return found;
}

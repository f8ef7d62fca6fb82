/** Sums over the channels of an activation. */

/**
 * ReLU(Σ_k w_k·A_k), summed in double precision.
 * @param activation A: [K, h·w]
 * @param channels the k, with their weights in the same order
 * @returns [h·w]
 */
export function weightedMap(activation: Float32Array, size: number, channels: readonly number[], weights: ArrayLike<number>): Float32Array {
  return weightedSum(activation, size, channels, weights).map((v) => Math.max(0, v));
}

/** The same before the ReLU. */
export function weightedSum(activation: Float32Array, size: number, channels: readonly number[], weights: ArrayLike<number>): Float32Array {
  const sum = new Float64Array(size);
  channels.forEach((k, i) => {
    const weight = weights[i];
    for (let at = 0; at < size; at++) sum[at] += weight * activation[k * size + at];
  });
  return Float32Array.from(sum);
}

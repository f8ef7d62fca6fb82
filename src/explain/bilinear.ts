/**
 * Bilinear interpolation with half-pixel centres, edges repeated, without antialiasing: output position i of `to` lies at
 * (i + ½)·from/to − ½ of the source. As `F.interpolate(mode='bilinear', align_corners=False)` of PyTorch and
 * `cv2.resize(INTER_LINEAR)` have it.
 */

/** The two source positions that an output position lies between, and the share of the second. */
export interface Tap {
  readonly first: number;
  readonly second: number;
  readonly weight: number;
}

export function taps(from: number, to: number): Tap[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const first = Math.floor(at);
    return { first, second: Math.min(first + 1, from - 1), weight: at - first };
  });
}

/** The same as a matrix [to, from], row-major: a column of the source times it is the column resized. */
export function bilinearWeights(from: number, to: number): Float64Array {
  const matrix = new Float64Array(to * from);
  taps(from, to).forEach(({ first, second, weight }, row) => {
    matrix[row * from + first] += 1 - weight;
    matrix[row * from + second] += weight;
  });
  return matrix;
}

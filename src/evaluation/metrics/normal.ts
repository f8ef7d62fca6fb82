/** The normal distribution. */

/** 97.5 % quantile of the standard normal distribution: half the width of a 95 % interval, in standard errors. */
export const Z95 = 1.959963984540054;

/**
 * P(|Z| ≥ |z|) of a standard normal Z, to about 1e-13 of itself: erfc(|z|/√2), as a series near 0 and as a continued fraction beyond (Abramowitz and
 * Stegun 7.1.6, 7.1.14).
 */
export function twoSidedP(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (Number.isNaN(x)) return NaN;
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2) {
    let [term, sum] = [x, x];
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - 2 * scale * sum;
  }
  let fraction = x;
  for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction;
  return scale / fraction;
}

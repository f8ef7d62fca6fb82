/** Do two models differ in how many images they have right? */

/** The smallest double with all its digits. */
const SMALLEST = 2 ** -1022;

/**
 * Exact two-sided McNemar test (1947): p of a split at least as uneven as onlyA to onlyB, were each of these images as likely to be on either side. 1 where
 * there are none.
 * The binomial coefficients are built up from the middle, the largest, by the ratio of neighbours, so nothing overflows and a p of 1e-300 keeps 12 digits; a
 * smaller one is 0.
 * @param onlyA images that only model a has right, a whole number; onlyB likewise
 */
export function mcnemar(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  const fewer = Math.min(onlyA, onlyB);
  const middle = Math.floor(n / 2);
  let [coefficient, lower, tail] = [1, 0, 0];
  for (let k = middle; k >= 0 && coefficient >= SMALLEST; k--) {
    lower += coefficient;
    if (k <= fewer) tail += coefficient;
    coefficient *= k / (n - k + 1);
  }
  // An even n has one coefficient in the middle, which belongs to both halves.
  const all = n % 2 === 0 ? 2 * lower - 1 : 2 * lower;
  return Math.min(1, (2 * tail) / all);
}

/** Holm's (1979) step-down adjustment: p-values that may be held against a level as if each were the only one. In the order given. */
export function holm(ps: readonly number[]): number[] {
  const adjusted = new Array<number>(ps.length);
  const order = ps.map((_, i) => i).sort((i, j) => ps[i] - ps[j]);
  let largest = 0;
  order.forEach((i, rank) => (adjusted[i] = largest = Math.max(largest, Math.min(1, (ps.length - rank) * ps[i]))));
  return adjusted;
}

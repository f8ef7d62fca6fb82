/** Variance of the area under a ROC curve, and a test of the difference of two (DeLong, DeLong and Clarke-Pearson 1988), for independent images. */
import { twoSidedP, Z95 } from './normal';
import type { Ranking } from './ranking';

/**
 * Of each image, by its index, the share of images of the other kind that it is on the right side of, ties counting half: DeLong's V10 and V01. The mean over
 * either kind is the AUC. One pass over the ranking, which is what Sun and Xu (2014) get from mid-ranks.
 */
export function placementsOf({ rows, positive, tieEnd, positives, negatives }: Ranking): Float64Array {
  const placements = new Float64Array(rows.length);
  let [positivesBelow, negativesBelow] = [0, 0];
  for (let start = 0; start < rows.length; ) {
    let end = start;
    let tiedPositives = positive[start];
    while (tieEnd[end] === 0) tiedPositives += positive[++end];
    const tiedNegatives = end + 1 - start - tiedPositives;
    for (let i = start; i <= end; i++) placements[rows[i]] = positive[i] === 1 ? (negativesBelow + tiedNegatives / 2) / negatives : 1 - (positivesBelow + tiedPositives / 2) / positives;
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
    start = end + 1;
  }
  return placements;
}

/** S10/m + S01/n with sample variances of values by image; NaN with fewer than two images of a kind. */
function varianceOf(values: Float64Array, isPositive: readonly boolean[]): number {
  const share = (kind: boolean): number => {
    const of = values.filter((_, i) => isPositive[i] === kind);
    const mean = of.reduce((sum, v) => sum + v, 0) / of.length;
    return of.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (of.length - 1) / of.length;
  };
  return share(true) + share(false);
}

function kinds({ rows, positive }: Ranking): boolean[] {
  const isPositive = new Array<boolean>(rows.length);
  rows.forEach((row, i) => (isPositive[row] = positive[i] === 1));
  return isPositive;
}

/** AUC ± 1.96 standard errors, cut at 0 and 1; null where the variance cannot be estimated or is 0, as at an AUC of 0 or 1. */
export function delongInterval(ranking: Ranking, auc: number): { readonly low: number; readonly high: number } | null {
  const half = Z95 * Math.sqrt(varianceOf(placementsOf(ranking), kinds(ranking)));
  return half > 0 ? { low: Math.max(0, auc - half), high: Math.min(1, auc + half) } : null;
}

/**
 * Difference AUC(a) − AUC(b) on the same images, in standard errors, and its two-sided p. Paired: the variance is that of the differences of placements.
 * @returns null where an AUC is missing or the variance of the difference is 0 (both rank alike), when there is nothing to test
 */
export function pairedDelong(a: Ranking | null, b: Ranking | null): { readonly difference: number; readonly z: number; readonly p: number } | null {
  if (!a || !b || a.positives < 2 || a.negatives < 2) return null;
  const [one, other] = [placementsOf(a), placementsOf(b)];
  const differences = one.map((value, i) => value - other[i]);
  const isPositive = kinds(a);
  const difference = differences.reduce((sum, d, i) => (isPositive[i] ? sum + d : sum), 0) / a.positives;
  const z = difference / Math.sqrt(varianceOf(differences, isPositive));
  return Number.isFinite(z) ? { difference, z, p: twoSidedP(z) } : null;
}

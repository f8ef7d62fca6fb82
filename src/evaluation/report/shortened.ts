/** Numbers of the page are short: they are the larger part of its bytes. */

/** Significant digits. */
const DIGITS = 5;

/**
 * Rounded down to 5 significant digits, so that a threshold of up to 4 decimals takes the short number as it takes the full one;
 * rows then sum to 1 within 1e-4 for each class above 0.1, as the metrics demand.
 */
export function shortened(probability: number): number | null {
  if (!Number.isFinite(probability)) return null;
  const nearest = Number(probability.toPrecision(DIGITS));
  if (nearest <= probability) return nearest;
  const unit = 10 ** (Math.floor(Math.log10(probability)) - DIGITS + 1);
  return Number((nearest - unit).toPrecision(DIGITS));
}

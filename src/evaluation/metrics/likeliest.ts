/** Which class a model's probabilities speak for. */

/**
 * Index of the largest probability, the first of equal ones (as `numpy.nanargmax`); scores that are no numbers are passed over. -1 where none is
 * a number.
 */
export function likeliest(probabilities: readonly number[]): number {
  let best = -1;
  for (let c = 0; c < probabilities.length; c++) if (probabilities[c] > (best < 0 ? -Infinity : probabilities[best])) best = c;
  return best;
}

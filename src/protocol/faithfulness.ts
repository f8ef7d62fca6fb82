/** From curves to one number a map, and its place among the controls. */
import type { Curves, Faithfulness } from './trust';

/** A map's number beside those of its controls. Larger is better. */
export interface Contest {
  readonly map: number;
  readonly controls: readonly number[];
  /** Mean of the controls. */
  readonly matched: number;
  readonly difference: number;
  /** How many controls come to as much. */
  readonly asMuch: number;
  /** Share of the controls that stay below the map, 0 to 1; ties count half. */
  readonly percentile: number;
}

/**
 * Deletion (Petsiuk et al. 2018, with the logit for the probability): the mean fall of the score over the fractions from 0 to the largest,
 * by the trapezoidal rule. It ends there, not at 1: of much of the image any area takes away what counts.
 */
export function deletionContest({ fractions, deletion, original }: Faithfulness): Contest {
  return contest(deletion, (curve) => original - meanOver([0, ...fractions], [original, ...curve]));
}

/** Insertion: the mean rise over the score of the blurred image, likewise. */
export function insertionContest({ fractions, insertion, replaced = NaN }: Faithfulness): Contest {
  return contest(insertion, (curve) => meanOver([0, ...fractions], [replaced, ...curve]) - replaced);
}

/**
 * ROAD combined (Rong et al. 2022), on logits: the mean over the fractions of half the difference between the score with the least
 * important pixels removed and that with the most important ones removed.
 */
export function roadContest({ fractions, deletion, insertion }: Faithfulness): Contest {
  // Fractions lie symmetrically about a half, so leaving f is the same as removing the least important 1 − f.
  const combined = (removed: readonly number[], left: readonly number[]): number => fractions.reduce((sum, _, i) => sum + (left[i] - removed[i]) / 2, 0) / fractions.length;
  const numbers = [deletion.map, ...deletion.controls].map((removed, i) => combined(removed, [insertion.map, ...insertion.controls][i]));
  return rank(numbers[0], numbers.slice(1));
}

function contest({ map, controls }: Curves, number: (curve: readonly number[]) => number): Contest {
  return rank(number(map), controls.map(number));
}

function rank(map: number, controls: readonly number[]): Contest {
  const matched = controls.reduce((a, b) => a + b, 0) / controls.length;
  const [below, equal] = [controls.filter((c) => c < map).length, controls.filter((c) => c === map).length];
  return { map, controls, matched, difference: map - matched, asMuch: controls.filter((c) => c >= map).length, percentile: (below + equal / 2) / controls.length };
}

function meanOver(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let i = 1; i < x.length; i++) sum += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2;
  return sum / (x[x.length - 1] - x[0]);
}

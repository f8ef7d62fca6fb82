/** The study's first split: classes by their superclass, benign or malignant. */
import type { PredictionSet } from '../types';
import { likeliest } from './likeliest';

/**
 * The same images with two classes, the negative superclass and the positive one; the probability of each is the sum over its classes, and the likelier is
 * predicted, the
 * positive one where they are equal. So an image may be called malignant though its likeliest class is benign. An image without a predicted class stays
 * without.
 * Positive is `malignant` where there is one, else the later one in the class list.
 * @returns undefined unless every class has one of exactly two superclasses
 */
export function twoClassSet({ classes, rows, groupSource }: PredictionSet): PredictionSet | undefined {
  const names = [...new Set(classes.map((c) => c.superclass))];
  if (names.length !== 2 || names.includes(undefined)) return undefined;
  const positive = names.includes('malignant') ? 'malignant' : names[1];
  const side = classes.map((c) => (c.superclass === positive ? 1 : 0));
  return {
    classes: [...names.filter((name) => name !== positive), positive].map((name) => ({ id: String(name), name: String(name) })),
    groupSource,
    rows: rows.map((row) => {
      const probabilities = [0, 0];
      row.probabilities.forEach((p, c) => (probabilities[side[c]] += p));
      // Positive first, as the first of equal ones is taken.
      const top = likeliest([probabilities[1], probabilities[0]]);
      return { ...row, label: side[row.label], predicted: row.predicted < 0 || top < 0 ? -1 : 1 - top, probabilities };
    }),
  };
}

/** Sets of predictions for tests. */
import type { GroupSource, PredictionSet } from '../../../../src/evaluation/types';
import { likeliest } from '../../../../src/evaluation/metrics/likeliest';

/** Images a000, a001, ... with classes A, B, ...; null scores are NaN. */
export function setOf(labels: readonly number[], probabilities: readonly (readonly (number | null)[])[], groups?: readonly (string | undefined)[], groupSource: GroupSource = 'given'): PredictionSet {
  return {
    classes: probabilities[0].map((_, c) => ({ id: 'ABCDEFGHIJ'[c], name: 'ABCDEFGHIJ'[c] })),
    groupSource: groups ? groupSource : 'none',
    rows: labels.map((label, i) => {
      const scores = probabilities[i].map((p) => p ?? NaN);
      return { path: `a${String(i).padStart(3, '0')}`, sha256: '', label, predicted: likeliest(scores), probabilities: scores, ...(groups ? { group: groups[i] } : {}) };
    }),
  };
}

/** `right` images of class A that are taken for it with probability p, then `wrong` ones with 1 − p; then the same of class B. */
export function mirrored(right: number, wrong: number, p: number): PredictionSet {
  const labels = [0, 1].flatMap((label) => new Array<number>(right + wrong).fill(label));
  const scores = labels.map((label, i) => {
    const own = i % (right + wrong) < right ? p : 1 - p;
    return label === 0 ? [own, 1 - own] : [1 - own, own];
  });
  return setOf(labels, scores);
}

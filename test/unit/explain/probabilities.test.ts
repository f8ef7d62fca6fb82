import { describe, expect, it } from 'vitest';
import { oneVsRestProbabilities, probabilitiesOf } from '../../../src/explain/probabilities';

describe('probabilitiesOf', () => {
  it('is a softmax that survives large logits', () => {
    expect(probabilitiesOf([1000, 1000 + Math.log(3)], 'softmax', 1)).toEqual([expect.closeTo(0.25, 12), expect.closeTo(0.75, 12)]);
  });

  it('divides by the temperature', () => {
    expect(probabilitiesOf([0, 2 * Math.log(3)], 'softmax', 2)[1]).toBeCloseTo(0.75, 12);
  });

  it('treats the classes of a sigmoid model each by itself', () => {
    expect(probabilitiesOf([0, Math.log(3)], 'sigmoid', 1)).toEqual([0.5, expect.closeTo(0.75, 12)]);
  });
});

describe('oneVsRestProbabilities', () => {
  it('is the share of each sigmoid score in their sum', () => {
    const logits = [-1.2, 0.4, 2.1];
    const scores = probabilitiesOf(logits, 'sigmoid', 1.5);
    const sum = scores.reduce((a, b) => a + b);
    oneVsRestProbabilities(logits, 1.5).forEach((p, c) => expect(p).toBeCloseTo(scores[c] / sum, 14));
  });

  it('survives scores that are all 0 or all 1', () => {
    expect(oneVsRestProbabilities([-1000, -1000 - Math.log(3)], 1)).toEqual([expect.closeTo(0.75, 12), expect.closeTo(0.25, 12)]);
    expect(oneVsRestProbabilities([1000, 2000], 1)).toEqual([0.5, 0.5]);
  });
});

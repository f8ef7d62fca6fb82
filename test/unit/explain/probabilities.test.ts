import { describe, expect, it } from 'vitest';
import { probabilitiesOf } from '../../../src/explain/probabilities';

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

import { expect, it } from 'vitest';
import { gaussianAt } from '../../../src/explain/reciproCam';

it('a position is shown with its neighbourhood, which ends at the edges', () => {
  expect(Array.from(gaussianAt(1, 1, 3, 4)).map((v) => v * 16)).toEqual([1, 2, 1, 0, 2, 4, 2, 0, 1, 2, 1, 0]);
  expect(Array.from(gaussianAt(0, 3, 3, 4)).map((v) => v * 16)).toEqual([0, 0, 2, 4, 0, 0, 1, 2, 0, 0, 0, 0]);
  expect(Array.from(gaussianAt(0, 0, 1, 1))).toEqual([0.25]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { averageRanks, median, pearson, spearman } from '../../../src/protocol/correlation';

/** Written by test/fixtures/trust/make.py with scipy.stats.spearmanr. */
const cases = JSON.parse(readFileSync(join(__dirname, '../../fixtures/trust/spearman.json'), 'utf8')) as { a: number[]; b: number[]; spearman: number }[];

describe('correlation', () => {
  it.each(cases)('agrees with SciPy, ties included (case %#)', ({ a, b, spearman: expected }) => {
    expect(spearman(a, b)).toBeCloseTo(expected, 12);
  });

  it('shares ranks among equal values', () => {
    expect(Array.from(averageRanks([3, 1, 3, 0]))).toEqual([3.5, 2, 3.5, 1]);
  });

  it('is no number for a constant list', () => {
    expect([pearson([1, 2], [0.1, 0.1]), spearman([7, 7, 7], [1, 2, 3])]).toEqual([NaN, NaN]);
  });

  it('is 1, −1 for lines, whatever their slope', () => {
    expect(pearson([1, 2, 4], [3, 5, 9])).toBeCloseTo(1, 12);
    expect(pearson([1, 2, 4], [-3, -5, -9])).toBeCloseTo(-1, 12);
  });

  it('finds the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, NaN]);
  });
});

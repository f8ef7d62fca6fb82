import { describe, expect, it } from 'vitest';
import { reportData } from '../../../../src/evaluation/report/reportData';
import { shortened } from '../../../../src/evaluation/report/shortened';
import type { EvaluationResult } from '../../../../src/evaluation/types';
import { row, setOf } from './sets';

describe('the short probabilities of the page', () => {
  it('are at most the full ones and within one unit of the fifth digit', () => {
    for (const p of [1, 0.999999, 0.5, 0.49999999, 0.123456789, 0.99995, 1 / 3, 9.99999e-5, 3.2e-7, 1e-300, 5e-324, 0]) {
      const short = shortened(p) ?? NaN;
      expect(short).toBeLessThanOrEqual(p);
      if (p > 1e-300) expect(p - short).toBeLessThan(1.0001 * 10 ** (Math.floor(Math.log10(p)) - 4));
    }
  });

  it('take a threshold of up to 4 decimals as the full ones do', () => {
    const thresholds = Array.from({ length: 999 }, (_, i) => Number(((i + 1) / 1000).toFixed(3)));
    for (const t of thresholds) for (const p of [t, t - 1e-9, t + 1e-9, t - 4e-5]) expect((shortened(p) ?? NaN) >= t).toBe(p >= t);
  });

  it('are null where the model gave none', () => {
    expect(shortened(NaN)).toBeNull();
  });
});

describe("the page's data", () => {
  it('name the images of a model only where they are not all', () => {
    const [first, second] = [setOf(row('a.png', 0, [0.2, 0.8]), row('c.png', 1, [0.7, 0.3])), setOf(row('a.png', 0, [0.2, 0.8]), row('b.png', 0, [0.9, 0.1]), row('c.png', 1, [0.7, 0.3]))];
    const sets = new Map([['first', first], ['second', second]]);
    const { paths, predictions } = reportData({ result: { models: [] } as unknown as EvaluationResult, run: { title: '' }, sets });
    expect(paths).toEqual(['a.png', 'b.png', 'c.png']);
    expect(predictions['first']).toMatchObject({ images: [0, 2], labels: [0, 1], predicted: [1, 0], probabilities: [0.2, 0.8, 0.7, 0.3] });
    expect(predictions['second'].images).toBeUndefined();
  });
});

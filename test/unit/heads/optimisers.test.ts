/** Against PyTorch, by test/fixtures/heads/make.py. */
import { describe, expect, it } from 'vitest';
import golden from '../../fixtures/heads/optimisers.json';
import { optimiser, OPTIMISERS, type OptimiserKind } from '../../../src/heads/optimisers';

const { a, b, start, cases } = golden;

describe('the optimisers', () => {
  it.each(cases)('$kind with $options goes the way of PyTorch for 50 steps', ({ kind, options, path }) => {
    const step = optimiser(kind as OptimiserKind, start.length, options);
    const x = Float64Array.from(start);
    for (const expected of path) {
      step(x, x.map((v, i) => 2 * a[i] * (v - b[i]) + 0.4 * (v - b[i]) ** 3));
      expected.forEach((v, i) => expect(Math.abs(x[i] - v)).toBeLessThan(1e-9));
    }
  });

  it('are all compared', () => {
    expect(new Set(cases.map(({ kind }) => kind))).toEqual(new Set(OPTIMISERS));
    expect(cases.every(({ path }) => path.length === 50)).toBe(true);
  });
});

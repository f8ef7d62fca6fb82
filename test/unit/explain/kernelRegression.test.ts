import { expect, test } from 'vitest';
import { estimate, squaredDistances, type Rows } from '../../../src/explain/kernelRegression';

const rows = (table: readonly (readonly number[])[]): Rows => ({ data: Float64Array.from(table.flat()), count: table.length, width: table[0]?.length ?? 0 });

test('distances are of each row from each of some', () => {
  expect([...squaredDistances(rows([[0, 0], [3, 4], [0, 1]]), [0, 1])]).toEqual([0, 25, 25, 0, 1, 18]);
});

test('what is known stays as it was given', () => {
  const features = rows([[0], [1], [2], [3]]);
  const estimated = estimate(features, [3, 0], rows([[7, -1], [2, 5]]));
  expect([...estimated.subarray(0, 2)]).toEqual([2, 5]);
  expect([...estimated.subarray(6, 8)]).toEqual([7, -1]);
});

test('between two known rows lies what lies between their values, and nearer to the nearer', () => {
  const estimated = estimate(rows([[0], [1], [2], [3], [4]]), [0, 4], rows([[0], [8]]));
  expect([...estimated].every((value, i) => i === 0 || value > (estimated[i - 1] ?? NaN))).toBe(true);
  expect(estimated[2]).toBeCloseTo(4, 9);
});

test('follows a smooth function of the features', () => {
  const grid = Array.from({ length: 41 }, (_, i) => [i / 10, (i % 7) / 7]);
  const truth = grid.map(([x = 0, y = 0]) => Math.sin(x) + 0.5 * y);
  const known = grid.flatMap((_, i) => (i % 4 === 0 ? [i] : []));
  const estimated = estimate(rows(grid), known, rows(known.map((i) => [truth[i] ?? 0])));
  const worst = Math.max(...truth.map((value, i) => Math.abs(value - (estimated[i] ?? NaN))));
  const spread = Math.max(...truth) - Math.min(...truth);
  expect(worst).toBeLessThan(0.15 * spread);
});

test('rows that are all alike get the mean', () => {
  expect([...estimate(rows([[1], [1], [1]]), [0, 1], rows([[2], [4]]))][2]).toBeCloseTo(3, 1);
});

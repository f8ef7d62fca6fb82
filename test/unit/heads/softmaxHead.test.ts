/** Against scikit-learn, by test/fixtures/heads/make.py. */
import { describe, expect, it } from 'vitest';
import golden from '../../fixtures/heads/softmax.json';
import { uniformNumbers } from '../../../src/evaluation/metrics/random';
import { objective, probabilitiesOf, trainHead, type HeadData } from '../../../src/heads/softmaxHead';

const data: HeadData = { ...golden, features: Float32Array.from(golden.features) };
const rows = golden.labels.map((_, i) => i);

describe('the softmax head', () => {
  it.each(golden.cases)("has scikit-learn's probabilities at λ $l2", async ({ l2, probabilities }) => {
    const head = await trainHead(data, { l2, tolerance: 1e-7, iterations: 2000 });
    const own = probabilitiesOf(head, data, rows);
    expect(own.length).toBe(probabilities.length);
    probabilities.forEach((p, i) => expect(Math.abs(own[i] - p)).toBeLessThan(1e-6));
  });

  it('is nearly there at the tolerance that is used', async () => {
    const [{ l2, probabilities }] = golden.cases.slice(1);
    const own = probabilitiesOf(await trainHead(data, { l2 }), data, rows);
    probabilities.forEach((p, i) => expect(Math.abs(own[i] - p)).toBeLessThan(1e-3));
  });

  it('has the gradient of its objective', () => {
    const random = uniformNumbers(4);
    const x = Float32Array.from({ length: 5 * 7 }, () => random() * 2 - 1);
    const labels = Int32Array.from([0, 2, 1, 2, 0]);
    const weights = Float64Array.from({ length: 3 * 8 }, () => random() - 0.5);
    const gradient = new Float64Array(weights.length);
    objective(x, labels, 7, 3, 0.1, weights, gradient);
    weights.forEach((_, k) => {
      const at = (by: number): number => objective(x, labels, 7, 3, 0.1, weights.map((w, i) => (i === k ? w + by : w)), new Float64Array(weights.length));
      expect(gradient[k]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 7);
    });
  });

  it('trains on the rows that it is told to, and stops when it is told to', async () => {
    const half = rows.filter((i) => i % 2 === 0);
    const shuffled: HeadData = { ...data, labels: golden.labels.map((label, i) => (i % 2 === 0 ? label : (label + 1) % 3)) };
    expect(await trainHead(shuffled, { l2: 0.03 }, half)).toEqual(await trainHead(data, { l2: 0.03 }, half));
    let steps = 0;
    await trainHead(data, { l2: 0.001, tolerance: 0, goOn: () => ++steps < 3 });
    expect(steps).toBe(3);
  });
});

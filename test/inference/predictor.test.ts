/** Models of an evaluation: batches give what single images give. */
import { describe, expect, it } from 'vitest';
import { inBatches, openPredictor, type Scores } from '../../src/evaluation/run/predictor';
import { prepare } from '../../src/explain/prepare';
import { probeInput } from '../../src/inference/agreement';
import { resolveModel } from '../../src/models/resolve';
import { fixture } from './commandLine';

const logitsOf = (scores: readonly Scores[]): number[][] => scores.map((s) => ('logits' in s ? s.logits : []));

describe.each(['gap-linear-opset13', 'densenet', 'nhwc-dense', 'half', 'fixed-batch'])('%s', (name) => {
  it('gives in filled batches what it gives one by one', async () => {
    const p = await prepare(await resolveModel(fixture(name)));
    const { width, height } = p.resolved.input;
    const size = 3 * width * height;
    const probes = probeInput(6 * size);
    const inputs = Array.from({ length: 6 }, (_, i) => probes.slice(i * size, (i + 1) * size));
    const single = await openPredictor(p, 'cpu', 1);
    const batched = await inBatches(p, 'cpu', 4);
    try {
      expect([single.provider, single.batch]).toEqual(['cpu', 1]);
      const expected = logitsOf(await single.predict(inputs));
      expect(expected.flat().every(Number.isFinite)).toBe(true);
      // A model that cannot take batches, or computes them otherwise, goes one by one.
      if (!batched) return;
      const actual = logitsOf([...(await batched.predict(inputs.slice(0, 4))), ...(await batched.predict(inputs.slice(4)))]);
      const largest = Math.max(...expected.flat().map(Math.abs));
      actual.forEach((row, i) => row.forEach((y, c) => expect(Math.abs(y - expected[i][c]) / largest).toBeLessThan(name === 'half' ? 1e-2 : 1e-5)));
      // Company and place change nothing, to the bit.
      const [alone] = logitsOf(await batched.predict([inputs[2]]));
      expect(alone).toEqual(actual[2]);
    } finally {
      await single.release();
      await batched?.release();
    }
  });
});

it('takes batches of an ordinary network', async () => {
  const batched = await inBatches(await prepare(await resolveModel(fixture('gap-linear-opset13'))), 'cpu', 4);
  expect(batched?.batch).toBe(4);
  await batched?.release();
});

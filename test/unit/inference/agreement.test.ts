import { expect, test } from 'vitest';
import { disagreement, probeInput, relativeDifference } from '../../../src/inference/agreement';

const values = Float32Array.of(0.5, -4, 2);

test('the probe is the same each time, within its range, and covers it', () => {
  const probe = probeInput(10_000);
  expect(probeInput(10_000)).toEqual(probe);
  expect(Math.min(...probe)).toBeGreaterThanOrEqual(-2);
  expect(Math.max(...probe)).toBeLessThan(2);
  expect(new Set(probe).size).toBeGreaterThan(9900);
  const mean = probe.reduce((sum, value) => sum + value, 0) / probe.length;
  expect(Math.abs(mean)).toBeLessThan(0.05);
});

test('the difference is relative to the largest value expected', () => {
  expect(relativeDifference(Float32Array.of(0.5, -4, 2.5), values)).toBeCloseTo(0.125, 12);
  expect(relativeDifference(values, values)).toBe(0);
  expect(relativeDifference(new Float32Array(3), new Float32Array(3))).toBe(0);
});

test('what agrees within rounding is accepted', () => {
  expect(disagreement('webgpu', 'm.onnx', [values.map((v) => v * (1 + 1e-5))], [values])).toBeUndefined();
});

test.each([
  ['wrong', Float32Array.of(0.5, -4, 2.5)],
  ['not a number', Float32Array.of(0.5, NaN, 2)],
  ['missing', new Float32Array(0)],
])('a value that is %s is refused, by provider and file', (_what, actual) => {
  expect(disagreement('webgpu', 'm.onnx', [values, actual], [values, values])).toMatchObject({
    code: 'provider-unavailable',
    message: expect.stringMatching(/"webgpu".*m\.onnx/) as string,
  });
});

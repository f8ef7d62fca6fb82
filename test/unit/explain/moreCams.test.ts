import { describe, expect, it } from 'vitest';
import { largestEigenvector } from '../../../src/explain/eigenvector';
import { eigenCam, hiResCam, layerCam, xGradCam } from '../../../src/explain/moreCams';

// Two channels of three pixels.
const A = Float32Array.of(1, 2, 3, -1, 0, 4);
const g = Float32Array.of(1, -1, 2, -2, 5, 0.5);

describe('maps of two channels, by hand', () => {
  it('HiResCAM multiplies pixel by pixel', () => expect(Array.from(hiResCam(A, g, 3))).toEqual([3, 0, 8]));
  it('LayerCAM leaves out what speaks against the class', () => expect(Array.from(layerCam(A, g, 3))).toEqual([1, 0, 8]));
  it('XGrad-CAM weighs a channel by its mean gradient, weighted by the activation', () => {
    // w = (1 − 2 + 6)/6 = 5/6 and (2 + 0 + 2)/3 = 4/3.
    const expected = [5 / 6 - 4 / 3, 10 / 6, 15 / 6 + 16 / 3].map((v) => Math.max(0, v));
    xGradCam(A, g, 3).forEach((v, i) => expect(v).toBeCloseTo(expected[i], 5));
  });
  it('XGrad-CAM gives a channel of zeros no weight', () => {
    expect(Array.from(xGradCam(Float32Array.of(0, 0, 0, 0), Float32Array.of(1, 2, 3, 4), 2))).toEqual([0, 0]);
  });
  it('a uniform gradient makes HiResCAM and XGrad-CAM the weighted sum', () => {
    const uniform = Float32Array.of(2, 2, 2, 0.5, 0.5, 0.5);
    const sum = [0, 1, 2].map((i) => Math.max(0, 2 * A[i] + 0.5 * A[3 + i]));
    for (const map of [hiResCam, xGradCam]) map(A, uniform, 3).forEach((v, i) => expect(v).toBeCloseTo(sum[i], 5));
  });
});

describe('Eigen-CAM', () => {
  it('projects on the one direction of an activation of rank one', () => {
    // A_k = k-th weight times the picture, so the projection is the picture times the length of the weights.
    const [weights, picture] = [[3, -4, 0], [1, 2, 0.5, 4]];
    const activation = Float32Array.from(weights.flatMap((w) => picture.map((v) => w * v)));
    eigenCam(activation, 4).forEach((v, i) => expect(v).toBeCloseTo(5 * picture[i], 5));
  });
  it('has a positive sum and no negative value, whatever the sign of the activation', () => {
    const activation = Float32Array.of(-5, -4, 1, -6, -5, 2);
    const map = eigenCam(activation, 3);
    expect(Array.from(map)).toEqual(Array.from(eigenCam(activation.map((v) => -v), 3)));
    expect(map[0]).toBeGreaterThan(map[1]);
    expect(map[1]).toBeGreaterThan(0);
    expect(map[2]).toBe(0);
  });
  it('is the same from the channels and from the pixels', () => {
    const few = Float32Array.from({ length: 3 * 8 }, (_, i) => Math.sin(1 + i * i));
    // Channels of zeros change nothing but which of the two products is the smaller.
    const many = Float32Array.from({ length: 20 * 8 }, (_, i) => few[i] ?? 0);
    const [a, b] = [eigenCam(few, 8), eigenCam(many, 8)];
    a.forEach((v, i) => expect(b[i]).toBeCloseTo(v, 5));
    expect(Math.max(...a)).toBeGreaterThan(0.1);
  });
  it('of an activation of zeros is zero', () => expect(Array.from(eigenCam(new Float32Array(6), 3))).toEqual([0, 0, 0]));
});

describe('the largest eigenvector', () => {
  it('of a matrix whose eigenvectors are known', () => {
    const { vector, value } = largestEigenvector(Float64Array.of(2, -1, 0, -1, 2, -1, 0, -1, 2), 3);
    expect(value).toBeCloseTo(2 + Math.SQRT2, 10);
    const sign = Math.sign(vector[0]);
    [0.5, -Math.SQRT1_2, 0.5].forEach((v, i) => expect(sign * vector[i]).toBeCloseTo(v, 10));
  });
  it('between two that are equally large is a unit vector among them', () => {
    const { vector, value } = largestEigenvector(Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 1), 3);
    expect(value).toBeCloseTo(3, 10);
    expect(vector[0] ** 2 + vector[1] ** 2).toBeCloseTo(1, 10);
  });
});

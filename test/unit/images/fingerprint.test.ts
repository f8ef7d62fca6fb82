import { beforeAll, describe, expect, it } from 'vitest';
import { COARSE_VALUES, coarseOf, FINGERPRINT_VALUES, fingerprintFromText, fingerprintOf, fingerprintToText, likeness, type Fingerprint } from '../../../src/images/fingerprint';
import type { RgbImage } from '../../../src/images/types';
import { COPIES, copyOf, drawnSmears } from './drawnSmears';

describe('the fingerprint of a picture', () => {
  let smears: RgbImage[];
  let fingerprints: Fingerprint[];

  beforeAll(async () => {
    smears = drawnSmears(4);
    fingerprints = await Promise.all(smears.map(fingerprintOf));
  }, 60_000);

  it.each(Object.keys(COPIES))('is nearly the same for a copy that is %s', async (name) => {
    const copy = await fingerprintOf(await copyOf(smears[0], COPIES[name]));
    expect(likeness(copy, fingerprints[0])).toBeGreaterThan(0.97);
    expect(distance(coarseOf(copy), coarseOf(fingerprints[0]))).toBeLessThan(0.2);
  });

  it('is another one for another smear', () => {
    const values = fingerprints.flatMap((a, i) => fingerprints.slice(i + 1).map((b) => likeness(a, b)));
    expect(Math.max(...values)).toBeLessThan(0.4);
    const distances = fingerprints.flatMap((a, i) => fingerprints.slice(i + 1).map((b) => distance(coarseOf(a), coarseOf(b))));
    expect(Math.min(...distances)).toBeGreaterThan(0.42);
  });

  it('survives uneven light', async () => {
    const { width, height, data } = smears[1];
    const shaded = data.map((value, i) => value * (0.75 + (0.25 * (Math.floor(i / 3) % width)) / width));
    expect(likeness(await fingerprintOf({ width, height, data: shaded }), fingerprints[1])).toBeGreaterThan(0.95);
  });

  it('has the likeness that eight explicit correlations give', () => {
    const [a, b] = fingerprints;
    const expected = Math.max(...orientations(b).map((turned) => correlation(a, turned)));
    expect(likeness(a, b)).toBeCloseTo(expected, 12);
    expect(likeness(a, b)).toBeCloseTo(likeness(b, a), 12);
    for (const turned of orientations(b)) expect(likeness(b, Int8Array.from(turned))).toBeCloseTo(1, 12);
  });

  it('has a coarse vector of unit length that no orientation changes', () => {
    const coarse = coarseOf(fingerprints[0]);
    expect(coarse).toHaveLength(COARSE_VALUES);
    expect(Math.hypot(...coarse)).toBeCloseTo(1, 6);
    for (const turned of orientations(fingerprints[0])) expect(coarseOf(Int8Array.from(turned))).toEqual(coarse);
  });

  it('is empty for a blank picture, which is like no other', async () => {
    const blank = await fingerprintOf({ width: 50, height: 40, data: new Uint8Array(50 * 40 * 3).fill(240) });
    expect(blank.every((value) => value === 0)).toBe(true);
    expect(likeness(blank, blank)).toBe(0);
    expect(coarseOf(blank).every((value) => value === 0)).toBe(true);
  });

  it('is written as text and read again', () => {
    expect(fingerprintFromText(fingerprintToText(fingerprints[0]))).toEqual(fingerprints[0]);
    expect(() => fingerprintFromText('AAAA')).toThrow(expect.objectContaining({ code: 'input-invalid' }) as Error);
  });
});

/** The coefficients of the picture in its eight orientations, one by one. */
function orientations(fingerprint: Fingerprint): number[][] {
  const side = Math.sqrt(FINGERPRINT_VALUES);
  const signs = [1, -1];
  return [false, true].flatMap((transposed) =>
    signs.flatMap((vertical) =>
      signs.map((horizontal) =>
        Array.from({ length: FINGERPRINT_VALUES }, (_, i) => {
          const [u, v] = [Math.floor(i / side), i % side];
          return fingerprint[transposed ? v * side + u : i] * vertical ** u * horizontal ** v;
        }),
      ),
    ),
  );
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] ** 2;
    bb += b[i] ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((value, i) => value - b[i]));
}

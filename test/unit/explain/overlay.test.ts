import { describe, expect, it } from 'vitest';
import { colourTable } from '../../../src/explain/colourMaps';
import { bilinearResize, colourise, minMax } from '../../../src/explain/overlay';

describe('minMax', () => {
  it('scales the smallest value to 0 and the largest to 1', () => {
    expect(minMax(new Float32Array([2, 4, 3]))).toEqual({ values: new Float32Array([0, 1, 0.5]), flat: false });
  });

  it('says that a constant map is flat, and shows it as zeros', () => {
    expect(minMax(new Float32Array([7, 7]))).toEqual({ values: new Float32Array([0, 0]), flat: true });
  });

  it('takes a map of NaN for flat rather than painting it', () => {
    expect(minMax(new Float32Array([NaN, NaN])).flat).toBe(true);
  });
});

describe('bilinearResize', () => {
  const source = new Float32Array([0, 1, 2, 3.5, -1, 0.25]);

  it('agrees with torch 1.13 F.interpolate(bilinear, align_corners=False), 2×3 to 5×4', () => {
    const torch = [
      0.0, 0.625, 1.375, 2.0, 0.35, 0.63125, 1.1843749, 1.825, 1.75, 0.65625, 0.421875, 1.125, 3.15, 0.68125, -0.340625, 0.425, 3.5, 0.6875,
      -0.53125, 0.25,
    ];
    const ours = bilinearResize(source, 2, 3, 5, 4);
    expect(ours).toHaveLength(20);
    torch.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 6));
  });

  it('has no antialiasing when it shrinks, as torch and cv2 have none: 2×3 to 1×2', () => {
    expect([...bilinearResize(source, 2, 3, 1, 2)]).toEqual([1.3125, 0.84375]);
  });

  it('leaves a map of the same size as it is, and spreads a single value', () => {
    expect(bilinearResize(source, 2, 3, 2, 3)).toEqual(source);
    expect(bilinearResize(new Float32Array([5]), 1, 1, 2, 2)).toEqual(new Float32Array([5, 5, 5, 5]));
  });
});

describe('colourise', () => {
  const table = colourTable('viridis');

  it('gives the lowest and highest values the ends of the table, at the opacity asked for', () => {
    const pixels = colourise(new Float32Array([0, 1]), { table, opacity: 0.5, threshold: 0 });
    expect([...pixels]).toEqual([68, 1, 84, 128, 253, 231, 37, 128]);
  });

  it('leaves what is below the threshold transparent', () => {
    const pixels = colourise(new Float32Array([0.39, 0.4]), { table, opacity: 1, threshold: 0.4 });
    expect([pixels[3], pixels[7]]).toEqual([0, 255]);
  });
});

describe('colourTable', () => {
  // Entries 0, 64, 128 and 255 of matplotlib's table, in 8 bits.
  it('has the colours of viridis', () => {
    const entry = (i: number): number[] => [...colourTable('viridis').subarray(3 * i, 3 * i + 3)];
    expect([entry(0), entry(64), entry(128), entry(255)]).toEqual([
      [68, 1, 84],
      [59, 82, 139],
      [33, 145, 140],
      [253, 231, 37],
    ]);
  });

  it('has another table for each map', () => {
    const tables = (['viridis', 'inferno', 'magma', 'cividis', 'turbo'] as const).map((name) => colourTable(name).join());
    expect(new Set(tables).size).toBe(5);
  });
});

/**
 * Resizing without antialiasing, as cv2.resize and torch's F.interpolate(align_corners=False, antialias=False) do it:
 * the filter keeps its width when the image shrinks. Separable, in float64, rounded once at the end, so results are
 * the exact filter rounded half up; cv2's 11-bit fixed point may differ by 1.
 */
import type { RgbImage } from './types';

/** Halves are common at simple ratios; this lets them round up whatever float64 made of their last bits. */
const HALF = 0.5 + 1e-9;

/** For one output position: input positions (clamped to the edge) and their weights, which sum to 1. */
interface Tap {
  readonly from: readonly number[];
  readonly weights: readonly number[];
}

export type Filter = 'nearest' | 'bilinear' | 'bicubic';

/**
 * @param width pixels of the result
 * @param height pixels of the result
 * @param filter `nearest` takes input floor(x · in/out) (cv2.INTER_NEAREST); the others have half-pixel centres, bicubic
 *   with a = −0.75 (cv2, torch)
 * @returns RGB, 3 bytes a pixel
 */
export function resample(image: RgbImage, width: number, height: number, filter: Filter): Uint8Array {
  const columns = taps(image.width, width, filter);
  const rows = taps(image.height, height, filter);
  const out = new Uint8Array(width * height * 3);
  const narrowed = new Map<number, Float64Array>(); // input rows already brought to the new width
  const line = new Float64Array(width * 3);
  for (let y = 0; y < height; y++) {
    const { from, weights } = rows[y];
    const lowest = Math.min(...from);
    for (const row of narrowed.keys()) if (row < lowest) narrowed.delete(row); // rows only move down
    line.fill(0);
    from.forEach((row, tap) => {
      let values = narrowed.get(row);
      if (values === undefined) narrowed.set(row, (values = resampleRow(image, row, columns)));
      for (let i = 0; i < line.length; i++) line[i] += weights[tap] * values[i];
    });
    for (let i = 0; i < line.length; i++) out[y * line.length + i] = Math.min(Math.max(Math.floor(line[i] + HALF), 0), 255);
  }
  return out;
}

function resampleRow(image: RgbImage, row: number, columns: readonly Tap[]): Float64Array {
  const values = new Float64Array(columns.length * 3);
  const start = row * image.width * 3;
  columns.forEach(({ from, weights }, x) => {
    for (let tap = 0; tap < from.length; tap++) {
      const at = start + from[tap] * 3;
      for (let c = 0; c < 3; c++) values[x * 3 + c] += weights[tap] * image.data[at + c];
    }
  });
  return values;
}

function taps(inSize: number, outSize: number, filter: Filter): Tap[] {
  const scale = inSize / outSize;
  return Array.from({ length: outSize }, (_, x) => {
    if (filter === 'nearest') return { from: [clampIndex(Math.floor(x * scale), inSize)], weights: [1] };
    const centre = (x + 0.5) * scale - 0.5;
    const base = Math.floor(centre);
    const t = centre - base;
    const weights = filter === 'bilinear' ? [1 - t, t] : cubicWeights(t);
    const first = filter === 'bilinear' ? base : base - 1;
    return { from: weights.map((_weight, i) => clampIndex(first + i, inSize)), weights };
  });
}

function clampIndex(index: number, size: number): number {
  return Math.min(Math.max(index, 0), size - 1);
}

/** Keys' cubic convolution kernel (1981) at distances 1 + t, t, 1 − t, 2 − t. */
function cubicWeights(t: number): number[] {
  const a = -0.75;
  const near = (d: number): number => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number): number => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
}

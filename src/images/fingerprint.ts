/**
 * A perceptual fingerprint: what a picture looks like in 256 bytes, whatever its file format, size, brightness and contrast,
 * and whether it was turned by right angles or mirrored, since a smear field has no up.
 *
 * It is the low-frequency part of the discrete cosine transform of a 32 × 32 grey picture, as in pHash (Zauner 2010), but
 * kept as numbers: pHash's 64 signs collide on smears, which all look alike. Coefficients are multiplied by their
 * frequency, which evens out the 1/f spectrum of natural images: the shape of the illumination then counts little, and cells
 * count.
 */
import { SmearLensError } from '../errors';
import type { RgbImage } from './types';

/** Side of the grey picture, in pixels. */
const SIDE = 32;
/** Pixels a cell and direction that are looked at, at most. */
const SAMPLES = 8;
/** Frequencies kept a direction. */
export const FREQUENCIES = 16;
/** Grey levels (standard deviation) below which a picture is blank: what is left is noise and rounding. */
const BLANK = 1;

/** 16 × 16 coefficients, row-major by vertical frequency, scaled to −127 to 127; all 0 for a blank picture. */
export type Fingerprint = Int8Array;

/** Values of a {@link Fingerprint}, one byte each. */
export const FINGERPRINT_VALUES = FREQUENCIES * FREQUENCIES;

/** cos(π·u·(2x + 1) / 2N)·√(2/N): row u of the orthonormal DCT-II, but for the scale of row 0, which is not used alone. */
const COSINES = Float64Array.from({ length: FREQUENCIES * SIDE }, (_, i) => {
  const [u, x] = [Math.floor(i / SIDE), i % SIDE];
  return Math.sqrt((u === 0 ? 1 : 2) / SIDE) * Math.cos((Math.PI * u * (2 * x + 1)) / (2 * SIDE));
});

/** The picture's {@link Fingerprint}. The picture is stretched to a square, so that turning it by a right angle changes nothing else. */
export async function fingerprintOf(image: RgbImage): Promise<Fingerprint> {
  const coefficients = transform(smallGrey(image));
  let energy = 0;
  let largest = 0;
  for (let i = 1; i < FINGERPRINT_VALUES; i++) {
    energy += coefficients[i] ** 2;
    coefficients[i] *= Math.hypot(Math.floor(i / FREQUENCIES), i % FREQUENCIES);
    largest = Math.max(largest, Math.abs(coefficients[i]));
  }
  const fingerprint = new Int8Array(FINGERPRINT_VALUES);
  if (Math.sqrt(energy) / SIDE < BLANK) return fingerprint;
  for (let i = 1; i < FINGERPRINT_VALUES; i++) fingerprint[i] = Math.round((127 * coefficients[i]) / largest);
  return fingerprint;
}

/**
 * Means over the cells of a 32 × 32 grid, of up to 8 × 8 pixels each: enough of them that noise averages out, and the same time for any size.
 * @returns luma of ITU-R BT.601, 0 to 255
 */
function smallGrey({ width, height, data }: RgbImage): Float64Array {
  const columns = samplePlaces(width);
  const rows = samplePlaces(height);
  return Float64Array.from({ length: SIDE * SIDE }, (_, cell) => {
    const across = columns[cell % SIDE];
    const down = rows[Math.floor(cell / SIDE)];
    let sum = 0;
    for (const y of down) {
      for (const x of across) {
        const at = 3 * (y * width + x);
        sum += 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      }
    }
    return sum / (across.length * down.length);
  });
}

/** For each cell along a side of `length` pixels: the pixels that are looked at, evenly spaced. */
function samplePlaces(length: number): number[][] {
  const count = Math.min(SAMPLES, Math.ceil(length / SIDE));
  return Array.from({ length: SIDE }, (_, cell) => Array.from({ length: count }, (__, k) => Math.floor(((cell + (k + 0.5) / count) * length) / SIDE)));
}

/** The first {@link FREQUENCIES} frequencies each way of the orthonormal two-dimensional DCT-II. */
function transform(grey: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * FREQUENCIES);
  for (let y = 0; y < SIDE; y++) {
    for (let v = 0; v < FREQUENCIES; v++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += COSINES[v * SIDE + x] * grey[y * SIDE + x];
      rows[y * FREQUENCIES + v] = sum;
    }
  }
  const out = new Float64Array(FINGERPRINT_VALUES);
  for (let u = 0; u < FREQUENCIES; u++) {
    for (let v = 0; v < FREQUENCIES; v++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += COSINES[u * SIDE + y] * rows[y * FREQUENCIES + v];
      out[u * FREQUENCIES + v] = sum;
    }
  }
  return out;
}

/**
 * The largest correlation of two pictures over the eight orientations of one of them, −1 to 1; 0 where one is blank.
 * Mirroring multiplies the coefficients of odd frequencies by −1 and a transposition swaps the frequencies, so that two
 * passes over the coefficients, summed by parity, give all eight.
 */
export function likeness(a: Fingerprint, b: Fingerprint): number {
  const scale = norm(a) * norm(b);
  return scale === 0 ? 0 : largestProduct(a, b) / scale;
}

function largestProduct(a: Fingerprint, b: Fingerprint): number {
  return Math.max(mirroredProduct(a, b, FREQUENCIES, 1), mirroredProduct(a, b, 1, FREQUENCIES));
}

/** @param rowStep of `b`: with (1, 16) instead of (16, 1) it is transposed */
function mirroredProduct(a: Fingerprint, b: Fingerprint, rowStep: number, columnStep: number): number {
  let [evenEven, evenOdd, oddEven, oddOdd] = [0, 0, 0, 0];
  for (let u = 0; u < FREQUENCIES; u += 2) {
    for (let v = 0; v < FREQUENCIES; v += 2) {
      const i = u * FREQUENCIES + v;
      const j = u * rowStep + v * columnStep;
      evenEven += a[i] * b[j];
      evenOdd += a[i + 1] * b[j + columnStep];
      oddEven += a[i + FREQUENCIES] * b[j + rowStep];
      oddOdd += a[i + FREQUENCIES + 1] * b[j + rowStep + columnStep];
    }
  }
  return Math.max(evenEven + evenOdd + oddEven + oddOdd, evenEven + evenOdd - oddEven - oddOdd, evenEven - evenOdd + oddEven - oddOdd, evenEven - evenOdd - oddEven + oddOdd);
}

function norm(fingerprint: Fingerprint): number {
  let sum = 0;
  for (const value of fingerprint) sum += value * value;
  return Math.sqrt(sum);
}

/** For files of text: base64. */
export function fingerprintToText(fingerprint: Fingerprint): string {
  return Buffer.from(fingerprint.buffer, fingerprint.byteOffset, fingerprint.length).toString('base64');
}

/**
 * The inverse of {@link fingerprintToText}.
 * @throws SmearLensError `input-invalid`
 */
export function fingerprintFromText(text: string): Fingerprint {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== FINGERPRINT_VALUES) {
    throw new SmearLensError('input-invalid', `A fingerprint has ${bytes.length} bytes instead of ${FINGERPRINT_VALUES}.`, 'Evaluate the folder anew, without --resume.');
  }
  return new Int8Array(bytes);
}

/** Frequency pairs (u <= v) below 8, low ones first; without the mean and the first gradient, which is mostly illumination. */
const COARSE: readonly { readonly u: number; readonly v: number; readonly weight: number }[] = Array.from({ length: 64 }, (_, i) => ({ u: Math.floor(i / 8), v: i % 8 }))
  .filter(({ u, v }) => u <= v && u + v > 1)
  .sort((a, b) => a.u ** 2 + a.v ** 2 - b.u ** 2 - b.v ** 2)
  .map((pair) => ({ ...pair, weight: 1 / Math.sqrt(Math.hypot(pair.u, pair.v)) }));

/** Values of {@link coarseOf}. */
export const COARSE_VALUES = COARSE.length;

/**
 * What stays the same in all eight orientations: √(c(u,v)² + c(v,u)²) of the lowest frequencies, at unit length. Pictures that are alike have
 * coarse vectors near to each other (Euclidean), so that few pairs have to be compared in earnest. Zeros for a blank picture.
 */
export function coarseOf(fingerprint: Fingerprint): Float32Array {
  const values = new Float32Array(COARSE_VALUES);
  let sum = 0;
  for (let i = 0; i < COARSE_VALUES; i++) {
    const { u, v, weight } = COARSE[i];
    const [one, other] = [fingerprint[u * FREQUENCIES + v], u === v ? 0 : fingerprint[v * FREQUENCIES + u]];
    values[i] = weight * Math.sqrt(one * one + other * other);
    sum += values[i] ** 2;
  }
  if (sum > 0) for (let i = 0; i < COARSE_VALUES; i++) values[i] /= Math.sqrt(sum);
  return values;
}

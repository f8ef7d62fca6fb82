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
import { resizeRgb } from './tensor';
import type { RgbImage } from './types';

/** Side of the grey picture, in pixels. */
const SIDE = 32;
/** Frequencies kept a direction. */
const KEPT = 16;
/** Grey levels (standard deviation) below which a picture is blank: what is left is noise and rounding. */
const BLANK = 1;

/** 16 × 16 coefficients, row-major by vertical frequency, scaled to −127 to 127; all 0 for a blank picture. */
export type Fingerprint = Int8Array;

/** Values of a {@link Fingerprint}, one byte each. */
export const FINGERPRINT_VALUES = KEPT * KEPT;

/** cos(π·u·(2x + 1) / 2N)·√(2/N): row u of the orthonormal DCT-II, but for the scale of row 0, which is not used alone. */
const COSINES = Float64Array.from({ length: KEPT * SIDE }, (_, i) => {
  const [u, x] = [Math.floor(i / SIDE), i % SIDE];
  return Math.sqrt((u === 0 ? 1 : 2) / SIDE) * Math.cos((Math.PI * u * (2 * x + 1)) / (2 * SIDE));
});

/** The picture's {@link Fingerprint}. The picture is stretched to a square, so that turning it by a right angle changes nothing else. */
export async function fingerprintOf(image: RgbImage): Promise<Fingerprint> {
  const small = await resizeRgb(image, { width: SIDE, height: SIDE, resize: 'stretch', interpolation: 'bilinear', antialias: true, pad: [0, 0, 0] });
  const coefficients = transform(greyOf(small));
  let energy = 0;
  let largest = 0;
  for (let i = 1; i < FINGERPRINT_VALUES; i++) {
    energy += coefficients[i] ** 2;
    coefficients[i] *= Math.hypot(Math.floor(i / KEPT), i % KEPT);
    largest = Math.max(largest, Math.abs(coefficients[i]));
  }
  const fingerprint = new Int8Array(FINGERPRINT_VALUES);
  if (Math.sqrt(energy) / SIDE < BLANK) return fingerprint;
  for (let i = 1; i < FINGERPRINT_VALUES; i++) fingerprint[i] = Math.round((127 * coefficients[i]) / largest);
  return fingerprint;
}

/** Luma of ITU-R BT.601, 0 to 255. */
function greyOf(rgb: Uint8Array): Float64Array {
  return Float64Array.from({ length: rgb.length / 3 }, (_, i) => 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]);
}

/** The first {@link KEPT} frequencies each way of the orthonormal two-dimensional DCT-II. */
function transform(grey: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * KEPT);
  for (let y = 0; y < SIDE; y++) {
    for (let v = 0; v < KEPT; v++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) sum += COSINES[v * SIDE + x] * grey[y * SIDE + x];
      rows[y * KEPT + v] = sum;
    }
  }
  const out = new Float64Array(FINGERPRINT_VALUES);
  for (let u = 0; u < KEPT; u++) {
    for (let v = 0; v < KEPT; v++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) sum += COSINES[u * SIDE + y] * rows[y * KEPT + v];
      out[u * KEPT + v] = sum;
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
  return Math.max(mirroredProduct(a, b, KEPT, 1), mirroredProduct(a, b, 1, KEPT));
}

/** @param rowStep of `b`: with (1, 16) instead of (16, 1) it is transposed */
function mirroredProduct(a: Fingerprint, b: Fingerprint, rowStep: number, columnStep: number): number {
  let [evenEven, evenOdd, oddEven, oddOdd] = [0, 0, 0, 0];
  for (let u = 0; u < KEPT; u += 2) {
    for (let v = 0; v < KEPT; v += 2) {
      const i = u * KEPT + v;
      const j = u * rowStep + v * columnStep;
      evenEven += a[i] * b[j];
      evenOdd += a[i + 1] * b[j + columnStep];
      oddEven += a[i + KEPT] * b[j + rowStep];
      oddOdd += a[i + KEPT + 1] * b[j + rowStep + columnStep];
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
  const values = Float32Array.from(COARSE, ({ u, v, weight }) => weight * (u === v ? Math.abs(fingerprint[u * KEPT + u]) : Math.hypot(fingerprint[u * KEPT + v], fingerprint[v * KEPT + u])));
  const length = Math.hypot(...values);
  return length === 0 ? values : values.map((value) => value / length);
}

/** One random change of an image: which it is, and the image after it. */
import { createHash } from 'node:crypto';
import { uniformNumbers } from '../../evaluation/metrics/random';
import type { RgbImage } from '../../images/types';

/** How far each operation goes. */
export interface Ranges {
  /** Degrees, 0 to 180: an angle from −r to r. */
  readonly rotation: number;
  /** The tangent of the shear angle, 0 to 1: columns are moved by −s to s times their distance from the middle, as parts of the height (0.4: 21.8°). */
  readonly shear: number;
  /** Parts, 0 to below 1: enlarged by a factor from 1 − z to 1 + z. */
  readonly zoom: number;
  /** Parts of the width, 0 to 1: moved by −w to w. */
  readonly widthShift: number;
  /** Parts of the height, likewise. */
  readonly heightShift: number;
  /** Mirrored left to right half of the time. */
  readonly flip: boolean;
}

/** As the study has it: rotation to 40°, horizontal flip; shear, zoom and shifts to 40 %. */
export const STUDY_RANGES: Ranges = { rotation: 40, shear: 0.4, zoom: 0.4, widthShift: 0.4, heightShift: 0.4, flip: true };

/** What was drawn. */
export interface Change {
  /** Degrees, counter-clockwise. */
  readonly rotation: number;
  readonly shear: number;
  /** Above 1: enlarged. */
  readonly zoom: number;
  readonly widthShift: number;
  readonly heightShift: number;
  readonly flip: boolean;
}

export const NO_CHANGE: Change = { rotation: 0, shear: 0, zoom: 1, widthShift: 0, heightShift: 0, flip: false };

/** What lies beyond the image: mirrored at its edges, its edge pixels drawn out, or a colour. */
export type Fill = 'reflect' | 'nearest' | readonly [number, number, number];

/**
 * The change that copy number `copy` of an image gets: a matter of these three alone, whatever the order and the number of threads.
 * @param sha256 of the source
 */
export function drawChange(ranges: Ranges, seed: number, sha256: string, copy: number): Change {
  const next = uniformNumbers(createHash('sha256').update(`${seed} ${sha256} ${copy}`).digest().readUInt32LE(0));
  const around = (range: number): number => (2 * next() - 1) * range;
  return { rotation: around(ranges.rotation), shear: around(ranges.shear), zoom: 1 + around(ranges.zoom), widthShift: around(ranges.widthShift), heightShift: around(ranges.heightShift), flip: next() < 0.5 && ranges.flip };
}

/**
 * All operations in one affine map about the middle of the image, read once by bilinear interpolation, so that an image is blurred once. In order:
 * flip, zoom, shear, rotation, shift.
 * @returns of the same size
 */
export function applyChange(image: RgbImage, { rotation, shear, zoom, widthShift, heightShift, flip }: Change, fill: Fill): RgbImage {
  const { width, height, data } = image;
  const angle = (rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const [dx, dy] = [widthShift * width, heightShift * height];
  const mirror = flip ? -1 : 1;
  const out = new Uint8Array(width * height * 3);
  const pixel = sampler(image, fill);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // From the result back to the image; y grows downwards, so that turning counter-clockwise back is this matrix.
      const [u, v] = [x - cx - dx, y - cy - dy];
      const [ru, rv] = [cos * u - sin * v, sin * u + cos * v];
      const su = ru - shear * rv;
      pixel((mirror * su) / zoom + cx, rv / zoom + cy, out, 3 * (y * width + x));
    }
  }
  return data.length === 0 ? image : { width, height, data: out };
}

/** Writes the three samples at a place between pixels. */
function sampler({ width, height, data }: RgbImage, fill: Fill): (x: number, y: number, out: Uint8Array, at: number) => void {
  const index = typeof fill === 'string' ? (fill === 'reflect' ? reflected : clamped) : undefined;
  return (x, y, out, at) => {
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - x0, y - y0];
    for (let c = 0; c < 3; c++) {
      const value = (px: number, py: number): number => {
        if (index) return data[3 * (index(py, height) * width + index(px, width)) + c];
        const isInside = px >= 0 && py >= 0 && px < width && py < height;
        return isInside ? data[3 * (py * width + px) + c] : (fill as readonly number[])[c];
      };
      const above = fx === 0 ? value(x0, y0) : (1 - fx) * value(x0, y0) + fx * value(x0 + 1, y0);
      const below = fy === 0 ? above : fx === 0 ? value(x0, y0 + 1) : (1 - fx) * value(x0, y0 + 1) + fx * value(x0 + 1, y0 + 1);
      out[at + c] = Math.round(above + fy * (below - above));
    }
  };
}

/** … 2 1 0 | 0 1 2 … n−1 | n−1 … : edge pixels twice, as in SciPy's and Keras's 'reflect'. */
function reflected(at: number, length: number): number {
  const period = 2 * length;
  const inside = ((at % period) + period) % period;
  return inside < length ? inside : period - 1 - inside;
}

function clamped(at: number, length: number): number {
  return Math.min(length - 1, Math.max(0, at));
}

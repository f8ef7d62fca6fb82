/** One change of an image: turned, sheared, enlarged, moved, mirrored. */
import type { RgbImage } from './types';

/** What becomes of an image. */
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

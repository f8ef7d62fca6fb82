/** From a raw class-activation map to pixels. Pure and without DOM: the webview and the command line draw with the same code. */
import { taps, type Tap } from './bilinear';
import { COLOURS } from './colourMaps';

export interface NormalisedMap {
  /** 0 to 1, in the order of the raw map. */
  readonly values: Float32Array;
  /** All raw values are equal: there is nothing to scale, and `values` are zeros. */
  readonly flat: boolean;
}

/** Min-max normalisation: (raw − min) / (max − min). */
export function minMax(raw: Float32Array): NormalisedMap {
  let min = Infinity;
  let max = -Infinity;
  for (const value of raw) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const values = new Float32Array(raw.length);
  const range = max - min;
  if (!(range > 0)) return { values, flat: true };
  for (let i = 0; i < raw.length; i++) values[i] = ((raw[i] ?? 0) - min) / range;
  return { values, flat: false };
}

/**
 * Bilinear resize with half-pixel centres, no antialiasing: `F.interpolate(mode='bilinear', align_corners=False)` of
 * PyTorch and `cv2.resize(INTER_LINEAR)`. Output pixel x samples the source at (x + ½)·w/W − ½, edges repeated.
 *
 * @param values row-major, h × w
 * @returns row-major, H × W
 */
export function bilinearResize(values: Float32Array, h: number, w: number, H: number, W: number): Float32Array {
  const columns = taps(w, W);
  // In double precision, so that it makes no difference that rows come first.
  const wide = Array.from({ length: h }, (_, row) => Float64Array.from(columns, (column) => lerp(values, row * w, column)));
  const out = new Float32Array(H * W);
  let o = 0;
  for (const { first, second, weight } of taps(h, H)) {
    const [top, bottom] = [wide[first] ?? [], wide[second] ?? []];
    for (let x = 0; x < W; x++) {
      const above = top[x] ?? 0;
      out[o++] = above + ((bottom[x] ?? 0) - above) * weight;
    }
  }
  return out;
}

function lerp(values: Float32Array, row: number, { first, second, weight }: Tap): number {
  const a = values[row + first] ?? 0;
  return a + ((values[row + second] ?? 0) - a) * weight;
}

export interface Colouring {
  /** From `colourTable`: 3 · 256 bytes. */
  readonly table: Uint8Array;
  /** 0 to 1: of every pixel that is drawn. */
  readonly opacity: number;
  /** 0 to 1: values below it stay transparent. */
  readonly threshold: number;
}

/**
 * Paints a normalised map.
 *
 * @param values 0 to 1, one a pixel
 * @returns straight (not premultiplied) RGBA, 4 bytes a pixel
 */
export function colourise(values: Float32Array, { table, opacity, threshold }: Colouring): Uint8ClampedArray<ArrayBuffer> {
  const colours = colourWords(table, Math.round(opacity * 255));
  const pixels = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value >= threshold) pixels[i] = colours[Math.min(COLOURS - 1, Math.floor(value * COLOURS))] ?? 0;
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/** Each colour's four bytes as one word, in this machine's byte order: a pixel is then written at once. */
function colourWords(table: Uint8Array, alpha: number): Uint32Array {
  const bytes = new Uint8Array(4 * COLOURS);
  for (let i = 0; i < COLOURS; i++) bytes.set([table[3 * i] ?? 0, table[3 * i + 1] ?? 0, table[3 * i + 2] ?? 0, alpha], 4 * i);
  return new Uint32Array(bytes.buffer);
}

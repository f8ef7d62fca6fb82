/** Gaussian blur of single planes, float32, edges reflected. */

/** @param plane row-major, h × w @param sigma standard deviation in pixels, > 0; the kernel ends at three of them */
export function gaussian(plane: Float32Array, h: number, w: number, sigma: number): Float32Array {
  const kernel = kernelOf(sigma);
  return alongRows(transpose(alongRows(transpose(plane, h, w), w, h, kernel), w, h), h, w, kernel);
}

/** One half, its middle first. */
function kernelOf(sigma: number): Float64Array {
  const half = Float64Array.from({ length: Math.ceil(3 * sigma) + 1 }, (_, i) => Math.exp(-(i * i) / (2 * sigma * sigma)));
  const sum = 2 * half.reduce((a, b) => a + b, 0) - half[0];
  return half.map((v) => v / sum);
}

function alongRows(plane: Float32Array, h: number, w: number, kernel: Float64Array): Float32Array {
  const out = new Float32Array(plane.length);
  const reach = kernel.length - 1;
  const row = new Float64Array(w + 2 * reach);
  for (let y = 0; y < h; y++) {
    for (let i = 0; i < row.length; i++) row[i] = plane[y * w + reflected(i - reach, w)];
    for (let x = 0; x < w; x++) {
      let sum = kernel[0] * row[x + reach];
      for (let k = 1; k <= reach; k++) sum += kernel[k] * (row[x + reach - k] + row[x + reach + k]);
      out[y * w + x] = sum;
    }
  }
  return out;
}

/** Mirrored at the edges, which are repeated: -1 is 0, w is w − 1. */
function reflected(i: number, w: number): number {
  const period = ((i % (2 * w)) + 2 * w) % (2 * w);
  return period < w ? period : 2 * w - 1 - period;
}

function transpose(plane: Float32Array, h: number, w: number): Float32Array {
  const out = new Float32Array(plane.length);
  for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) out[x * h + y] = plane[y * w + x];
  return out;
}

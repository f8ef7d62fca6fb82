/**
 * Noisy linear imputation (Rong et al. 2022, 'A consistent and efficient evaluation strategy for attribution methods'): every removed
 * pixel becomes the weighted mean of its eight neighbours, removed ones included. So what was removed leaves no edges that would
 * give its shape away.
 */
import { normalNumbers } from '../../onnx/random';
import { mapPlanes, type Picture } from './picture';

/** Weights of the authors: direct neighbours twice as much as diagonal ones. At the image's edges they are divided by what is left of their sum. */
const DIRECT = 1 / 6;
const DIAGONAL = 1 / 12;
/** Standard deviation of the noise, of 255: 0.01 of the range, as the authors have it. */
const NOISE = 2.55;
/** Gauss-Seidel sweeps at each size; the smaller sizes have done the rest. */
const SWEEPS = 24;
const SMALLEST = 4;
const SEED = 17;

/** @param kept one a pixel; 0 where it is removed. At least one is kept. */
export function impute(picture: Picture, kept: Uint8Array): Picture {
  const { height, width } = picture;
  return mapPlanes(picture, (plane, colour) => {
    const noise = normalNumbers(SEED + colour);
    const out = solve(plane, kept, height, width);
    for (let i = 0; i < out.length; i++) if (!kept[i]) out[i] += NOISE * noise();
    return out;
  });
}

/** The plane with its removed pixels solved for, without noise. From coarse to fine: each size begins with the solution of half of it. */
export function solve(plane: Float32Array, kept: Uint8Array, h: number, w: number): Float32Array {
  const out = plane.slice();
  if (Math.min(h, w) <= SMALLEST) {
    const mean = meanOf(plane, kept);
    kept.forEach((k, i) => k || (out[i] = mean));
  } else {
    const [h2, w2] = [Math.ceil(h / 2), Math.ceil(w / 2)];
    const half = solve(...halved(plane, kept, h, w), h2, w2);
    for (let y = 0; y < h; y++) for (let x = 0; x < w; x++) if (!kept[y * w + x]) out[y * w + x] = half[(y >> 1) * w2 + (x >> 1)];
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) relax(out, kept, h, w);
  return out;
}

/** One sweep: each removed pixel becomes the weighted mean of its neighbours as they are by now. */
function relax(p: Float32Array, kept: Uint8Array, h: number, w: number): void {
  for (let y = 0; y < h; y++) {
    const edge = y === 0 || y === h - 1;
    for (let x = 0, i = y * w; x < w; x++, i++) {
      if (kept[i]) continue;
      if (edge || x === 0 || x === w - 1) p[i] = neighbourMean(p, i, h, w);
      else p[i] = DIRECT * (p[i - 1] + p[i + 1] + p[i - w] + p[i + w]) + DIAGONAL * (p[i - w - 1] + p[i - w + 1] + p[i + w - 1] + p[i + w + 1]);
    }
  }
}

/** Half the size: a pixel is kept if any of its four was, and is then the mean of those. */
function halved(plane: Float32Array, kept: Uint8Array, h: number, w: number): [Float32Array, Uint8Array] {
  const [h2, w2] = [Math.ceil(h / 2), Math.ceil(w / 2)];
  const [sum, count] = [new Float32Array(h2 * w2), new Uint8Array(h2 * w2)];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      if (!kept[y * w + x]) continue;
      sum[(y >> 1) * w2 + (x >> 1)] += plane[y * w + x];
      count[(y >> 1) * w2 + (x >> 1)]++;
    }
  }
  return [sum.map((v, i) => (count[i] ? v / count[i] : 0)), count];
}

/** Also at the edges. */
function neighbourMean(plane: Float32Array, i: number, h: number, w: number): number {
  const [y, x] = [Math.floor(i / w), i % w];
  let [sum, weights] = [0, 0];
  for (let dy = y > 0 ? -1 : 0; dy <= (y < h - 1 ? 1 : 0); dy++) {
    for (let dx = x > 0 ? -1 : 0; dx <= (x < w - 1 ? 1 : 0); dx++) {
      if (dx === 0 && dy === 0) continue;
      const weight = dx === 0 || dy === 0 ? DIRECT : DIAGONAL;
      sum += weight * plane[i + dy * w + dx];
      weights += weight;
    }
  }
  return sum / weights;
}

function meanOf(plane: Float32Array, kept: Uint8Array): number {
  let [sum, count] = [0, 0];
  kept.forEach((k, i) => {
    if (!k) return;
    sum += plane[i];
    count++;
  });
  return count ? sum / count : 0;
}

/** A picture with one thing changed that should not decide a class. */
import type { ClassColour } from '../../models/classColours';
import { PARTS, type Parts } from './parts';
import { mapPlanes, type Picture } from './picture';
import type { Box } from './scaleBar';

/** The box filled from the pixels around it, each weighing by the inverse square of its distance. */
export function paintOut(picture: Picture, { left, top, right, bottom }: Box): Picture {
  const { width, height } = picture;
  const rim: { x: number; y: number }[] = [];
  const add = (x: number, y: number): void => {
    if (x >= 0 && y >= 0 && x < width && y < height) rim.push({ x, y });
  };
  for (let x = left; x < right; x++) [top - 1, bottom].forEach((y) => add(x, y));
  for (let y = top; y < bottom; y++) [left - 1, right].forEach((x) => add(x, y));
  return mapPlanes(picture, (plane) => {
    const out = plane.slice();
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        let [sum, weights] = [0, 0];
        for (const p of rim) {
          const weight = 1 / ((p.x - x) ** 2 + (p.y - y) ** 2);
          sum += weight * plane[p.y * width + p.x];
          weights += weight;
        }
        out[y * width + x] = sum / weights;
      }
    }
    return out;
  });
}

/** Every background pixel becomes the mean of them; undefined where there is none. */
export function flattenBackground(picture: Picture, { labels }: Parts): Picture | undefined {
  const background = Array.from(labels.keys()).filter((i) => labels[i] === PARTS.indexOf('background'));
  if (background.length === 0) return undefined;
  return mapPlanes(picture, (plane) => {
    const out = plane.slice();
    const mean = background.reduce((sum, i) => sum + plane[i], 0) / background.length;
    background.forEach((i) => (out[i] = mean));
    return out;
  });
}

/** Luma in all three channels (ITU-R BT.601). */
export function grey(picture: Picture): Picture {
  const [r, g, b] = picture.planes;
  const luma = r.map((value, i) => 0.299 * value + 0.587 * g[i] + 0.114 * b[i]);
  return { ...picture, planes: [luma, luma, luma] };
}

/** Each channel moved and stretched to that mean and standard deviation (Reinhard et al. 2001, here in RGB), kept within 0 to 255. */
export function recolour(picture: Picture, target: ClassColour): Picture {
  return mapPlanes(picture, (plane, colour) => {
    const mean = plane.reduce((a, b) => a + b, 0) / plane.length;
    const std = Math.sqrt(plane.reduce((sum, v) => sum + (v - mean) ** 2, 0) / plane.length);
    const factor = std > 0 ? target.std[colour] / std : 0;
    return plane.map((v) => Math.min(255, Math.max(0, (v - mean) * factor + target.mean[colour])));
  });
}

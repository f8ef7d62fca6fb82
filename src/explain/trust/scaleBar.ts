/** Finds a scale bar that is burned into the picture. */
import type { Picture } from './picture';

/** Pixels; right and bottom are behind the last one. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The part of the picture where it is looked for: the right and lower quarter. */
const FROM_LEFT = 0.7;
const FROM_TOP = 0.75;
/** Of the longer side: what is added around the ink, for the pale plate below it and the smooth edges of its letters. */
const MARGIN = 0.015;
/** A bar with its words: so many ink pixels of a picture of 224, and at least half as wide again as high. */
const LEAST_INK = 12 / (224 * 224);
const LEAST_ASPECT = 1.5;
/** Share of the box that ink covers: lines and letters leave most of it free, a dark cell does not. */
const MOST_FILLED = 0.6;

/** Ink of scale bars: near black without a hue, or pure red. Stained nuclei are blue to violet, pale ones pink (red with as much blue). */
function isInk(r: number, g: number, b: number): boolean {
  const [least, largest] = [Math.min(r, g, b), Math.max(r, g, b)];
  const black = largest < 110 && largest - least < 45;
  const red = r - g > 60 && r - b > 25;
  return black || red;
}

/** The box around the ink at the bottom right, with a margin; undefined where no ink looks like lines and letters. */
export function findScaleBar({ width, height, planes: [r, g, b] }: Picture): Box | undefined {
  let [left, top, right, bottom, ink] = [width, height, 0, 0, 0];
  for (let y = Math.floor(FROM_TOP * height); y < height; y++) {
    for (let x = Math.floor(FROM_LEFT * width); x < width; x++) {
      const i = y * width + x;
      if (!isInk(r[i], g[i], b[i])) continue;
      ink++;
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
  }
  const [w, h] = [right - left, bottom - top];
  if (ink < LEAST_INK * width * height || w < LEAST_ASPECT * h || ink > MOST_FILLED * w * h) return undefined;
  const margin = Math.ceil(MARGIN * Math.max(width, height));
  return { left: Math.max(0, left - margin), top: Math.max(0, top - margin), right: Math.min(width, right + margin), bottom: Math.min(height, bottom + margin) };
}

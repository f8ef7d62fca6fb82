/** Tells the parts of a smear apart by colour: nuclei, other cells, ground, and a burned-in scale bar. */
import type { Part } from '../../protocol/trust';
import { gaussian } from './blur';
import { otsu } from './otsu';
import type { Picture } from './picture';
import { findScaleBar, type Box } from './scaleBar';

export const PARTS: readonly Part[] = ['nuclei', 'other cells', 'background', 'scale bar'];

export interface Parts {
  /** An index into {@link PARTS} a pixel. */
  readonly labels: Uint8Array;
  readonly scaleBar: Box | undefined;
}

/** Optical densities by which the two groups must differ: else what Otsu separates is no stain, and no cell. */
const LEAST_VIOLET = 0.03;
const LEAST_DENSITY = 0.04;
/** Of the longer side: evens out the noise of compression. */
const SMOOTHING = 0.005;

/**
 * By optical densities D = −log10(value / 255), as Ruifrok and Johnston (2001) have them. Nuclei by Otsu's threshold on D(green) − D(red):
 * Romanowsky stains make them violet, from pink to dark blue, while red cells, also bluish ones, absorb red as much. Cells among the
 * rest by Otsu on D(green).
 */
export function partsOf(picture: Picture): Parts {
  const { height, width } = picture;
  const sigma = SMOOTHING * Math.max(height, width);
  const [r, g] = picture.planes.map((plane) => gaussian(plane, height, width, sigma));
  const scaleBar = findScaleBar(picture);
  const labels = new Uint8Array(height * width).fill(PARTS.indexOf('background'));
  if (scaleBar) fill(labels, width, scaleBar, PARTS.indexOf('scale bar'));
  mark(labels, PARTS.indexOf('nuclei'), (i) => density(g[i]) - density(r[i]), LEAST_VIOLET);
  mark(labels, PARTS.indexOf('other cells'), (i) => density(g[i]), LEAST_DENSITY);
  return { labels, scaleBar };
}

function density(value: number): number {
  return -Math.log10(Math.max(1, value) / 255);
}

/** Gives the label to those background pixels whose value is of the upper of two groups, where the groups are so far apart. */
function mark(labels: Uint8Array, label: number, value: (pixel: number) => number, leastDistance: number): void {
  const background = Array.from(labels.keys()).filter((i) => labels[i] === PARTS.indexOf('background'));
  const values = background.map(value);
  const threshold = otsu(values);
  if (!threshold || threshold.upper - threshold.lower < leastDistance) return;
  background.forEach((i, at) => {
    if (values[at] > threshold.value) labels[i] = label;
  });
}

function fill(labels: Uint8Array, width: number, { left, top, right, bottom }: Box, label: number): void {
  for (let y = top; y < bottom; y++) labels.fill(label, y * width + left, y * width + right);
}

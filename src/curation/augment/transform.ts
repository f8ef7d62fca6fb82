/** One random change of an image: which it is. */
import { createHash } from 'node:crypto';
import { uniformNumbers } from '../../evaluation/metrics/random';
import type { Change } from '../../images/change';

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

/**
 * The change that copy number `copy` of an image gets: a matter of these three alone, whatever the order and the number of threads.
 * @param sha256 of the source
 */
export function drawChange(ranges: Ranges, seed: number, sha256: string, copy: number): Change {
  const next = uniformNumbers(createHash('sha256').update(`${seed} ${sha256} ${copy}`).digest().readUInt32LE(0));
  const around = (range: number): number => (2 * next() - 1) * range;
  return { rotation: around(ranges.rotation), shear: around(ranges.shear), zoom: 1 + around(ranges.zoom), widthShift: around(ranges.widthShift), heightShift: around(ranges.heightShift), flip: next() < 0.5 && ranges.flip };
}

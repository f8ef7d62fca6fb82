/** Where a map's energy (the sum of its values) lies in the picture. */
import type { Corner, MapEnergy, MapInQuestion } from '../../protocol/trust';
import { bilinearResize } from '../overlay';
import { PARTS, type Parts } from './parts';
import type { Picture } from './picture';
import type { Box } from './scaleBar';

/** A corner's size as shares of the picture's: 36 of 224 pixels wide, 24 high. */
const CORNER_WIDTH = 36 / 224;
const CORNER_HEIGHT = 24 / 224;

/** @param map of values >= 0, upsampled bilinearly to the picture */
export function energyOf(map: MapInQuestion, { height, width }: Pick<Picture, 'height' | 'width'>, { labels, scaleBar }: Parts): MapEnergy {
  const values = bilinearResize(map.raw, map.height, map.width, height, width);
  const all = values.reduce((a, b) => a + b, 0);
  const share = (inside: (pixel: number) => boolean): { energy: number; area: number } => {
    let [energy, area] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      if (!inside(i)) continue;
      energy += values[i];
      area++;
    }
    const areaShare = area / values.length;
    // Nothing lies anywhere: as if it were spread evenly.
    return { energy: all > 0 ? energy / all : areaShare, area: areaShare };
  };
  const within = ({ left, top, right, bottom }: Box) => (i: number): boolean => i % width >= left && i % width < right && i >= top * width && i < bottom * width;
  return {
    map: { method: map.method, variant: map.variant, classIndex: map.classIndex },
    parts: PARTS.map((part, label) => ({ part, ...share((i) => labels[i] === label) })),
    corners: cornersOf(width, height).map(({ corner, box }) => {
      const inside = within(box);
      const { area, energy } = share(inside);
      return { corner, energy, area, nuclei: share((i) => inside(i) && labels[i] === PARTS.indexOf('nuclei')).area / area };
    }),
    scaleBar: scaleBar !== undefined,
    flat: map.raw.every((v) => v === map.raw[0]),
  };
}

function cornersOf(width: number, height: number): { corner: Corner; box: Box }[] {
  const [w, h] = [Math.max(1, Math.round(CORNER_WIDTH * width)), Math.max(1, Math.round(CORNER_HEIGHT * height))];
  const [left, right] = [{ left: 0, right: w }, { left: width - w, right: width }];
  const [top, bottom] = [{ top: 0, bottom: h }, { top: height - h, bottom: height }];
  return [
    { corner: 'top left corner', box: { ...left, ...top } },
    { corner: 'top right corner', box: { ...right, ...top } },
    { corner: 'bottom left corner', box: { ...left, ...bottom } },
    { corner: 'bottom right corner', box: { ...right, ...bottom } },
  ];
}

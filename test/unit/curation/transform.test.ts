import { describe, expect, it } from 'vitest';
import { drawChange, STUDY_RANGES } from '../../../src/curation/augment/transform';
import { applyChange, NO_CHANGE } from '../../../src/images/change';
import type { RgbImage } from '../../../src/images/types';

/** Each pixel says where it was: red its column, green its row. */
const places = (width: number, height: number): RgbImage => ({ width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => [Math.floor(i / 3) % width, Math.floor(i / 3 / width), 7][i % 3]) });
const at = ({ width, data }: RgbImage, x: number, y: number): number[] => [...data.slice(3 * (y * width + x), 3 * (y * width + x) + 3)];

describe('applyChange', () => {
  const image = places(9, 9);

  it('leaves an image without a change as it is, byte for byte', () => {
    expect(applyChange(image, NO_CHANGE, 'reflect').data).toEqual(image.data);
  });

  it('mirrors left to right', () => {
    expect(at(applyChange(image, { ...NO_CHANGE, flip: true }, 'reflect'), 0, 3)).toEqual([8, 3, 7]);
  });

  it('turns counter-clockwise', () => {
    const turned = applyChange(image, { ...NO_CHANGE, rotation: 90 }, 'reflect');
    // What was at the right is at the top.
    expect(at(turned, 4, 0)).toEqual([8, 4, 7]);
    expect(at(turned, 0, 4)).toEqual([4, 0, 7]);
  });

  it('moves by parts of the size, and fills as it was told', () => {
    const change = { ...NO_CHANGE, widthShift: 2 / 9, heightShift: 1 / 9 };
    expect(at(applyChange(image, change, 'reflect'), 4, 4)).toEqual([2, 3, 7]);
    expect(at(applyChange(image, change, 'reflect'), 0, 4)).toEqual([1, 3, 7]);
    expect(at(applyChange(image, change, 'nearest'), 0, 4)).toEqual([0, 3, 7]);
    expect(at(applyChange(image, change, [250, 240, 230]), 0, 4)).toEqual([250, 240, 230]);
  });

  it('enlarges about the middle', () => {
    const large = applyChange(image, { ...NO_CHANGE, zoom: 2 }, 'reflect');
    expect(at(large, 4, 4)).toEqual([4, 4, 7]);
    expect(at(large, 8, 0)).toEqual([6, 2, 7]);
  });

  it('shears by the tangent of the angle', () => {
    const sheared = applyChange(image, { ...NO_CHANGE, shear: 0.5 }, 'reflect');
    // Two rows below the middle everything is one column further to the right.
    expect(at(sheared, 5, 6)).toEqual([4, 6, 7]);
    expect(at(sheared, 5, 4)).toEqual([5, 4, 7]);
  });
});

describe('drawChange', () => {
  it('is a matter of seed, source and copy, within the ranges', () => {
    const one = drawChange(STUDY_RANGES, 1, 'a', 1);
    expect(drawChange(STUDY_RANGES, 1, 'a', 1)).toEqual(one);
    for (const other of [drawChange(STUDY_RANGES, 2, 'a', 1), drawChange(STUDY_RANGES, 1, 'b', 1), drawChange(STUDY_RANGES, 1, 'a', 2)]) expect(other).not.toEqual(one);
    const many = Array.from({ length: 500 }, (_, i) => drawChange(STUDY_RANGES, 1, 'a', i));
    expect(Math.max(...many.map(({ rotation }) => Math.abs(rotation)))).toBeGreaterThan(38);
    for (const { rotation, shear, zoom, widthShift } of many) {
      expect(Math.abs(rotation)).toBeLessThanOrEqual(40);
      expect(Math.max(Math.abs(shear), Math.abs(zoom - 1), Math.abs(widthShift))).toBeLessThanOrEqual(0.4);
    }
    expect(many.filter(({ flip }) => flip).length).toBeGreaterThan(200);
    expect(many.filter(({ flip }) => flip).length).toBeLessThan(300);
  });
});

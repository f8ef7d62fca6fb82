/** An overlay as a picture, and as a file: the image with a map blended over it. */
import { encodePng } from '../images/render';
import type { Field } from '../images/tensor';
import type { RgbImage } from '../images/types';
import type { CamMap, Explanation } from '../protocol/analysis';
import type { ColourMapName } from '../protocol/viewState';
import { colourTable } from './colourMaps';
import { bilinearResize, colourise, minMax } from './overlay';

export interface OverlayOptions {
  /** The part of the image that the map lies on, in pixels; the whole image unless given. */
  readonly field?: Field | undefined;
  readonly colours?: ColourMapName;
  /** 0 to 1 */
  readonly opacity?: number;
}

/** PNG of the image's own size, as {@link overlayRgb} draws it. */
export async function overlayPng(image: RgbImage, map: CamMap, size: Pick<Explanation, 'height' | 'width'>, options: OverlayOptions = {}): Promise<Uint8Array> {
  return encodePng(overlayRgb(image, map, size, options).data, image.width, image.height);
}

/** The map upsampled bilinearly (half-pixel centres) and blended over the image, which keeps its size. */
export function overlayRgb(image: RgbImage, map: CamMap, size: Pick<Explanation, 'height' | 'width'>, options: OverlayOptions = {}): RgbImage {
  const { field = { x: 0, y: 0, width: image.width, height: image.height }, colours = 'viridis', opacity = 0.5 } = options;
  const { values, flat } = minMax(map.raw);
  // A flat map shows nothing: the image stays as it is.
  if (flat) return image;
  const data = Uint8Array.from(image.data);
  const [left, top, width, height] = [field.x, field.y, field.width, field.height].map(Math.round);
  const painted = colourise(bilinearResize(values, size.height, size.width, height, width), { table: colourTable(colours), opacity, threshold: 0 });
  for (let y = Math.max(0, top); y < Math.min(image.height, top + height); y++) {
    for (let x = Math.max(0, left); x < Math.min(image.width, left + width); x++) {
      const from = 4 * ((y - top) * width + (x - left));
      const to = 3 * (y * image.width + x);
      const alpha = painted[from + 3] / 255;
      for (let c = 0; c < 3; c++) data[to + c] = Math.round(data[to + c] * (1 - alpha) + painted[from + c] * alpha);
    }
  }
  return { ...image, data };
}

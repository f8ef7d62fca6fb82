/** An overlay as a file: the image with a map blended over it. */
import { encodePng } from '../images/render';
import type { RgbImage } from '../images/types';
import type { CamMap, Explanation } from '../protocol/analysis';
import type { ColourMapName } from '../protocol/viewState';
import { colourTable } from './colourMaps';
import { bilinearResize, colourise, minMax } from './overlay';

/**
 * PNG of the image's own size, the map upsampled bilinearly (half-pixel centres) and blended.
 * @param opacity 0 to 1
 */
export async function overlayPng(image: RgbImage, map: CamMap, { height, width }: Pick<Explanation, 'height' | 'width'>, colours: ColourMapName = 'viridis', opacity = 0.5): Promise<Uint8Array> {
  const { values, flat } = minMax(map.raw);
  const pixels = Uint8Array.from(image.data);
  // A flat map shows nothing: the image stays as it is.
  if (!flat) {
    const painted = colourise(bilinearResize(values, height, width, image.height, image.width), { table: colourTable(colours), opacity, threshold: 0 });
    for (let i = 0; i < image.width * image.height; i++) {
      const alpha = painted[4 * i + 3] / 255;
      for (let c = 0; c < 3; c++) pixels[3 * i + c] = Math.round(pixels[3 * i + c] * (1 - alpha) + painted[4 * i + c] * alpha);
    }
  }
  return encodePng(pixels, image.width, image.height);
}

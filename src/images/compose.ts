/** From interleaved 8-bit samples of 1 to 4 channels to RGB: grey is repeated, alpha composed onto a colour. */

/** R, G, B; 0 to 255 each. */
export type Rgb = readonly [number, number, number];

export const WHITE: Rgb = [255, 255, 255];

/** What a decoder yields: 8-bit sRGB samples, row-major, interleaved, top row first. */
export interface Samples {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha; alpha is never premultiplied. */
  readonly channels: number;
  readonly data: Uint8Array;
}

/**
 * @param background what shows through: out = floor((alpha · colour + (255 − alpha) · background) / 255), which is what
 *   libvips' flatten computes for 8-bit images
 * @returns 3 bytes a pixel; the very `data` where it already is RGB
 */
export function composeRgb({ width, height, channels, data }: Samples, background: Rgb): Uint8Array {
  if (channels === 3) return data;
  const pixels = width * height;
  const rgb = new Uint8Array(pixels * 3);
  const grey = channels < 3;
  const hasAlpha = channels === 2 || channels === 4;
  for (let pixel = 0, from = 0, to = 0; pixel < pixels; pixel++, from += channels, to += 3) {
    const alpha = hasAlpha ? data[from + channels - 1] : 255;
    for (let c = 0; c < 3; c++) {
      const value = data[grey ? from : from + c];
      rgb[to + c] = Math.floor((alpha * value + (255 - alpha) * background[c]) / 255);
    }
  }
  return rgb;
}

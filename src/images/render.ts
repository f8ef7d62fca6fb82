/** Images as files: PNG for what a browser cannot show and for overlays on disk, WebP for thumbnails. */
import { SmearLensError } from '../errors';
import { loadSharp } from './sharp';
import { resizeRgb } from './tensor';
import type { RgbImage } from './types';

/**
 * A PNG of the image, shrunk (Lanczos, proportions kept) so that neither side exceeds `maxSide` pixels; never enlarged.
 * @param maxSide at least 1
 */
export async function renderPng(image: RgbImage, maxSide: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const raw = { width: image.width, height: image.height, channels: 3 as const };
  const png = await sharp(image.data, { raw, limitInputPixels: false })
    .resize(maxSide, maxSide, { fit: 'inside', kernel: 'lanczos3', withoutEnlargement: true })
    .png()
    .toBuffer();
  return new Uint8Array(png.buffer, png.byteOffset, png.length);
}

/**
 * Lossless PNG of raw pixels.
 * @param pixels row-major, interleaved 8-bit RGB or RGBA (not premultiplied); which of them follows from the length
 * @throws SmearLensError `internal` when the length fits neither
 */
export async function encodePng(pixels: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const channels = pixels.length / (width * height);
  if (channels !== 3 && channels !== 4) {
    throw new SmearLensError('internal', `${pixels.length} bytes are no RGB or RGBA image of ${width} × ${height} pixels.`, 'This is a defect of SmearLens. Please report it.');
  }
  const sharp = await loadSharp();
  const png = await sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false }).png().toBuffer();
  return new Uint8Array(png.buffer, png.byteOffset, png.length);
}

/**
 * The image, shrunk (Lanczos, proportions kept) so that neither side exceeds `maxSide` pixels; the very image where it fits.
 * @param maxSide at least 1
 */
export async function shrink(image: RgbImage, maxSide: number): Promise<RgbImage> {
  const scale = maxSide / Math.max(image.width, image.height);
  if (scale >= 1) return image;
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  return { width, height, data: await resizeRgb(image, { width, height, resize: 'stretch', interpolation: 'lanczos3', antialias: true, pad: [0, 0, 0] }) };
}

/** Tried one after the other. */
const QUALITIES = [75, 55, 35, 15, 1];

/** WebP of the best quality that takes no more than `maxBytes`; of the lowest one where none does. */
export async function encodeWebp({ data, width, height }: RgbImage, maxBytes: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  let webp = Buffer.alloc(0);
  for (const quality of QUALITIES) {
    webp = await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false }).webp({ quality }).toBuffer();
    if (webp.length <= maxBytes) break;
  }
  return new Uint8Array(webp.buffer, webp.byteOffset, webp.length);
}

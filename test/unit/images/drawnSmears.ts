/** Drawn smears, and copies of them as they turn up in data sets. */
import type { Sharp } from 'sharp';
import sharp from 'sharp';
import { drawField } from '../../../scripts/samples/field.mjs';
import { decodeBytes } from '../../../src/images/decode';
import type { RgbImage } from '../../../src/images/types';

/** `count` different fields of 224 × 224 pixels. */
export function drawnSmears(count: number): RgbImage[] {
  return Array.from({ length: count }, (_, i) => drawField({ seed: 400 + i, kind: 'pre', blasts: 7, stain: 'lavender' }));
}

/** A copy, changed by sharp and decoded again. */
export async function copyOf(image: RgbImage, change: (picture: Sharp) => Sharp): Promise<RgbImage> {
  const picture = sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 } });
  return decodeBytes(await change(picture).toBuffer(), 'copy');
}

/** What leaves a picture the same field to the eye. */
export const COPIES: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  're-encoded': (p) => p.jpeg({ quality: 40 }),
  halved: (p) => p.resize(112, 112).png(),
  enlarged: (p) => p.resize(500, 500).jpeg({ quality: 80 }),
  darker: (p) => p.linear(1, -30).png(),
  'of less contrast': (p) => p.linear(0.7, 50).png(),
  'of another gamma': (p) => p.gamma(2.2, 1.6).png(),
  blurred: (p) => p.blur(1.5).png(),
  paler: (p) => p.modulate({ saturation: 0.5, hue: 20 }).png(),
  'turned by 90°': (p) => p.rotate(90).jpeg({ quality: 70 }),
  'turned by 180°': (p) => p.rotate(180).png(),
  mirrored: (p) => p.flop().jpeg({ quality: 70 }),
  'mirrored and turned': (p) => p.rotate(270).flop().png(),
};

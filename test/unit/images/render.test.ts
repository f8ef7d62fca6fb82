import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePng, renderPng } from '../../../src/images/render';
import { noise, noiseImage } from './fixtures';

describe('renderPng', () => {
  it.each([
    [30, 20, 15, 15, 10],
    [20, 30, 15, 10, 15],
    [30, 20, 100, 30, 20],
    [1000, 1, 10, 10, 1],
  ])('%i × %i within %i is %i × %i', async (width, height, maxSide, outWidth, outHeight) => {
    const png = await renderPng(noiseImage(width, height), maxSide);
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: outWidth, height: outHeight });
  });

  it('keeps every pixel of an image that fits', async () => {
    const image = noiseImage(9, 5);
    expect(new Uint8Array(await sharp(await renderPng(image, 9)).raw().toBuffer())).toEqual(image.data);
  });
});

describe('encodePng', () => {
  it.each([3, 4])('keeps %i channels to the bit', async (channels) => {
    const pixels = noise(6 * 4 * channels);
    const { data, info } = await sharp(await encodePng(pixels, 6, 4)).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 6, height: 4, channels });
    expect(new Uint8Array(data)).toEqual(pixels);
  });

  it('refuses a buffer of another size', async () => {
    await expect(encodePng(new Uint8Array(10), 2, 2)).rejects.toMatchObject({ code: 'internal' });
  });
});

import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePng, encodeWebp, renderPng, shrink } from '../../../src/images/render';
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

describe('shrink', () => {
  it('keeps the proportions, and a small image as it is', async () => {
    expect(await shrink(noiseImage(300, 150), 100)).toMatchObject({ width: 100, height: 50 });
    expect((await shrink(noiseImage(300, 150), 100)).data).toHaveLength(3 * 100 * 50);
    expect(await shrink(noiseImage(1000, 1), 10)).toMatchObject({ width: 10, height: 1 });
    const small = noiseImage(20, 30);
    expect(await shrink(small, 30)).toBe(small);
  });

  it('takes the mean of what it puts together', async () => {
    const { data } = await shrink({ width: 64, height: 64, data: new Uint8Array(3 * 64 * 64).fill(90) }, 8);
    expect(new Set(data)).toEqual(new Set([90]));
  });
});

describe('encodeWebp', () => {
  it('gives up quality until the picture fits', async () => {
    const image = noiseImage(112, 112);
    const [good, fitting, impossible] = await Promise.all([1e6, 3600, 1].map((maxBytes) => encodeWebp(image, maxBytes)));
    expect(await sharp(fitting).metadata()).toMatchObject({ format: 'webp', width: 112, height: 112 });
    expect(good.length).toBeGreaterThan(3600);
    expect(fitting.length).toBeLessThanOrEqual(3600);
    expect(impossible.length).toBeLessThanOrEqual(fitting.length);
  });
});

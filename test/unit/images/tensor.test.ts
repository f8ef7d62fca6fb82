import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../../src/images/decode';
import { fieldOf, resizeRgb, toTensor, type ResizeSpec } from '../../../src/images/tensor';
import type { InputSpec, RgbImage } from '../../../src/images/types';
import { fixtureJson, noiseImage } from './fixtures';

interface Golden {
  resampling: {
    width: number;
    height: number;
    image: number[];
    cases: { mode: 'nearest' | 'bilinear' | 'bicubic'; width: number; height: number; torch: number[]; cv2: number[] }[];
  };
  normalising: {
    width: number;
    height: number;
    image: number[];
    scale: number;
    mean: [number, number, number];
    std: [number, number, number];
    cases: { colour: 'RGB' | 'BGR'; layout: 'NCHW' | 'NHWC'; values: number[] }[];
  };
}

const GOLDEN = fixtureJson<Golden>('golden.json');

const STRETCH: ResizeSpec = { width: 8, height: 8, resize: 'stretch', interpolation: 'bilinear', antialias: true, pad: [0, 0, 0] };

function goldenImage({ width, height, image }: { width: number; height: number; image: number[] }): RgbImage {
  return { width, height, data: Uint8Array.from(image) };
}

describe('resizeRgb without antialiasing', () => {
  const image = goldenImage(GOLDEN.resampling);

  it.each(GOLDEN.resampling.cases)('$mode to $width × $height is torch rounded, and cv2 within its fixed point', async ({ mode, width, height, torch, cv2 }) => {
    const resized = await resizeRgb(image, { ...STRETCH, width, height, interpolation: mode, antialias: false });
    expect([...resized]).toEqual(torch.map((value) => Math.min(Math.max(Math.floor(value + 0.5), 0), 255)));
    const tolerance = mode === 'nearest' ? 0 : 1;
    expect(Math.max(...cv2.map((value, i) => Math.abs(value - resized[i])))).toBeLessThanOrEqual(tolerance);
  });

  it('refuses lanczos3', async () => {
    await expect(resizeRgb(image, { ...STRETCH, interpolation: 'lanczos3', antialias: false })).rejects.toMatchObject({ code: 'manifest-invalid' });
  });

  // The geometry can be told apart from the filter by nearest, which both ways of resizing define alike at whole factors.
  it.each([
    [12, 8, 6, 6],
    [8, 12, 6, 6],
    [9, 6, 6, 7],
    [5, 10, 10, 4],
    [4, 2, 8, 9],
    [3, 3, 5, 3],
  ])('crops and pads %i × %i to %i × %i where sharp does', async (inWidth, inHeight, width, height) => {
    const flat: RgbImage = { width: inWidth, height: inHeight, data: new Uint8Array(inWidth * inHeight * 3).fill(200) };
    for (const resize of ['cover', 'contain'] as const) {
      const spec: ResizeSpec = { ...STRETCH, width, height, resize, pad: [10, 20, 30] };
      expect(await resizeRgb(flat, { ...spec, antialias: false })).toEqual(await resizeRgb(flat, spec));
    }
  });

  it('crops the middle', async () => {
    const columns: RgbImage = { width: 7, height: 2, data: Uint8Array.from({ length: 42 }, (_, i) => (Math.floor(i / 3) % 7) * 10) };
    const spec: ResizeSpec = { ...STRETCH, width: 2, height: 2, resize: 'cover', interpolation: 'nearest' };
    const expected = [30, 30, 30, 40, 40, 40, 30, 30, 30, 40, 40, 40];
    expect([...(await resizeRgb(columns, { ...spec, antialias: false }))]).toEqual(expected);
    expect([...(await resizeRgb(columns, spec))]).toEqual(expected);
  });
});

describe('resizeRgb with antialiasing', () => {
  it.each([
    ['nearest', 'nearest'],
    ['bilinear', 'linear'],
    ['bicubic', 'cubic'],
    ['lanczos3', 'lanczos3'],
  ] as const)('%s is the kernel that sharp calls %s', async (interpolation, kernel) => {
    const image = noiseImage(50, 37);
    const raw = { width: 50, height: 37, channels: 3 as const };
    for (const [resize, fit] of [['stretch', 'fill'], ['cover', 'cover'], ['contain', 'contain']] as const) {
      const reference = await sharp(image.data, { raw }).resize(16, 24, { fit, kernel, background: { r: 1, g: 2, b: 3 } }).raw().toBuffer();
      const resized = await resizeRgb(image, { width: 16, height: 24, resize, interpolation, antialias: true, pad: [1, 2, 3] });
      expect(resized).toEqual(new Uint8Array(reference));
    }
  });

  it('leaves an image of the right size alone', async () => {
    const image = noiseImage(8, 8);
    expect(await resizeRgb(image, STRETCH)).toEqual(image.data);
    expect(await resizeRgb(image, { ...STRETCH, antialias: false })).toEqual(image.data);
  });

  const SMEARS = join(__dirname, '../../../../shared/data');
  it.skipIf(!existsSync(SMEARS))('equals one sharp pipeline on real smears (skipped where ../shared/data is absent)', async () => {
    for (const folder of ['all-smears/Early', 'bccd']) {
      const all = readdirSync(join(SMEARS, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.jpg'));
      expect(all.length).toBeGreaterThan(100);
      for (const file of all.slice(0, 5)) {
        const bytes = readFileSync(join(SMEARS, folder, file));
        const once = await sharp(bytes, { failOn: 'error' }).autoOrient().toColourspace('srgb').removeAlpha()
          .resize(160, 160, { fit: 'fill', kernel: 'linear', fastShrinkOnLoad: false }).raw().toBuffer();
        const resized = await resizeRgb(await decodeBytes(bytes, file), { ...STRETCH, width: 160, height: 160 });
        expect(Buffer.compare(once, resized), file).toBe(0);
      }
    }
  });
});

describe('toTensor', () => {
  const { scale, mean, std, cases, width, height } = GOLDEN.normalising;
  const spec: Omit<InputSpec, 'colour' | 'layout'> = {
    ...STRETCH, tensorName: 'input', width, height, background: [255, 255, 255], window: 'full', scale, mean, std,
  };

  it.each(cases)('$layout $colour is what numpy computes, to the bit', async ({ colour, layout, values }) => {
    const tensor = await toTensor(goldenImage(GOLDEN.normalising), { ...spec, colour, layout });
    expect([...tensor]).toEqual(values);
  });
});

describe('fieldOf', () => {
  const spec = { width: 100, height: 50 };
  it('is the part of the image that the input shows', () => {
    const image = { width: 640, height: 480 };
    expect(fieldOf(image, { ...spec, resize: 'stretch' })).toBeUndefined();
    // 640/100 pixels of the image a pixel of the input: the whole width, and 320 of its 480 rows.
    expect(fieldOf(image, { ...spec, resize: 'cover' })).toEqual({ x: 0, y: 80, width: 640, height: 320 });
    // 480/50: the whole height, and 960 columns, 160 beyond either edge.
    expect(fieldOf(image, { ...spec, resize: 'contain' })).toEqual({ x: -160, y: 0, width: 960, height: 480 });
  });
});

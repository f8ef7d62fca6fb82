import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeBytes, decodeFile } from '../../../src/images/decode';
import { EXPECTED, expectedPixels, fixture, fixturePath, noise } from './fixtures';

describe('decodeBytes', () => {
  it.each(EXPECTED)('%s has the pixels that an independent decoder finds', async (file, array) => {
    expect(await decodeBytes(fixture(file), file)).toEqual(expectedPixels(array));
  });

  it.each(['rgb16.png', 'rgb16.tif', 'grey16.png', 'grey16.tif'])('%s is windowed by its percentiles when asked', async (file) => {
    const array = `${file.slice(0, -4)}-percentile`;
    expect(await decodeBytes(fixture(file), file, { window: 'percentile' })).toEqual(expectedPixels(array));
  });

  it.each(['rgb.png', 'photo.jpg', 'progressive.jpg', 'lossless.webp', 'frames.gif', 'rgb.avif', 'orientation6.jpg', 'grey.jpg'])(
    '%s decodes to the bytes of the plain sharp pipeline that models are trained with',
    async (file) => {
      const plain = await sharp(fixture(file), { failOn: 'error' }).autoOrient().toColourspace('srgb').removeAlpha().raw().toBuffer();
      expect((await decodeBytes(fixture(file), file)).data).toEqual(new Uint8Array(plain));
    },
  );

  it('reads AVIF: lossless but for its colour transform', async () => {
    const { width, height, data } = await decodeBytes(fixture('rgb.avif'), 'rgb.avif');
    const expected = expectedPixels('scene');
    expect([width, height]).toEqual([expected.width, expected.height]);
    expect(Math.max(...data.map((value, i) => Math.abs(value - expected.data[i])))).toBeLessThanOrEqual(2);
  });

  it('converts an embedded colour profile to sRGB', async () => {
    const wide = await sharp(fixture('rgb.png')).withIccProfile('p3').png().toBuffer();
    const unconverted = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    const plain = await sharp(wide).autoOrient().toColourspace('srgb').removeAlpha().raw().toBuffer();
    const { data } = await decodeBytes(wide, 'wide.png');
    expect(data).toEqual(new Uint8Array(plain));
    expect(data).not.toEqual(new Uint8Array(unconverted));
  });

  it('windows 16-bit samples as they are stored, whatever their profile says', async () => {
    const profiled = await sharp(fixture('rgb16.png')).toColourspace('rgb16').withIccProfile('srgb').png().toBuffer();
    expect((await sharp(profiled).metadata()).hasProfile).toBe(true);
    const { data } = await sharp(profiled, { ignoreIcc: true }).toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true });
    const stored = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    expect((await decodeBytes(profiled, 'profiled.png')).data).toEqual(Uint8Array.from(stored, (value) => Math.round(value / 257)));
  });

  it('goes by the content where the extension is wrong', async () => {
    expect(await decodeBytes(fixture('rgb.png'), 'x.jpg')).toEqual(expectedPixels('scene'));
    expect(await decodeBytes(fixture('bgr24.bmp'), 'x.tif')).toEqual(expectedPixels('scene'));
  });

  it('converts CMYK to sRGB: magenta and yellow ink make red', async () => {
    const { width, height, data } = await decodeBytes(fixture('cmyk.jpg'), 'cmyk.jpg');
    expect([width, height, data.length]).toEqual([8, 8, 192]);
    expect(data[0]).toBeGreaterThan(180);
    expect(data[1]).toBeLessThan(80);
    expect(data[2]).toBeLessThan(80);
  });

  it('composes alpha as sharp flattens it, for PNG and BMP alike', async () => {
    const background = [200, 30, 90] as const;
    const flat = await sharp(fixture('alpha.png')).flatten({ background: { r: 200, g: 30, b: 90 } }).raw().toBuffer();
    const png = await decodeBytes(fixture('alpha.png'), 'alpha.png', { background });
    expect(png.data).toEqual(new Uint8Array(flat));
    expect(await decodeBytes(fixture('alpha-v5.bmp'), 'alpha-v5.bmp', { background })).toEqual(png);
  });

  it('shows white through transparent pixels by default', async () => {
    const clear = await sharp({ create: { width: 2, height: 1, channels: 4, background: { r: 10, g: 20, b: 30, alpha: 0 } } }).png().toBuffer();
    expect([...(await decodeBytes(clear, 'clear.png')).data]).toEqual(Array(6).fill(255));
  });

  it('opens grey with alpha', async () => {
    const flat = await sharp(fixture('grey-alpha.png')).flatten({ background: '#fff' }).toColourspace('srgb').raw().toBuffer();
    expect((await decodeBytes(fixture('grey-alpha.png'), 'grey-alpha.png')).data).toEqual(new Uint8Array(flat));
  });

  it('composes 16-bit alpha after windowing', async () => {
    const samples = new Uint16Array([65535, 0, 32768, 32768]);
    const png = await sharp(samples, { raw: { width: 1, height: 1, channels: 4 } }).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(png).metadata()).depth).toBe('ushort');
    // 32768/257 rounds to 128: floor((128·c + 127·b) / 255)
    expect([...(await decodeBytes(png, 'x.png', { background: [100, 100, 100] })).data]).toEqual([177, 49, 114]);
  });
});

describe('what cannot be decoded', () => {
  it.each(['bomb.png', 'bomb.gif', 'bomb.jpg', 'bomb.bmp'])('%s declares too many pixels and is refused by its header', async (file) => {
    await expect(decodeBytes(fixture(file), file)).rejects.toMatchObject({
      code: 'image-too-large',
      message: expect.stringMatching(new RegExp(`^${file}: \\d+ × \\d+ pixels .*limit is 300 megapixels`)) as string,
    });
  });

  const cut = ['photo.jpg', 'progressive.jpg', 'rgb.png', 'lossless.webp', 'rgb.avif', 'lzw.tif', 'frames.gif', 'bgr24.bmp', 'palette8.bmp', 'rgb16.tif', 'rgb16.png'];
  it.each(cut)('%s cut short anywhere before its last bytes is refused', async (file) => {
    const whole = fixture(file);
    // Frames behind the first one, palette tables behind the pixels, and end marks are not needed.
    const needed = file === 'frames.gif' ? Math.floor(whole.length * 0.3) : file.endsWith('.png') ? whole.length - 20 : whole.length - 1;
    for (const part of [1, 0.95, 0.75, 0.5, 0.25, 0.1]) {
      const bytes = whole.subarray(0, Math.max(1, Math.floor(needed * part)));
      await expect(decodeBytes(bytes, file), `${bytes.length} of ${whole.length} bytes`).rejects.toMatchObject({
        code: bytes.length < 12 ? (expect.stringMatching(/^image-un/) as string) : 'image-unreadable',
        message: expect.stringContaining(file) as string,
      });
    }
  });

  it('refuses a JPEG whose picture is partly lost', async () => {
    const jpeg = fixture('photo.jpg');
    jpeg.copyWithin(700, 760); // entropy-coded data: 60 bytes vanish
    const lost = jpeg.subarray(0, jpeg.length - 60);
    await expect(sharp(lost, { failOn: 'error' }).raw().toBuffer()).resolves.toHaveLength(56 * 40 * 3); // as the library sees it
    await expect(decodeBytes(lost, 'lost.jpg')).rejects.toMatchObject({ code: 'image-unreadable' });
  });

  it('lets harmless JPEG warnings pass', async () => {
    const jpeg = fixture('photo.jpg');
    const frame = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xc0);
    const scan = jpeg.findIndex((byte, at) => byte === 0xff && jpeg[at + 1] === 0xda);
    const padded = new Uint8Array([...jpeg.subarray(0, frame), 0x11, 0x22, 0x33, ...jpeg.subarray(frame)]);
    const telephone = jpeg.slice();
    telephone[scan + 12] = 0; // the last spectral coefficient, 63 in sequential files
    for (const [bytes, warning] of [[padded, /extraneous/], [telephone, /Invalid SOS/]] as const) {
      await expect(sharp(bytes, { failOn: 'warning' }).raw().toBuffer()).rejects.toThrow(warning);
      expect(await decodeBytes(bytes, 'x.jpg')).toEqual(expectedPixels('photo'));
    }
  });

  it.each([
    ['%PDF-1.7 ....', /PDF/],
    ['<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>', /SVG/],
    ['version https://git-lfs.github.com/spec/v1', /Git LFS/],
    ['just some text, and nothing else', /not an image/],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', /HEIC/],
  ])('%j is no image, and is named', async (text, kind) => {
    await expect(decodeBytes(Buffer.from(text, 'latin1'), 'x.jpg')).rejects.toMatchObject({
      code: 'image-unsupported',
      message: expect.stringMatching(kind) as string,
    });
  });

  it('refuses random bytes behind every signature', async () => {
    for (const file of ['photo.jpg', 'rgb.png', 'lossless.webp', 'lzw.tif', 'frames.gif', 'bgr24.bmp']) {
      const bytes = noise(500);
      bytes.set(fixture(file).subarray(0, 12));
      await expect(decodeBytes(bytes, file)).rejects.toMatchObject({ name: 'SmearLensError', message: expect.stringContaining(file) as string });
    }
  });

  it('refuses floating-point samples', async () => {
    await expect(decodeBytes(fixture('float.tif'), 'float.tif')).rejects.toMatchObject({
      code: 'image-unsupported',
      message: expect.stringContaining('float') as string,
    });
  });
});

describe('decodeFile', () => {
  it('hashes the file it decodes', async () => {
    const bytes = fixture('photo.jpg');
    const image = await decodeFile(fixturePath('photo.jpg'));
    expect(image).toEqual({ ...expectedPixels('photo'), bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  });

  it('names a missing file', async () => {
    const path = fixturePath('missing.png');
    await expect(decodeFile(path)).rejects.toMatchObject({ code: 'image-not-found', message: expect.stringContaining(path) as string });
    await expect(decodeFile(fixturePath('rgb.png/inside.png'))).rejects.toMatchObject({ code: 'image-not-found' });
  });

  it('refuses a folder', async () => {
    await expect(decodeFile(fixturePath('.'))).rejects.toMatchObject({ code: 'image-unreadable', message: expect.stringContaining('folder') as string });
  });

  it.skipIf(process.platform === 'win32')('refuses what is not a regular file (skipped on Windows)', async () => {
    await expect(decodeFile('/dev/zero')).rejects.toMatchObject({ code: 'image-unreadable', message: expect.stringContaining('regular') as string });
  });

  it('refuses an empty file, and one past the size limit without reading it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'smearlens-images-'));
    try {
      const path = join(folder, 'x.png');
      writeFileSync(path, '');
      await expect(decodeFile(path)).rejects.toMatchObject({ code: 'image-empty' });
      truncateSync(path, 1_000_000_001); // sparse
      await expect(decodeFile(path)).rejects.toMatchObject({ code: 'image-too-large', message: expect.stringContaining('1 GB') as string });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('stops when cancelled', async () => {
    await expect(decodeFile(fixturePath('rgb.png'), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('stops between reading and decoding when cancelled meanwhile', async () => {
    const controller = new AbortController();
    const decoding = decodeFile(fixturePath('rgb.png'), { signal: controller.signal });
    controller.abort();
    await expect(decoding).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('tells an empty file from a damaged one', async () => {
  await expect(decodeBytes(new Uint8Array(0), 'empty.png')).rejects.toMatchObject({ code: 'image-empty' });
});

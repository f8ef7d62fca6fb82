import { describe, expect, it } from 'vitest';
import { decodeBmp } from '../../../src/images/bmp';
import { fixture } from './fixtures';

/** A fixture with fields of its header overwritten, little-endian. */
function patched(file: string, ...fields: [offset: number, value: number, bytes?: 2 | 4][]): Uint8Array {
  const bytes = fixture(file);
  const view = new DataView(bytes.buffer);
  for (const [offset, value, size = 4] of fields) {
    if (size === 2) view.setUint16(offset, value, true);
    else view.setUint32(offset, value, true);
  }
  return bytes;
}

const WIDTH = 18;
const HEIGHT = 22;
const BITS = 28;
const COMPRESSION = 30;

function codeOf(bytes: Uint8Array): unknown {
  try {
    decodeBmp(bytes, 'x.bmp');
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'decoded';
}

describe('decodeBmp', () => {
  it.each([
    ['a width of zero', patched('bgr24.bmp', [WIDTH, 0])],
    ['a negative width', patched('bgr24.bmp', [WIDTH, 0xffff_fff0])],
    ['a height of zero', patched('bgr24.bmp', [HEIGHT, 0])],
    ['more rows than there are', patched('bgr24.bmp', [HEIGHT, 11])],
    ['more bits than there are', patched('bgr24.bmp', [BITS, 32, 2])],
    ['pixels that begin inside the header', patched('bgr24.bmp', [10, 20])],
    ['pixels that begin behind the end', patched('bgr24.bmp', [10, 0xffff_ffff])],
    ['an unknown header size', patched('bgr24.bmp', [14, 41])],
    ['a header longer than the file', patched('palette1.bmp', [14, 124])],
    ['masks at 24 bits', patched('bgr24.bmp', [COMPRESSION, 3])],
    ['a mask with gaps', patched('rgb565.bmp', [54, 0xf0f0])],
    ['a colour that the palette lacks', patched('palette8.bmp', [46, 3])],
  ])('refuses %s as damaged', (_what, bytes) => {
    expect(codeOf(bytes)).toBe('image-unreadable');
  });

  it('refuses a size past the limit before it looks for the pixels', () => {
    expect(codeOf(patched('bgr24.bmp', [WIDTH, 0x7fff_ffff], [HEIGHT, 0x8000_0000]))).toBe('image-too-large');
  });

  it.each([
    ['RLE8', patched('palette8.bmp', [COMPRESSION, 1])],
    ['RLE4', patched('palette4.bmp', [COMPRESSION, 2])],
    ['embedded JPEG', patched('bgr24.bmp', [COMPRESSION, 4])],
    ['2 bits a pixel', patched('palette4.bmp', [BITS, 2, 2])],
  ])('names %s as not supported', (what, bytes) => {
    expect(codeOf(bytes)).toBe('image-unsupported');
    expect(() => decodeBmp(bytes, 'x.bmp')).toThrow(what);
  });

  it('reads a file at any offset of its buffer', () => {
    const bytes = fixture('rgb565.bmp');
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(decodeBmp(shifted.subarray(1), 'x.bmp')).toEqual(decodeBmp(bytes, 'x.bmp'));
  });
});

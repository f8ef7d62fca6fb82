/**
 * Uncompressed BMP of 1, 4, 8, 16, 24 and 32 bits (microscope cameras and sets such as C-NMC write it; libvips does not
 * read it). Our own, because the packages at hand ignore where the pixels begin and take a header's word for sizes.
 */
import { readBmpHeader, type BmpHeader } from './bmpHeader';
import type { Samples } from './compose';
import { damaged } from './imageErrors';

/**
 * @param bytes the whole file, starting with 'BM'
 * @param name for messages
 * @returns 3 or 4 channels
 * @throws SmearLensError as {@link readBmpHeader}, and `image-unreadable` for a pixel whose colour the palette lacks
 */
export function decodeBmp(bytes: Uint8Array, name: string): Samples {
  const header = readBmpHeader(bytes, name);
  const rows = rowReader(header, name);
  const { width, height } = header;
  const channels = header.masks !== undefined && header.masks[3].max > 0 ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const start = header.dataOffset + header.rowBytes * (header.topDown ? y : height - 1 - y);
    rows(bytes.subarray(start, start + header.rowBytes), data.subarray(y * width * channels, (y + 1) * width * channels));
  }
  // Some writers declare an alpha channel and leave it zero; browsers show such a file opaque too.
  if (channels === 4 && isTransparent(data)) for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return { width, height, channels, data };
}

/** Decodes one row of the file (`from`, padded) into one row of samples (`to`). */
type RowReader = (from: Uint8Array, to: Uint8Array) => void;

function rowReader(header: BmpHeader, name: string): RowReader {
  if (header.masks !== undefined) return maskedReader(header.bits === 16 ? 2 : 4, header.masks);
  if (header.bits === 24) return readBgr;
  return paletteReader(header.bits, header.palette, name);
}

function readBgr(from: Uint8Array, to: Uint8Array): void {
  for (let at = 0; at < to.length; at += 3) {
    to[at] = from[at + 2]!;
    to[at + 1] = from[at + 1]!;
    to[at + 2] = from[at]!;
  }
}

function paletteReader(bits: number, palette: Uint8Array, name: string): RowReader {
  const perByte = 8 / bits;
  const colours = palette.length / 3;
  return (from, to) => {
    for (let x = 0; x * 3 < to.length; x++) {
      const shift = 8 - bits * ((x % perByte) + 1);
      const index = (from[Math.floor(x / perByte)] >> shift) & (2 ** bits - 1);
      if (index >= colours) throw damaged(name, 'BMP', `a pixel has colour ${index} of a palette of ${colours}`);
      for (let c = 0; c < 3; c++) to[x * 3 + c] = palette[index * 3 + c]!;
    }
  };
}

/** A channel of `max` becomes round(value · 255 / max); an absent colour is 0. */
function maskedReader(bytesPerPixel: 2 | 4, masks: NonNullable<BmpHeader['masks']>): RowReader {
  const used = masks[3].max > 0 ? masks : masks.slice(0, 3);
  return (from, to) => {
    const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
    for (let pixel = 0, at = 0; at < to.length; pixel += bytesPerPixel) {
      const value = bytesPerPixel === 2 ? view.getUint16(pixel, true) : view.getUint32(pixel, true);
      for (const { shift, max } of used) {
        to[at++] = max === 0 ? 0 : Math.floor(((((value >>> shift) & max) >>> 0) * 255) / max + 0.5);
      }
    }
  };
}

function isTransparent(rgba: Uint8Array): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return false;
  return true;
}

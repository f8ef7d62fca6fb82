/** The headers of a BMP file, checked against the file before anything is allocated (Microsoft's BITMAPFILEHEADER and its six successors). */
import { assertPixelCount, damaged, unsupported } from './imageErrors';

/** Where a colour channel sits in a 16- or 32-bit pixel. `max` is the channel's largest value, 0 where it is absent. */
export interface ChannelMask {
  readonly shift: number;
  readonly max: number;
}

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** The first row in the file is the top one. */
  readonly topDown: boolean;
  readonly bits: 1 | 4 | 8 | 16 | 24 | 32;
  /** Where the rows start, and the length of one, padding to 4 bytes included. */
  readonly dataOffset: number;
  readonly rowBytes: number;
  /** RGB, 3 bytes a colour; empty above 8 bits. */
  readonly palette: Uint8Array;
  /** Red, green, blue, alpha; only at 16 and 32 bits. */
  readonly masks: readonly [ChannelMask, ChannelMask, ChannelMask, ChannelMask] | undefined;
}

const FILE_HEADER = 14;
const CORE_HEADER = 12;
const INFO_HEADER = 40;
/** BITMAPCOREHEADER, BITMAPINFOHEADER, V2, V3, OS/2 2.x, V4, V5. */
const HEADER_SIZES = [CORE_HEADER, INFO_HEADER, 52, 56, 64, 108, 124];
const OS2_V2_HEADER = 64;

const BI_RGB = 0;
const BI_BITFIELDS = 3;
const BI_ALPHABITFIELDS = 6;
const COMPRESSION_NAMES: Readonly<Record<number, string>> = { 1: 'RLE8', 2: 'RLE4', 4: 'embedded JPEG', 5: 'embedded PNG' };

/**
 * @param bytes the whole file, starting with 'BM'
 * @throws SmearLensError `image-unreadable` (cut short, fields that contradict each other), `image-unsupported`
 *   (compressed, odd bit depths), `image-too-large`
 */
export function readBmpHeader(bytes: Uint8Array, name: string): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < FILE_HEADER + CORE_HEADER) throw damaged(name, 'BMP', 'the header is incomplete');
  const headerSize = view.getUint32(FILE_HEADER, true);
  if (!HEADER_SIZES.includes(headerSize)) throw damaged(name, 'BMP', `its header declares a size of ${headerSize} bytes`);
  if (bytes.length < FILE_HEADER + headerSize) throw damaged(name, 'BMP', 'the header is incomplete');

  const core = headerSize === CORE_HEADER;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core ? BI_RGB : view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  if (width < 1 || height < 1) throw damaged(name, 'BMP', `its header declares ${width} × ${height} pixels`);
  assertPixelCount(name, width, height);
  if (!isBits(bits)) throw unsupported(name, `a BMP image of ${bits} bits a pixel is not read`);
  assertCompression(name, compression, bits, headerSize);

  const dataOffset = view.getUint32(10, true);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const masked = compression === BI_BITFIELDS || compression === BI_ALPHABITFIELDS;
  // Only the 40-byte header keeps its masks outside, between itself and the palette.
  const outsideMasks = masked && headerSize === INFO_HEADER ? (compression === BI_ALPHABITFIELDS ? 16 : 12) : 0;
  const paletteOffset = FILE_HEADER + headerSize + outsideMasks;
  if (dataOffset < paletteOffset) throw damaged(name, 'BMP', 'its pixels would begin within the header');
  const missing = dataOffset + rowBytes * height - bytes.length;
  if (missing > 0) throw damaged(name, 'BMP', `${missing} bytes of its pixels are missing`);

  const coloursUsed = core ? 0 : view.getUint32(46, true);
  return {
    width,
    height,
    topDown: signedHeight < 0,
    bits,
    dataOffset,
    rowBytes,
    palette: bits <= 8 ? readPalette(bytes.subarray(paletteOffset, dataOffset), core ? 3 : 4, bits, coloursUsed) : new Uint8Array(0),
    masks: bits === 16 || bits === 32 ? readMasks(view, bits, masked, hasAlphaMask(headerSize, compression), name) : undefined,
  };
}

function isBits(bits: number): bits is BmpHeader['bits'] {
  return [1, 4, 8, 16, 24, 32].includes(bits);
}

function assertCompression(name: string, compression: number, bits: number, headerSize: number): void {
  if (compression === BI_RGB) return;
  const masked = compression === BI_BITFIELDS || compression === BI_ALPHABITFIELDS;
  // In OS/2 2.x headers 3 means Huffman coding.
  if (masked && headerSize !== OS2_V2_HEADER) {
    if (bits === 16 || bits === 32) return;
    throw damaged(name, 'BMP', `it declares colour masks at ${bits} bits a pixel`);
  }
  throw unsupported(name, `the BMP image is compressed (${COMPRESSION_NAMES[compression] ?? `method ${compression}`}), which is not read`);
}

function hasAlphaMask(headerSize: number, compression: number): boolean {
  return compression === BI_ALPHABITFIELDS || (headerSize >= 56 && headerSize !== OS2_V2_HEADER);
}

/** @param table the bytes between header and pixels, blue first; a table shorter than declared holds fewer colours */
function readPalette(table: Uint8Array, entryBytes: 3 | 4, bits: number, coloursUsed: number): Uint8Array {
  const declared = coloursUsed === 0 ? 2 ** bits : coloursUsed;
  const colours = Math.min(declared, 2 ** bits, Math.floor(table.length / entryBytes));
  const palette = new Uint8Array(colours * 3);
  for (let i = 0; i < colours; i++) {
    for (let c = 0; c < 3; c++) palette[i * 3 + c] = table[i * entryBytes + 2 - c]!;
  }
  return palette;
}

function readMasks(view: DataView, bits: 16 | 32, masked: boolean, alpha: boolean, name: string): NonNullable<BmpHeader['masks']> {
  if (!masked) {
    // Without masks the fourth byte of a 32-bit pixel is reserved, whatever it holds.
    return bits === 16
      ? [channelMask(0x7c00, name), channelMask(0x03e0, name), channelMask(0x001f, name), channelMask(0, name)]
      : [channelMask(0xff0000, name), channelMask(0xff00, name), channelMask(0xff, name), channelMask(0, name)];
  }
  const at = FILE_HEADER + INFO_HEADER; // inside the larger headers, behind the 40-byte one
  const end = at + (alpha ? 16 : 12);
  if (view.byteLength < end) throw damaged(name, 'BMP', 'the header is incomplete');
  const mask = (index: number): ChannelMask => channelMask(view.getUint32(at + 4 * index, true), name);
  return [mask(0), mask(1), mask(2), alpha ? mask(3) : channelMask(0, name)];
}

function channelMask(mask: number, name: string): ChannelMask {
  if (mask === 0) return { shift: 0, max: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  const max = mask >>> shift;
  if ((max & (max + 1)) !== 0) throw damaged(name, 'BMP', `its colour mask 0x${mask.toString(16)} has gaps`);
  return { shift, max };
}

/** Decoding through sharp (libvips): JPEG, PNG, WebP, TIFF, GIF, AVIF. */
import type { Metadata, SharpOptions } from 'sharp';
import type { Samples } from './compose';
import { assertPixelCount, damaged, MAX_PIXELS, throwIfCancelled, unsupported } from './imageErrors';
import { loadSharp, type SharpModule } from './sharp';
import type { ImageFormat } from './sniff';
import { pageToRead } from './tiffPages';
import { windowTo8Bit, type WindowMode } from './window';

/** Pages of a TIFF that are looked at; no pyramid has more levels. */
const MAX_PAGES = 32;

/**
 * What libjpeg warns of when part of a picture is lost, though it decodes the rest. Its other warnings leave the picture
 * whole: 'Invalid SOS parameters' of some telephones (lovell/sharp#1578), 'extraneous bytes before marker'.
 */
const LOST_JPEG_DATA = /bad Huffman code|premature end of data segment|instead of RST|bad arithmetic|Inconsistent progression/;

/**
 * @param bytes the whole file, of the `format` that images/sniff.ts found
 * @param window how 16-bit samples become 8-bit ones; an embedded profile of theirs is ignored, since it describes the
 *   samples before windowing
 * @returns sRGB, EXIF orientation applied, alpha kept. The first frame of an animation; the page of a TIFF that
 *   images/tiffPages.ts picks
 * @throws SmearLensError `image-unreadable`, `image-unsupported`, `image-too-large`, `cancelled`
 */
export async function decodeWithVips(
  bytes: Uint8Array,
  name: string,
  format: ImageFormat,
  window: WindowMode,
  signal: AbortSignal | undefined,
): Promise<Samples> {
  const sharp = await loadSharp();
  try {
    const { page, metadata } = await readHeader(sharp, bytes, format);
    assertPixelCount(name, metadata.width, metadata.height);
    assertKind(name, metadata);
    throwIfCancelled(name, signal);
    const options: SharpOptions = { failOn: 'error', limitInputPixels: MAX_PIXELS, page };
    if (metadata.space === 'grey16' || metadata.space === 'rgb16') {
      return await decode16Bit(sharp, bytes, options, metadata.space, window);
    }
    return format === 'JPEG' ? await decodeJpeg(sharp, bytes, options) : await decode8Bit(sharp, bytes, options);
  } catch (cause) {
    throw cause instanceof LibraryError ? damaged(name, format, cause.message) : cause;
  }
}

/** libvips refused; everything else that is thrown here is an error of ours already. */
class LibraryError extends Error {}

async function fromLibrary<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new LibraryError(libraryMessage(cause));
  }
}

/** libvips reports one line a failing operation, 'VipsJpeg: ...'; the first is the reason, the rest its consequences. */
function libraryMessage(cause: unknown): string {
  const lines = (cause instanceof Error ? cause.message : String(cause)).split('\n').map((line) => line.trim());
  const first = (lines.find((line) => line !== '') ?? '').replace(/^Input buffer has corrupt header: /, '').replace(/^\w+: /, '');
  return first === '' || /unsupported image format/.test(first) ? 'its header cannot be read' : first;
}

interface Header {
  readonly page: number;
  readonly metadata: Metadata;
}

async function readHeader(sharp: SharpModule, bytes: Uint8Array, format: ImageFormat): Promise<Header> {
  // The pixel limit is off for headers so that an oversized image is told apart from a damaged one.
  const headerOf = (page: number): Promise<Metadata> => fromLibrary(sharp(bytes, { page, limitInputPixels: false }).metadata());
  const pages = [await headerOf(0)];
  const count = format === 'TIFF' ? Math.min(pages[0].pages ?? 1, MAX_PAGES) : 1;
  try {
    while (pages.length < count) pages.push(await headerOf(pages.length));
  } catch (cause) {
    // A broken later page does not take the first one away.
    if (!(cause instanceof LibraryError)) throw cause;
  }
  const page = pageToRead(pages);
  return { page, metadata: pages[page] };
}

function assertKind(name: string, { depth, space, channels }: Metadata): void {
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw unsupported(name, `samples of type '${depth}' are not read`, 'Save the image with 8 or 16 bits a channel (unsigned integers).');
  }
  if (channels > 4 || space === 'multiband') {
    throw unsupported(name, `${channels} channels a pixel are not read`, 'Save the image as grey, RGB or RGBA.');
  }
}

async function decode8Bit(sharp: SharpModule, bytes: Uint8Array, options: SharpOptions): Promise<Samples> {
  const { data, info } = await fromLibrary(
    sharp(bytes, options).autoOrient().toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, channels: info.channels, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

/**
 * 'error' lets every libjpeg warning pass, a picture grey from the middle down among them. So the first try stops at any
 * warning, and the second happens only where that warning was harmless. (libvips keeps one message buffer a process: two
 * files that fail in the same instant may show each other's message.)
 */
async function decodeJpeg(sharp: SharpModule, bytes: Uint8Array, options: SharpOptions): Promise<Samples> {
  try {
    return await decode8Bit(sharp, bytes, { ...options, failOn: 'warning' });
  } catch (cause) {
    if (!(cause instanceof LibraryError) || LOST_JPEG_DATA.test(cause.message)) throw cause;
    return decode8Bit(sharp, bytes, options);
  }
}

async function decode16Bit(
  sharp: SharpModule,
  bytes: Uint8Array,
  options: SharpOptions,
  space: 'grey16' | 'rgb16',
  window: WindowMode,
): Promise<Samples> {
  const { data, info } = await fromLibrary(
    sharp(bytes, { ...options, ignoreIcc: true }).autoOrient().toColourspace(space).raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true }),
  );
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  return { width: info.width, height: info.height, channels: info.channels, data: windowTo8Bit(samples, info.channels, window) };
}

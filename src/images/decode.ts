/** Opens image files: checks them, decodes them through libvips or images/bmp.ts, and ends at 8-bit sRGB without alpha. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { decodeBmp } from './bmp';
import { composeRgb, WHITE, type Rgb } from './compose';
import { emptyFile, fileTooLarge, MAX_FILE_BYTES, notFound, notReadable, throwIfCancelled, unsupported } from './imageErrors';
import { sniffForeign, sniffFormat } from './sniff';
import type { RgbImage } from './types';
import { decodeWithVips } from './vips';
import type { WindowMode } from './window';

export interface DecodeOptions {
  /** What transparent pixels are composed onto; white when absent. */
  readonly background?: Rgb | undefined;
  /** How 16-bit samples become 8-bit ones; `full` when absent. No effect on 8-bit images. */
  readonly window?: WindowMode | undefined;
  /** Checked between the steps; a step that runs is not interrupted. */
  readonly signal?: AbortSignal | undefined;
}

export interface DecodedImage extends RgbImage {
  /** Of the file's bytes, lower-case hex. */
  readonly sha256: string;
  /** Size of the file. */
  readonly bytes: number;
}

/**
 * Reads a file once, hashes and decodes it.
 * @throws SmearLensError `image-not-found`, `image-empty`, `image-unreadable`, `image-unsupported`, `image-too-large`, `cancelled`
 */
export async function decodeFile(path: string, options: DecodeOptions = {}): Promise<DecodedImage> {
  const { bytes, sha256 } = await readImageFile(path, options.signal);
  const { width, height, data } = await decodeBytes(bytes, path, options);
  return { width, height, data, sha256, bytes: bytes.length };
}

/**
 * Decodes a file's content; the format is told from the content. Of several pages, frames or resolutions one is taken
 * (images/vips.ts). EXIF orientation is applied, embedded colour profiles of 8-bit images are converted to sRGB.
 * @param bytes the whole file
 * @param name for messages
 * @throws SmearLensError as {@link decodeFile}
 */
export async function decodeBytes(bytes: Uint8Array, name: string, options: DecodeOptions = {}): Promise<RgbImage> {
  throwIfCancelled(name, options.signal);
  if (bytes.length === 0) throw emptyFile(name);
  const format = sniffFormat(bytes);
  if (format === undefined) throw unsupported(name, describeForeign(bytes), 'Open a JPEG, PNG, TIFF, BMP, WebP, GIF or AVIF image.');
  const samples =
    format === 'BMP' ? decodeBmp(bytes, name) : await decodeWithVips(bytes, name, format, options.window ?? 'full', options.signal);
  throwIfCancelled(name, options.signal);
  return { width: samples.width, height: samples.height, data: composeRgb(samples, options.background ?? WHITE) };
}

function describeForeign(bytes: Uint8Array): string {
  const kind = sniffForeign(bytes);
  return kind === undefined ? 'the file is not an image of a kind we read' : `this is ${kind}, which is not read`;
}

/**
 * The bytes of an image file, and their sha256 (lower-case hex).
 * @throws SmearLensError `image-not-found`, `image-unreadable`, `image-too-large`, `cancelled`
 */
export async function readImageFile(path: string, signal?: AbortSignal): Promise<{ bytes: Uint8Array; sha256: string }> {
  throwIfCancelled(path, signal);
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw notReadable(path, 'this is a folder, not an image', 'Name an image inside it.');
    // Reading a pipe or device could wait forever.
    if (!status.isFile()) throw notReadable(path, 'this is not a regular file', 'Copy the image into a folder first.');
    if (status.size > MAX_FILE_BYTES) throw fileTooLarge(path, status.size);
    const bytes = await readFile(path, { signal });
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (cause) {
    throwIfCancelled(path, signal);
    throw fileError(path, cause);
  }
}

function fileError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return notFound(path);
    case 'EACCES':
    case 'EPERM':
      return notReadable(path, 'permission to read it is missing', "Check the file's permissions.");
    case 'EBUSY':
      return notReadable(path, 'another program holds the file locked', 'Close it there and try again.');
    default:
      // Error codes of the system begin with E; what remains are our own errors, and defects.
      return /^E[A-Z]/.test(code) ? notReadable(path, `the file cannot be read (${code})`, 'Check the disk or network share it lies on.') : cause;
  }
}

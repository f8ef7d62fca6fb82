/** Every error that opening an image can end in, one function each, so that wording and hints stay in one place. */
import { SmearLensError } from '../errors';

/** Declared pixels (width × height) above which nothing is decoded: 0.9 GB as 8-bit RGB. */
export const MAX_PIXELS = 300_000_000;
/** Size of a file, in bytes, above which it is not read. */
export const MAX_FILE_BYTES = 1_000_000_000;

const REPAIR = 'Copy the file again from its source, or open it in an image editor and save it anew.';

export function notFound(name: string): SmearLensError {
  return new SmearLensError('image-not-found', `${name}: there is no such file.`, 'Check the path; the file may have been moved or renamed.');
}

export function emptyFile(name: string): SmearLensError {
  return new SmearLensError('image-empty', `${name}: the file is empty (0 bytes).`, 'Copy the file again from its source; the copy was probably interrupted.');
}

/** The file is there but cannot be read at all: a folder, a device, no permission. */
export function notReadable(name: string, what: string, hint: string): SmearLensError {
  return new SmearLensError('image-unreadable', `${name}: ${what}.`, hint);
}

/** The content is of a format we read, but broken. `what` continues 'the JPEG image is damaged: '. */
export function damaged(name: string, format: string, what: string): SmearLensError {
  return new SmearLensError('image-unreadable', `${name}: the ${format} image is damaged or cut short: ${what}.`, REPAIR);
}

/** A sound image of a kind we do not read. */
export function unsupported(name: string, what: string, hint = 'Save the image as PNG or 8-bit TIFF and open that.'): SmearLensError {
  return new SmearLensError('image-unsupported', `${name}: ${what}.`, hint);
}

export function fileTooLarge(name: string, bytes: number): SmearLensError {
  return new SmearLensError(
    'image-too-large',
    `${name}: the file has ${(bytes / 1e9).toFixed(2)} GB; the limit is ${MAX_FILE_BYTES / 1e9} GB.`,
    'Export the region of interest as an image of its own.',
  );
}

/**
 * Refuses an image by the size its header declares, before any pixel is decoded (a small file can declare a huge one).
 * @param width pixels, as declared
 * @param height pixels, as declared
 */
export function assertPixelCount(name: string, width: number, height: number): void {
  if (width * height <= MAX_PIXELS) return;
  const megapixels = (width * height) / 1e6;
  throw new SmearLensError(
    'image-too-large',
    `${name}: ${width} × ${height} pixels (${megapixels.toFixed(0)} megapixels); the limit is ${MAX_PIXELS / 1e6} megapixels.`,
    'Export the region of interest as an image of its own, or save the image at a lower magnification.',
  );
}

export function throwIfCancelled(name: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SmearLensError('cancelled', `${name}: decoding was cancelled.`, 'Open the image again.');
}

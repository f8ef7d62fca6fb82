/** The size of an image as it is shown, without decoding its pixels where the format allows. */
import { readBmpHeader } from './bmpHeader';
import { decodeBytes, readImageFile } from './decode';
import { loadSharp } from './sharp';
import { sniffFormat } from './sniff';

/**
 * Width and height in pixels, EXIF orientation applied: those that `decodeFile` gives.
 * @throws SmearLensError as `decodeFile`
 */
export async function imageSize(file: string, signal?: AbortSignal): Promise<{ readonly width: number; readonly height: number }> {
  const { bytes } = await readImageFile(file, signal);
  const format = sniffFormat(bytes);
  if (format === 'BMP') {
    const { width, height } = readBmpHeader(bytes, file);
    return { width, height };
  }
  if (format === 'JPEG' || format === 'PNG') {
    const found = await (await loadSharp())(bytes).metadata().catch(() => undefined);
    if (found?.width && found.height) return (found.orientation ?? 1) > 4 ? { width: found.height, height: found.width } : { width: found.width, height: found.height };
  }
  // Of several pages or frames the decoder chooses one; and a damaged file gets the decoder's own message.
  const { width, height } = await decodeBytes(bytes, file, { signal });
  return { width, height };
}

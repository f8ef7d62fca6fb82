/** Goes through images, several at a time: what is wrong with one of them never stops the others. */
import { toErrorInfo } from '../../errors';

export interface NamedImage {
  /** As results name it. */
  readonly path: string;
  /** To open it. */
  readonly file: string;
}

export interface ImageEvents {
  /** Told how many are done, those that failed included. */
  readonly progress: (done: number, total: number) => void;
  /** Told of each image that cannot be read or computed; it is passed over. */
  readonly failed: (path: string, error: unknown) => void;
}

/**
 * @param ahead how many are on their way at a time
 * @returns what `one` gave, in the order of the images, without those that failed; fewer once the signal is aborted
 * @throws what `one` throws that is not of the image itself
 */
export async function forEachImage<T extends NamedImage, R>(images: readonly T[], { ahead, progress, failed, signal }: ImageEvents & { readonly ahead: number; readonly signal: AbortSignal }, one: (image: T) => Promise<R>): Promise<R[]> {
  const results: { readonly value: R }[] = [];
  const underway = new Set<Promise<void>>();
  let fatal: { readonly error: unknown } | undefined;
  let done = 0;
  for (const [place, image] of images.entries()) {
    if (signal.aborted || fatal) break;
    const going: Promise<void> = one(image)
      .then((value) => void (results[place] = { value }))
      .catch((error: unknown) => {
        if (isOfImage(error)) failed(image.path, error);
        else fatal ??= { error };
      })
      .then(() => progress(++done, images.length))
      .finally(() => underway.delete(going));
    underway.add(going);
    if (underway.size >= ahead) await Promise.race(underway);
  }
  await Promise.all(underway);
  if (fatal) throw fatal.error;
  return results.filter((r) => r !== undefined).map(({ value }) => value);
}

/** What is wrong with one image; everything else concerns all of them. */
export function isOfImage(error: unknown): boolean {
  const { code } = toErrorInfo(error);
  return code.startsWith('image-') || code === 'numeric';
}

/** From the paths on the command line to images, decoded one ahead of the model. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { isImagePath } from '../images/formats';

/**
 * Files as given; of folders, all images in them and below, by name. Hidden files and folders are passed over.
 * @throws SmearLensError `image-not-found` for a folder without images
 */
export async function imagesOf(given: string): Promise<string[]> {
  const stat = await fs.stat(given).catch(() => undefined);
  if (!stat?.isDirectory()) return [given];
  const entries = await fs.readdir(given, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((e) => e.isFile() && isImagePath(e.name))
    .map((e) => path.join(e.parentPath, e.name))
    .filter((file) => !path.relative(given, file).split(path.sep).some((part) => part.startsWith('.')))
    .sort();
  if (files.length === 0) throw new SmearLensError('image-not-found', `${given}: holds no images.`, 'Give a folder with JPEG, PNG, TIFF, BMP or WebP files.');
  return files;
}

/** A value, or what was thrown instead of it. */
export type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** Makes each item's value one item ahead of its use: decoding goes on while the model runs. */
export async function* oneAhead<I, T>(items: readonly I[], make: (item: I) => Promise<T>): AsyncGenerator<{ item: I; outcome: Outcome<T> }> {
  const start = (item: I): Promise<Outcome<T>> => make(item).then((value) => ({ value }), (error: unknown) => ({ error }));
  let next = items.length > 0 ? start(items[0]) : undefined;
  for (const [i, item] of items.entries()) {
    const current = next;
    next = i + 1 < items.length ? start(items[i + 1]) : undefined;
    if (current) yield { item, outcome: await current };
  }
}

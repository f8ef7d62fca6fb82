/** From the paths on the command line to images, decoded one ahead of the model. */
import { imagesIn, isFolder } from '../images/folder';

/**
 * Files as given; of folders, all images in them and below, sorted by path. Hidden files and folders are passed over, links
 * are followed. The order is that of the UTF-16 code units of the '/'-separated path in NFC, the same on every system.
 * @param failed told of each given path that is a folder without images, or has a folder that cannot be read
 */
export async function imagesOf(given: readonly string[], failed: (path: string, error: unknown) => void): Promise<string[]> {
  const files: string[] = [];
  for (const name of given) {
    try {
      files.push(...((await isFolder(name)) ? await imagesIn(name) : [name]));
    } catch (error) {
      failed(name, error);
    }
  }
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

/** From the paths on the command line to images, decoded one ahead of the model. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { isImagePath } from '../images/formats';

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

/**
 * The images in a folder and below, in the order of {@link imagesOf}.
 * @throws SmearLensError `image-not-found` where it is no folder or holds no images, `image-unreadable`
 */
export async function imagesIn(folder: string): Promise<string[]> {
  if (!(await isFolder(folder))) throw new SmearLensError('image-not-found', `${folder}: there is no such folder.`, 'Give a folder of images.');
  const files = await walk(folder, new Set());
  if (files.length === 0) throw new SmearLensError('image-not-found', `${folder}: holds no images.`, 'Give a folder with JPEG, PNG, TIFF, BMP or WebP files.');
  return files
    .map((file) => ({ file, key: relativePath(folder, file).normalize('NFC') }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ file }) => file);
}

/** The path of a file below a folder, with '/'. */
export function relativePath(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

/** @param seen real paths of folders already walked: a link may lead back up, or to a folder that is reached twice */
async function walk(folder: string, seen: Set<string>): Promise<string[]> {
  try {
    const real = await fs.realpath(folder);
    if (seen.has(real)) return [];
    seen.add(real);
    const files: string[] = [];
    for (const name of (await fs.readdir(folder)).sort()) {
      const file = path.join(folder, name);
      if (name.startsWith('.')) continue;
      if (await isFolder(file)) files.push(...(await walk(file, seen)));
      else if (isImagePath(name)) files.push(file);
    }
    return files;
  } catch (error) {
    if (error instanceof SmearLensError) throw error;
    throw new SmearLensError('image-unreadable', `${folder}: the folder cannot be read (${(error as Error).message}).`, 'Check its permissions, or name the images themselves.');
  }
}

async function isFolder(file: string): Promise<boolean> {
  return (await fs.stat(file).catch(() => undefined))?.isDirectory() ?? false;
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

/** The images in a folder and below, found by their names. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { isImagePath } from './formats';

/**
 * The images in a folder and below, sorted by the UTF-16 code units of the '/'-separated path in NFC, the same on every
 * system. Hidden files and folders are passed over, links are followed.
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

/** Whether there is a folder at this path. */
export async function isFolder(file: string): Promise<boolean> {
  return (await fs.stat(file).catch(() => undefined))?.isDirectory() ?? false;
}

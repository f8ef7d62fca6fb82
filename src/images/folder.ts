/** The images in a folder and below, found by their names. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { isImagePath } from './formats';

/**
 * The images in a folder and below, in the order of {@link walkImages}.
 * @throws SmearLensError `image-not-found` where it is no folder or holds no images, `image-unreadable`
 */
export async function imagesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of walkImages(folder)) files.push(file);
  if (files.length === 0) throw new SmearLensError('image-not-found', `${folder}: holds no images.`, 'Give a folder with JPEG, PNG, TIFF, BMP or WebP files.');
  return files;
}

/**
 * The images in a folder and below, one by one, sorted by the UTF-16 code units of the '/'-separated path in NFC, the same on
 * every system; only the names of one folder a level are held. Hidden files and folders are passed over. Links are followed, but
 * a folder is walked once: one inside `folder` under its own name, not through a link to it, and one outside under the first link.
 * @param failed told of each sub-folder that cannot be read, which is then passed over; without it that is thrown
 * @throws SmearLensError `image-not-found` where it is no folder, `image-unreadable`
 */
export async function* walkImages(folder: string, failed?: (folder: string, error: SmearLensError) => void): AsyncGenerator<string> {
  if (!(await isFolder(folder))) throw new SmearLensError('image-not-found', `${folder}: there is no such folder.`, 'Give a folder of images.');
  yield* walk(folder, { root: await fs.realpath(folder), outside: new Set(), failed }, '');
}

/**
 * The '/'-separated path of a file below a folder in NFC: the same whatever system the folder was copied from, so that images are
 * known by it.
 */
export function imageKey(folder: string, file: string): string {
  return relativePath(folder, file).normalize('NFC');
}

/** The path of a file below a folder, with '/'. */
export function relativePath(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

/** Whether a path is the folder itself or below it, by the names alone: links are not followed. Both absolute. */
export function isInside(folder: string, file: string): boolean {
  const below = path.relative(folder, file);
  return !path.isAbsolute(below) && below.split(path.sep)[0] !== '..';
}

interface Walk {
  /** Real path of the folder that the walk began in. */
  readonly root: string;
  /** Real paths of the folders outside `root` that were walked. */
  readonly outside: Set<string>;
  readonly failed: ((folder: string, error: SmearLensError) => void) | undefined;
}

/** @param at path of `folder` below the first one, as it was reached */
async function* walk(folder: string, state: Walk, at: string): AsyncGenerator<string> {
  let entries: Entry[];
  try {
    if (await isElsewhere(folder, state, at)) return;
    entries = await entriesOf(folder);
  } catch (cause) {
    const error = new SmearLensError('image-unreadable', `${folder}: the folder cannot be read (${(cause as Error).message}).`, 'Check its permissions, or name the images themselves.');
    if (!state.failed || at === '') throw error;
    return state.failed(folder, error);
  }
  for (const { name, isFolder: isInner } of entries) {
    const file = path.join(folder, name);
    if (isInner) yield* walk(file, state, path.join(at, name));
    else if (isImagePath(name)) yield file;
  }
}

/** Whether the walk comes, or came, to this folder under another name. */
async function isElsewhere(folder: string, { root, outside }: Walk, at: string): Promise<boolean> {
  const real = await fs.realpath(folder);
  const below = path.relative(root, real);
  // The walk does not come to a hidden folder by itself.
  if (isInside(root, real) && !below.split(path.sep).some((name) => name.startsWith('.'))) return below !== at;
  if (outside.has(real)) return true;
  outside.add(real);
  return false;
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What is in a folder, in the order of the whole paths: a folder's name goes on with '/'. */
async function entriesOf(folder: string): Promise<Entry[]> {
  const keyed: { entry: Entry; key: string }[] = [];
  for (const found of await fs.readdir(folder, { withFileTypes: true })) {
    const { name } = found;
    if (name.startsWith('.')) continue;
    const entry = { name, isFolder: found.isDirectory() || (found.isSymbolicLink() && (await isFolder(path.join(folder, name)))) };
    keyed.push({ entry, key: `${name.normalize('NFC')}${entry.isFolder ? '/' : ''}` });
  }
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ entry }) => entry);
}

/** Whether there is a folder at this path. */
export async function isFolder(file: string): Promise<boolean> {
  return (await fs.stat(file).catch(() => undefined))?.isDirectory() ?? false;
}

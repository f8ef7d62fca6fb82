/** Which file a language model means, and whether it may be read: only what lies in a folder that the user has opened. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { isInside } from '../images/folder';

export interface OpenFolder {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * Links are not followed: what is linked into the workspace counts as part of it, as it does in the Explorer.
 * @param given absolute, or relative to a workspace folder; where several are open it may begin with the name of one
 * @returns the absolute path of what is there
 * @throws SmearLensError `input-invalid` outside all folders, or where several hold it; `image-not-found` where nothing is there
 */
export async function workspacePath(given: string, folders: readonly OpenFolder[]): Promise<string> {
  const candidates = new Set(folders.flatMap((folder) => candidatesIn(folder, given, folders.length > 1)));
  if (candidates.size === 0) throw new SmearLensError('input-invalid', `${given}: is outside the workspace.`, folders.length === 0 ? 'Ask the user to open a folder in VS Code.' : 'Only files in the folders that are open in VS Code are read: give a path in one of them.');
  const found: string[] = [];
  for (const file of candidates) if (await isThere(file)) found.push(file);
  if (found.length > 1) throw new SmearLensError('input-invalid', `${given}: is in several workspace folders.`, `Give one of these paths: ${found.join(', ')}`);
  if (found[0] === undefined) throw new SmearLensError('image-not-found', `${given}: there is no such file or folder in the workspace.`, 'Look for the right path, and give it relative to the workspace folder or as an absolute one.');
  return found[0];
}

function candidatesIn(folder: OpenFolder, given: string, several: boolean): string[] {
  const [first, ...rest] = given.split(/[/\\]/);
  const named = several && first === folder.name && !path.isAbsolute(given) ? [path.resolve(folder.path, ...rest)] : [];
  return [path.resolve(folder.path, given), ...named].filter((file) => isInside(folder.path, file));
}

async function isThere(file: string): Promise<boolean> {
  return fs.access(file).then(() => true, () => false);
}

/** The folder that a trained head is written into. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../../errors';

/** `training.tool` of the manifests that we write. */
export const TOOL = 'smearlens train-head';

/**
 * May a head be written here? A folder that is empty, not there, or holds a head that was trained before is taken; nothing is changed yet.
 * @throws SmearLensError `output-unwritable`
 */
export async function claimOutFolder(folder: string, force: boolean): Promise<void> {
  let names: string[];
  try {
    names = await fs.readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new SmearLensError('output-unwritable', `${folder}: cannot be used as a folder (${(error as Error).message}).`, 'Choose another folder with --out.');
  }
  if (names.length === 0 || force || (await isOurs(folder))) return;
  throw new SmearLensError('output-unwritable', `${folder}: is not empty, and what it holds is no head that was trained here.`, 'Choose another folder with --out, or replace files in it with --force.');
}

async function isOurs(folder: string): Promise<boolean> {
  try {
    const manifest = JSON.parse(await fs.readFile(path.join(folder, 'model.json'), 'utf8')) as { readonly training?: { readonly tool?: unknown } };
    return manifest.training?.tool === TOOL;
  } catch {
    return false;
  }
}

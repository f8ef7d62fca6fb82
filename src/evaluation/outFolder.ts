/** The folder that an evaluation writes into. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';

/**
 * Makes the folder, or takes it as it is where a run is resumed.
 * @throws SmearLensError `output-unwritable` where it is not empty and no run is resumed
 */
export async function openOutFolder(folder: string, resume: boolean): Promise<void> {
  try {
    await fs.mkdir(folder, { recursive: true });
    if (resume || (await fs.readdir(folder)).length === 0) return;
  } catch (error) {
    throw unwritable(folder, error);
  }
  throw new SmearLensError('output-unwritable', `${folder}: is not empty.`, 'Add --resume to go on with the evaluation in it, or choose another folder with --out.');
}

/**
 * Writes a file whole or not at all.
 * @param hint what the user can do where it cannot be written
 * @throws SmearLensError `output-unwritable`
 */
export async function writeWhole(file: string, content: string | Uint8Array, hint?: string): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(unfinished, content);
    await fs.rename(unfinished, file);
  } catch (error) {
    throw unwritable(file, error, hint);
  }
}

function unwritable(file: string, error: unknown, hint = 'Choose another folder with --out.'): SmearLensError {
  return new SmearLensError('output-unwritable', `${file}: cannot be written (${(error as Error).message}).`, hint);
}

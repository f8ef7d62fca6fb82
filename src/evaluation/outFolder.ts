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
 * @throws SmearLensError `output-unwritable`
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const unfinished = `${file}.part`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(unfinished, text);
    await fs.rename(unfinished, file);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): SmearLensError {
  return new SmearLensError('output-unwritable', `${file}: cannot be written (${(error as Error).message}).`, 'Choose another folder with --out.');
}

/** The images that a head has seen: what it says of them is remembered, not judged. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { parse } from 'csv-parse/sync';
import { SmearLensError } from '../../errors';
import { readManifest } from '../../models/manifest';
import { resolveModel } from '../../models/resolve';
import { TOOL } from './outFolder';
import { IMAGES_CSV } from './write';

/**
 * sha256 of the images that a model of `train-head` was trained on or that chose its epoch; none for any other model.
 * @param model as `resolveModel` takes it
 * @throws SmearLensError `input-invalid` where its folder no longer tells, or what resolving the model throws
 */
export async function imagesSeenBy(model: string): Promise<ReadonlySet<string>> {
  const folder = path.dirname((await resolveModel(model)).onnxPath);
  const manifest = path.join(folder, 'model.json');
  const isThere = await fs.access(manifest).then(() => true, () => false);
  if (!isThere || (await readManifest(manifest)).training?.['tool'] !== TOOL) return new Set();
  const table = path.join(folder, IMAGES_CSV);
  const invalid = (why: string): SmearLensError => new SmearLensError('input-invalid', `${table}: ${why}. It tells which images this head was trained on, which its scores must not rank.`, 'Restore the file, or train the head again.');
  const text = await fs.readFile(table, 'utf8').catch((error: unknown) => {
    throw invalid(`cannot be read (${(error as Error).message})`);
  });
  const rows = parse<Record<string, string | undefined>>(text, { bom: true, columns: true, skip_empty_lines: true, relax_column_count: true });
  if (rows.some(({ sha256, split }) => !sha256 || !split)) throw invalid('lacks sha256 or split in a row');
  return new Set(rows.filter(({ split }) => split !== 'test').map(({ sha256 }) => sha256 ?? ''));
}

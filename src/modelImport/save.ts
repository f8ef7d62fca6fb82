/** Writes what was imported: the manifest beside the model, or both into another folder. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { checkManifest, type Manifest } from '../models/manifest';
import { hashFile } from '../models/resolve';
import { writeWhole } from '../evaluation/outFolder';

export interface Target {
  /** Absolute. */
  readonly manifest: string;
  /** Absolute paths of the model's files, and where each goes; none where the manifest goes beside the model. */
  readonly copies: readonly { readonly from: string; readonly to: string }[];
}

/** @param files of the model: the ONNX file and those that hold its weights, absolute */
export function targetOf(onnxPath: string, files: readonly string[], out: string | undefined): Target {
  const folder = path.dirname(onnxPath);
  const to = out === undefined ? folder : path.resolve(out);
  const copies = to === folder ? [] : files.map((from) => ({ from, to: path.join(to, path.relative(folder, from)) }));
  return { manifest: path.join(to, 'model.json'), copies };
}

/**
 * Whether there is nothing in the way.
 * @throws SmearLensError `output-unwritable` where there is a manifest already, or another model of that name
 */
export async function refuseOverwriting({ manifest, copies }: Target): Promise<void> {
  const exists = (file: string): Promise<boolean> => fs.access(file).then(() => true, () => false);
  if (await exists(manifest)) {
    throw new SmearLensError('output-unwritable', `${manifest}: is there already, and would be overwritten.`, 'Import into another folder (--out), or overwrite it (--force).');
  }
  for (const { from, to } of copies) {
    if ((await exists(to)) && (await hashFile(from)) !== (await hashFile(to))) {
      throw new SmearLensError('output-unwritable', `${to}: is another file, and would be overwritten.`, 'Import into another folder (--out), or overwrite it (--force).');
    }
  }
}

/**
 * Copies the files first and writes the manifest last, each whole or not at all.
 * @throws SmearLensError `output-unwritable`, `manifest-invalid` where a field is out of its range
 */
export async function save(manifest: Manifest, target: Target): Promise<void> {
  checkManifest(manifest, target.manifest);
  for (const { from, to } of target.copies) await copyWhole(from, to);
  await writeWhole(target.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}

async function copyWhole(from: string, to: string): Promise<void> {
  const unfinished = `${to}.part`;
  try {
    await fs.mkdir(path.dirname(to), { recursive: true });
    await fs.copyFile(from, unfinished);
    await fs.rename(unfinished, to);
  } catch (error) {
    await fs.rm(unfinished, { force: true });
    throw new SmearLensError('output-unwritable', `${to}: cannot be written (${(error as Error).message}).`, 'Choose another folder with --out.');
  }
}

/** A short name as manifests take it, from any text. */
export function idOf(text: string): string {
  const id = text.normalize('NFKD').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
  return id === '' ? 'model' : id;
}

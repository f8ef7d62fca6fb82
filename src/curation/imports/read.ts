/** Reads labels in any of the formats. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isFolder } from '../../images/folder';
import type { ReadOptions } from '../dataset';
import type { Format } from '../exports/format';
import { importCoco } from './coco';
import { importCsv } from './csv';
import { importFiftyOne } from './fiftyOne';
import { importImageFolder } from './imageFolder';
import { invalid, isObject, readJson, readText, type Imported } from './imported';
import { importHuggingFace, importJsonl } from './jsonl';
import { importLabelStudio } from './labelStudio';

/**
 * @param source file or folder
 * @param format told from the name and the content where it is not given
 * @throws SmearLensError `input-invalid`, `image-not-found`, `cancelled`
 */
export async function readImport(source: string, format: Format | undefined, options: Pick<ReadOptions, 'signal' | 'progress' | 'failed'>): Promise<Imported & { readonly format: Format }> {
  const found = format ?? (await formatOf(source));
  const read = async (): Promise<Imported> => {
    switch (found) {
      case 'csv':
        return importCsv(source);
      case 'jsonl':
        return importJsonl(source);
      case 'imagefolder':
        return importImageFolder(source, options);
      case 'huggingface':
        return importHuggingFace(await metadataFiles(source), (await isFolder(source)) ? source : path.dirname(source));
      case 'coco':
        return importCoco(source);
      case 'fiftyone':
        return importFiftyOne((await isFolder(source)) ? path.join(source, 'labels.json') : source);
      case 'label-studio':
        return importLabelStudio(source);
    }
  };
  return { ...(await read()), format: found };
}

async function formatOf(source: string): Promise<Format> {
  if (await isFolder(source)) {
    if ((await metadataFiles(source)).length > 0) return 'huggingface';
    return (await exists(path.join(source, 'labels.json'))) ? 'fiftyone' : 'imagefolder';
  }
  const extension = path.extname(source).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.jsonl') return path.basename(source) === 'metadata.jsonl' || /^\{"file_name"/.test(await readText(source)) ? 'huggingface' : 'jsonl';
  if (extension === '.json') {
    const value = await readJson(source);
    if (Array.isArray(value)) return 'label-studio';
    if (isObject(value) && Array.isArray(value['images'])) return 'coco';
    if (isObject(value) && isObject(value['labels'])) return 'fiftyone';
  }
  throw invalid(source, 'its format is not known.', 'Name it with --format.');
}

/** metadata.jsonl of a folder and of the splits in it; or the file itself. */
async function metadataFiles(source: string): Promise<string[]> {
  if (!(await isFolder(source))) return [source];
  const inner = (await fs.readdir(source, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => path.join(source, name, 'metadata.jsonl'));
  const files = [path.join(source, 'metadata.jsonl'), ...inner.sort()];
  const there = await Promise.all(files.map(exists));
  return files.filter((_, i) => there[i]);
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(() => true, () => false);
}

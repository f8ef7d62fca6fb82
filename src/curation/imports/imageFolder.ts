/** Labels from the names of folders: the nearest above each image. Images are matched by their content, so that they may have been copied and renamed. */
import * as path from 'node:path';
import { parse } from 'csv-parse/sync';
import * as fs from 'node:fs/promises';
import { hashImages, type ReadOptions } from '../dataset';
import { unsafeName } from '../exports/format';
import { classesBeside, textOf, type Imported } from './imported';

export async function importImageFolder(folder: string, options: Pick<ReadOptions, 'signal' | 'progress' | 'failed'>): Promise<Imported> {
  const images = await hashImages(folder, options);
  const groups = await groupsOf(folder);
  const names = images.map((image) => image.path.split('/').slice(0, -1).at(-1));
  const loose = names.filter((name) => name === undefined).length;
  return {
    images: images.map((image, i) => ({ sha256: image.sha256, path: image.path, group: groups.get(image.sha256), opinions: names[i] === undefined ? [] : [{ label: unsafeName(names[i]) }] })),
    classes: await classesBeside(path.join(folder, 'about.json')),
    leftOut: loose === 0 ? [] : [`${loose} images in no folder of a class`],
  };
}

/** Of an index that `curate export` left. */
async function groupsOf(folder: string): Promise<Map<string, string>> {
  const text = await fs.readFile(path.join(folder, 'images.csv'), 'utf8').catch(() => '');
  const rows = parse<Record<string, string>>(text, { columns: true, skip_empty_lines: true, relax_column_count: true, skip_records_with_error: true });
  return new Map(rows.flatMap(({ sha256, group }) => (textOf(sha256) !== undefined && textOf(group) !== undefined ? [[sha256, group] as const] : [])));
}

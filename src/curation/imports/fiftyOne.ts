/** Labels from FiftyOne's labels.json (FiftyOneImageClassificationDataset): texts, or numbers in its list of classes. */
import * as path from 'node:path';
import { walkImages, imageKey } from '../../images/folder';
import { classesIn, imageOfRow, invalid, isObject, listOf, readJson, textOf, type Fields, type Imported } from './imported';

export async function importFiftyOne(file: string): Promise<Imported> {
  const dataset = await readJson(file);
  if (!isObject(dataset) || !isObject(dataset['labels'])) throw invalid(file, "has no object 'labels': it is no labels.json of FiftyOne.", 'Name its format with --format.');
  const classes = listOf(dataset['classes']).flatMap((name) => textOf(name) ?? []);
  const files = await filesByKey(path.join(path.dirname(file), 'data'));
  let boxes = 0;
  const images = Object.entries(dataset['labels']).flatMap(([key, target]) => {
    if (Array.isArray(target)) {
      boxes++;
      return [];
    }
    const fields: Fields = isObject(target) ? target : { label: target };
    const attributes = isObject(fields['attributes']) ? fields['attributes'] : {};
    const label = typeof fields['label'] === 'number' ? classes[fields['label']] : fields['label'];
    return [imageOfRow({ ...attributes, label }, attributes['path'] ?? files.get(key) ?? key)];
  });
  const info = isObject(dataset['info']) && dataset['info']['classesAreFixed'] === true ? classesIn(dataset['info']['classes']) : undefined;
  return { images, classes: info ?? classesIn(classes), leftOut: boxes === 0 ? [] : [`${boxes} images of a detection dataset, whose boxes do not say the image's size: export them from FiftyOne as COCO`] };
}

/** Paths of images by their path without its ending. */
async function filesByKey(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  try {
    for await (const file of walkImages(folder)) {
      const key = imageKey(folder, file);
      files.set(key.slice(0, key.length - path.posix.extname(key).length), key);
    }
  } catch {
    // The images may lie elsewhere.
  }
  return files;
}

/**
 * ImageFolder: `[<split>/]<class>/<file>`, as torchvision, Keras and timm read it. Only images with a label; a class without any has no folder, since torchvision refuses
 * empty ones; `about.json` has the whole list. `images.csv` says which image each file is.
 */
import * as path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { writeWhole } from '../../evaluation/outFolder';
import { severalAtOnce, throwIfCancelled } from '../dataset';
import { Names, place, remark, safeName, type Export, type Exported } from './format';

const AT_ONCE = 8;

export async function exportImageFolder({ images, provenance, out, link, signal, progress, failed }: Export): Promise<Exported> {
  const labelled = images.filter((image) => image.label !== null);
  const hasSplits = labelled.some(({ split }) => split !== undefined);
  const names = new Names();
  const places = labelled.map((image) => {
    const folder = [...(hasSplits ? [safeName(image.split ?? 'no split')] : []), safeName(image.label ?? '')].join('/');
    return { image, target: `${folder}/${names.of(folder, image)}` };
  });
  let done = 0;
  const written = await severalAtOnce(places, AT_ONCE, async ({ image, target }) => {
    throwIfCancelled(signal);
    try {
      await place(image.file, path.join(out, target), link);
      return [target, image.path, image.sha256, image.label, image.group, image.split];
    } catch (error) {
      failed(image.file, error);
      return undefined;
    } finally {
      progress?.(++done, places.length);
    }
  });
  const rows = written.filter((row) => row !== undefined);
  const [index, about] = [path.join(out, 'images.csv'), path.join(out, 'about.json')];
  await writeWhole(index, stringify([['file', 'path', 'sha256', 'label', 'group', 'split'], ...rows]));
  await writeWhole(about, `${JSON.stringify(provenance, null, 2)}\n`);
  const opinions = images.reduce((sum, { state }) => sum + (state?.opinions.length ?? 0), 0);
  return {
    files: [out],
    images: rows.length,
    leftOut: [...remark(images.length - labelled.length, 'images without a label (unlabelled, unsure, disputed or excluded)'), ...(opinions > 0 ? ['who gave the labels, notes, regions and exclusions, for which folders have no place'] : [])],
  };
}

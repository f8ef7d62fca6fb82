/**
 * FiftyOne: a folder that `fo.Dataset.from_dir` reads: images in `data/`, their labels in `labels.json` (FiftyOneImageClassificationDataset), the boxes of regions in
 * `detections.json` (FiftyOneImageDetectionDataset, relative to the image, 0 to 1). Excluded images are left out. Everything else is among the attributes.
 */
import * as path from 'node:path';
import { writeWhole } from '../../evaluation/outFolder';
import { boxOf, labelOf, shapeOf } from '../regions';
import { withSizes } from './coco';
import { place, remark, type Export, type Exported } from './format';
import { rowOf, type ExportRow } from './row';

/** Of an image in labels.json; `label` is the class id. */
export interface FiftyOneLabel {
  readonly label: string | null;
  readonly attributes: Omit<ExportRow, 'label'>;
}

export async function exportFiftyOne(options: Export): Promise<Exported> {
  const { images, provenance, out, link, failed } = options;
  const used = images.filter(({ status }) => status !== 'excluded');
  const labels: Record<string, FiftyOneLabel> = {};
  const detections: Record<string, object[]> = {};
  const keys = new Map<string, string>();
  let unknown = 0;
  let count = 0;
  for (const { image, width, height } of await withSizes(used, options)) {
    // A key is a path without its ending, so that two images that differ in it only need keys of their own.
    const { dir, name, ext } = path.posix.parse(image.path);
    const plain = path.posix.join(dir, name);
    const key = keys.has(plain.toLowerCase()) ? `${plain}-${image.sha256.slice(0, 8)}${ext.replace('.', '-')}` : plain;
    keys.set(key.toLowerCase(), image.path);
    try {
      await place(image.file, path.join(out, 'data', `${key}${ext}`), link);
    } catch (error) {
      failed(image.file, error);
      continue;
    }
    count++;
    const { label, ...attributes } = rowOf(image);
    labels[key] = { label, attributes };
    detections[key] = attributes.opinions.flatMap(({ reviewer, regions }) =>
      regions.flatMap((region) => {
        const shape = shapeOf(region);
        if (!shape) unknown++;
        const tag = labelOf(region);
        if (!shape) return [];
        const { x, y, width: w, height: h } = boxOf(shape);
        return [{ label: tag ?? null, bounding_box: [x / width, y / height, w / width, h / height], attributes: { reviewer, id: region.id } }];
      }),
    );
  }
  const classes = provenance.classes.map(({ id }) => id);
  // Without `classes` FiftyOne takes labels as they are written; with them it wants numbers, which nobody can read.
  await writeWhole(path.join(out, 'labels.json'), `${JSON.stringify({ classes: null, labels, info: { ...provenance, classList: classes } })}\n`);
  await writeWhole(path.join(out, 'detections.json'), `${JSON.stringify({ classes: null, labels: detections })}\n`);
  await writeWhole(path.join(out, 'about.json'), `${JSON.stringify(provenance, null, 2)}\n`);
  return { files: [out], images: count, leftOut: [...remark(images.length - used.length, 'images that are excluded'), ...remark(unknown, 'boxes of regions with a selector of an unknown form')] };
}

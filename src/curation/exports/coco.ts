/**
 * COCO: regions as annotations of their classes, in pixels. What COCO has no place for is in fields of its own, which readers pass over: an image's row under `smearlens`, a
 * region's reviewer and selector under `attributes`. An ellipse is a polygon of the same area, and its selector is kept.
 */
import { imageSize } from '../../images/size';
import { writeWhole } from '../../evaluation/outFolder';
import { areaOf } from '../../protocol/shapes';
import { boxOf, labelOf, noteOf, outlineOf, shapeOf } from '../regions';
import { severalAtOnce, throwIfCancelled, type DatasetImage } from '../dataset';
import { remark, type Export, type Exported } from './format';
import { rowOf, type ExportRow } from './row';

/** Name of the category of regions without a class. */
export const NO_CLASS = 'no class';
const AT_ONCE = 8;

export interface CocoImage {
  readonly id: number;
  readonly file_name: string;
  readonly width: number;
  readonly height: number;
  readonly smearlens: Omit<ExportRow, 'path'>;
}

export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  /** x, y, width, height. */
  readonly bbox: readonly number[];
  readonly area: number;
  readonly segmentation: readonly (readonly number[])[];
  readonly iscrowd: 0;
  readonly attributes: { readonly reviewer: string; readonly id: string; readonly note: string | null; readonly selector: unknown };
}

export async function exportCoco({ images, provenance, out, signal, progress, failed }: Export): Promise<Exported> {
  const sized = await withSizes(images, { signal, progress, failed });
  const categories = new Map(provenance.classes.map(({ id }, i) => [id, i + 1]));
  const annotations: CocoAnnotation[] = [];
  let unknown = 0;
  const entries = sized.map(({ image, width, height }, i): CocoImage => {
    const { path, ...row } = rowOf(image);
    for (const { reviewer, regions } of row.opinions) {
      for (const region of regions) {
        const shape = shapeOf(region);
        if (!shape) {
          unknown++;
          continue;
        }
        const { x, y, width: w, height: h } = boxOf(shape);
        const outline = outlineOf(shape);
        const label = labelOf(region) ?? NO_CLASS;
        const category = categories.get(label) ?? categories.size + 1;
        categories.set(label, category);
        const attributes = { reviewer, id: region.id, note: noteOf(region) ?? null, selector: region.target.selector };
        annotations.push({ id: annotations.length + 1, image_id: i + 1, category_id: category, bbox: [x, y, w, h], area: areaOf(shape), segmentation: outline.length === 0 ? [] : [outline.flat()], iscrowd: 0, attributes });
      }
    }
    // They are in `annotations`.
    return { id: i + 1, file_name: path, width, height, smearlens: { ...row, opinions: row.opinions.map((opinion) => ({ ...opinion, regions: [] })) } };
  });
  const names = new Map(provenance.classes.map(({ id, name }) => [id, name]));
  const supercategories = new Map(provenance.classes.map(({ id, superclass }) => [id, superclass]));
  const coco = {
    info: { description: provenance.researchUse, contributor: provenance.software, smearlens: provenance },
    licenses: [],
    images: entries,
    annotations,
    categories: [...categories].map(([id, number]) => ({ id: number, name: id, supercategory: supercategories.get(id) ?? '', smearlens: { name: names.get(id) ?? id } })),
  };
  await writeWhole(out, `${JSON.stringify(coco)}\n`);
  return { files: [out], images: entries.length, leftOut: [...remark(images.length - entries.length, 'images that cannot be read'), ...remark(unknown, 'regions with a selector of an unknown form')] };
}

/** Images with their sizes; those that cannot be read are told of and left out. */
export async function withSizes<T extends DatasetImage>(images: readonly T[], { signal, progress, failed }: Pick<Export, 'signal' | 'progress' | 'failed'>): Promise<{ readonly image: T; readonly width: number; readonly height: number }[]> {
  let done = 0;
  const sized = await severalAtOnce(images, AT_ONCE, async (image) => {
    throwIfCancelled(signal);
    try {
      return { image, ...(await imageSize(image.file, signal)) };
    } catch (error) {
      throwIfCancelled(signal);
      failed(image.file, error);
      return undefined;
    } finally {
      progress?.(++done, images.length);
    }
  });
  return sized.filter((entry) => entry !== undefined);
}

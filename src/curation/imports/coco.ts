/** Labels and regions from COCO: polygons, boxes and points (a box without extent); masks by run length are left out. */
import type { Region } from '../../annotations/types';
import { NO_CLASS } from '../exports/coco';
import type { Point, Shape } from '../../protocol/shapes';
import { boxOf, regionOf, shapeOf, type Box } from '../regions';
import { classesIn, imageOfRow, invalid, isObject, listOf, readJson, textOf, type Fields, type Imported, type ImportedOpinion } from './imported';

/** Pixels by which a box may differ from its selector's: what JSON and other programs round. */
const ROUNDING = 0.01;

export async function importCoco(file: string): Promise<Imported> {
  const coco = await readJson(file);
  if (!isObject(coco) || !Array.isArray(coco['images'])) throw invalid(file, "has no list 'images': it is no COCO file.", 'Name its format with --format.');
  const categories = listOf(coco['categories']).filter(isObject);
  const names = new Map(categories.map((category) => [category['id'], textOf(category['name'])]));
  const byImage = new Map<unknown, { reviewer: string | undefined; region: Region }[]>();
  let masks = 0;
  for (const annotation of listOf(coco['annotations']).filter(isObject)) {
    const found = regionIn(annotation, names);
    if (!found) masks++;
    else byImage.set(annotation['image_id'], [...(byImage.get(annotation['image_id']) ?? []), found]);
  }
  const images = coco['images'].filter(isObject).map((image) => {
    const row = imageOfRow(isObject(image['smearlens']) ? image['smearlens'] : image, image['file_name']);
    return { ...row, opinions: withRegions(row.opinions, byImage.get(image['id']) ?? []) };
  });
  const provenance = isObject(coco['info']) && isObject(coco['info']['smearlens']) ? coco['info']['smearlens'] : undefined;
  const ofOthers = categories.flatMap((category) => textOf(category['name']) ?? []).filter((name) => name !== NO_CLASS);
  return { images, classes: provenance ? (provenance['classesAreFixed'] === true ? classesIn(provenance['classes']) : undefined) : classesIn(ofOthers), leftOut: masks === 0 ? [] : [`${masks} annotations that are neither polygon, box nor point`] };
}

/** Adds regions to the opinions of who made them. */
function withRegions(opinions: readonly ImportedOpinion[], found: readonly { reviewer: string | undefined; region: Region }[]): ImportedOpinion[] {
  const result = [...opinions];
  for (const { reviewer, region } of found) {
    const at = result.findIndex((opinion) => opinion.reviewer === reviewer);
    if (at < 0) result.push({ reviewer, regions: [region] });
    else result[at] = { ...result[at], regions: [...(result[at].regions ?? []), region] };
  }
  return result;
}

function regionIn(annotation: Fields, names: ReadonlyMap<unknown, string | undefined>): { reviewer: string | undefined; region: Region } | undefined {
  const attributes = isObject(annotation['attributes']) ? annotation['attributes'] : {};
  const shape = shapeIn(annotation);
  if (!shape) return undefined;
  const id = textOf(attributes['id']) ?? `urn:coco:${String(annotation['image_id'])}:${String(annotation['id'])}`;
  const name = names.get(annotation['category_id']);
  const region = regionOf(id, shape, { label: name === NO_CLASS ? undefined : name, note: textOf(attributes['note']) });
  // The selector that was exported, as long as nobody has moved the box since.
  const { selector } = attributes;
  const original = isObject(selector) && typeof selector['type'] === 'string' && typeof selector['value'] === 'string' ? { ...region, target: { selector: selector as unknown as Region['target']['selector'] } } : undefined;
  const before = original && shapeOf(original);
  return { reviewer: textOf(attributes['reviewer']), region: original && before && isSameBox(boxOf(before), boxIn(annotation) ?? boxOf(shape)) ? original : region };
}

function boxIn({ bbox }: Fields): Box | undefined {
  const numbers = listOf(bbox);
  if (numbers.length !== 4 || !numbers.every((value): value is number => typeof value === 'number')) return undefined;
  const [x, y, width, height] = numbers;
  return { x, y, width, height };
}

function shapeIn(annotation: Fields): Shape | undefined {
  const { segmentation } = annotation;
  if (annotation['iscrowd'] === 1 || isObject(segmentation)) return undefined;
  const [polygon, ...more] = listOf(segmentation);
  const box = boxIn(annotation);
  const numbers = listOf(polygon).filter((value): value is number => typeof value === 'number');
  // Of several polygons, which are the parts of one place, the box stands for all.
  if (more.length === 0 && numbers.length >= 6 && numbers.length % 2 === 0) {
    const points = Array.from({ length: numbers.length / 2 }, (_, i): Point => [numbers[2 * i], numbers[2 * i + 1]]);
    return { kind: 'polygon', points };
  }
  if (!box) return undefined;
  return box.width === 0 && box.height === 0 ? { kind: 'point', x: box.x, y: box.y } : { kind: 'box', ...box };
}

function isSameBox(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y) + Math.abs(a.width - b.width) + Math.abs(a.height - b.height) <= ROUNDING;
}

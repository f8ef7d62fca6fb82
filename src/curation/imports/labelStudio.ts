/** Labels and regions from Label Studio's JSON. */
import type { Region } from '../../annotations/types';
import { EXCLUDED_CHOICE, UNSURE_CHOICE } from '../exports/labelStudio';
import type { Point, Shape } from '../../protocol/shapes';
import { regionOf } from '../regions';
import { classesBeside, invalid, isObject, listOf, pathOf, readJson, sha256Of, textOf, type Fields, type Imported, type ImportedImage, type ImportedOpinion } from './imported';

export async function importLabelStudio(file: string): Promise<Imported> {
  const tasks = await readJson(file);
  if (!Array.isArray(tasks)) throw invalid(file, 'is no list of tasks.', "Export it from Label Studio as 'JSON', not 'JSON-MIN'.");
  const skipped = { results: 0 };
  const images = tasks.filter(isObject).map((task) => imageIn(task, skipped));
  return { images, classes: await classesBeside(`${file.replace(/\.json$/i, '')}.about.json`), leftOut: skipped.results === 0 ? [] : [`${skipped.results} results of kinds that SmearLens does not know (brushes, relations, rotated shapes)`] };
}

function imageIn(task: Fields, skipped: { results: number }): ImportedImage {
  const data = isObject(task['data']) ? task['data'] : {};
  const reviewers = isObject(task['meta']) ? listOf(task['meta']['reviewers']) : [];
  const annotations = listOf(task['annotations'] ?? task['completions']).filter(isObject);
  const opinions = annotations.flatMap((annotation, i) => (annotation['was_cancelled'] === true ? [] : [opinionIn(annotation, textOf(reviewers[i]) ?? authorOf(annotation), skipped)]));
  const decided = isObject(data['adjudication']) ? data['adjudication'] : {};
  const value = textOf(decided['value']);
  return { sha256: sha256Of(data['sha256']), path: pathOf(data['path']) ?? imagePath(data), group: textOf(data['group']), opinions, adjudication: value === undefined ? undefined : { reviewer: textOf(decided['reviewer']), value } };
}

/** Label Studio knows annotators by number, or by their mail address. */
function authorOf({ completed_by: by }: Fields): string | undefined {
  if (typeof by === 'number') return `Label Studio ${by}`;
  return isObject(by) ? textOf(by['email']) : undefined;
}

/** From `/data/local-files/?d=a/b.png`, or a URL or path as it stands. */
function imagePath(data: Fields): string | undefined {
  const url = textOf(data['image']) ?? Object.values(data).flatMap((value) => textOf(value) ?? [])[0];
  if (url === undefined) return undefined;
  const local = /[?&]d=([^&]+)/.exec(url)?.[1];
  if (local === undefined) return pathOf(url);
  try {
    return pathOf(decodeURIComponent(local));
  } catch {
    return pathOf(local);
  }
}

function opinionIn(annotation: Fields, reviewer: string | undefined, skipped: { results: number }): ImportedOpinion {
  let label: string | null | undefined;
  let note: string | undefined;
  let excluded: boolean | undefined;
  const regions: Region[] = [];
  for (const result of listOf(annotation['result']).filter(isObject)) {
    const value = isObject(result['value']) ? result['value'] : {};
    const [choice] = listOf(value['choices']);
    if (choice === EXCLUDED_CHOICE) excluded = true;
    else if (typeof choice === 'string') label = choice === UNSURE_CHOICE ? null : choice;
    else if (result['type'] === 'textarea') note = listOf(value['text']).flatMap((line) => textOf(line) ?? []).join('\n') || textOf(value['text']);
    else {
      const region = regionIn(result, value);
      if (region) regions.push(region);
      else skipped.results++;
    }
  }
  return { reviewer, label, note, excluded, regions };
}

function regionIn(result: Fields, value: Fields): Region | undefined {
  const { original_width: width, original_height: height } = result;
  const id = textOf(result['id']);
  if (typeof width !== 'number' || typeof height !== 'number' || id === undefined) return undefined;
  const shape = shapeIn(value, width, height);
  if (!shape) return undefined;
  const tags = Object.entries(value).find(([name]) => name.endsWith('labels'))?.[1];
  const notes = isObject(result['meta']) ? listOf(result['meta']['text']) : [];
  return regionOf(id, shape, { label: textOf(listOf(tags)[0]), note: notes.flatMap((line) => textOf(line) ?? []).join('\n') });
}

function shapeIn(value: Fields, width: number, height: number): Shape | undefined {
  if (typeof value['rotation'] === 'number' && value['rotation'] !== 0) return undefined;
  const [x, y, w, h, rx, ry] = ['x', 'y', 'width', 'height', 'radiusX', 'radiusY'].map((name) => (typeof value[name] === 'number' ? value[name] : undefined));
  const across = (percent: number): number => rounded((percent * width) / 100);
  const down = (percent: number): number => rounded((percent * height) / 100);
  if (Array.isArray(value['points'])) {
    const points = value['points'].filter((p): p is [number, number] => Array.isArray(p) && p.length === 2 && p.every((c) => typeof c === 'number'));
    return points.length < 3 ? undefined : { kind: 'polygon', points: points.map(([px, py]): Point => [across(px), down(py)]) };
  }
  if (x === undefined || y === undefined) return undefined;
  if (rx !== undefined && ry !== undefined) return { kind: 'ellipse', cx: across(x), cy: down(y), rx: across(rx), ry: down(ry) };
  if (w !== undefined && h !== undefined) return { kind: 'box', x: across(x), y: down(y), width: across(w), height: down(h) };
  // A key point has a width alone: that of its dot.
  return { kind: 'point', x: across(x), y: down(y) };
}

/** Per cents of whole pixels come back as those: to a ten-thousandth of a pixel. */
function rounded(pixels: number): number {
  return Math.round(pixels * 10_000) / 10_000;
}

/** Labels that were read elsewhere, as events of the annotation log. */
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AnnotationLog } from '../../annotations/log';
import { opinionOf, type ImageState } from '../../annotations/replay';
import type { EventContent, EventDraft, ImageReference } from '../../annotations/types';
import { SmearLensError } from '../../errors';
import { ClassMapping } from '../../evaluation/mapping';
import { imageKey } from '../../images/folder';
import type { ClassInfo } from '../../protocol/analysis';
import type { HashedImage } from '../dataset';
import type { Imported, ImportedImage, ImportedOpinion } from './imported';

export interface ImportOptions {
  /** Who imports: opinions that the file gives to nobody are theirs. */
  readonly reviewer: string;
  /** Of this machine: nobody else's file is written. */
  readonly device: string;
  readonly classes: readonly ClassInfo[];
  /** What names in the file stand for; an empty class leaves a name out. */
  readonly map: Readonly<Record<string, string>>;
}

export interface Applied {
  /** Images of the file that are in the folder. */
  readonly matched: number;
  /** Paths, or else sha256, of those that are not. */
  readonly unmatched: readonly string[];
  /** Events written. */
  readonly events: number;
  /** Events that had been imported before and that something later has changed: they stay changed. */
  readonly before: number;
  /** Files into which lines of the log were set aside that a crash had left. */
  readonly torn: readonly string[];
}

/**
 * Appends what the file says and the log does not, with `labelBasis` `imported`. An image is known by its sha256, else by its path. What a file says once is
 * written once: importing it again writes nothing, and overrides nothing that was changed since. Opinions that name their reviewer are written under that name, in
 * a file of this device.
 * @param images of the folder
 * @throws SmearLensError `input-invalid` where a name is no class: nothing is written then; `output-unwritable`
 */
export async function applyImport(imported: Imported, images: readonly HashedImage[], folder: string, log: AnnotationLog, options: ImportOptions): Promise<Applied> {
  const classOf = classifier(imported, options);
  const find = finder(images);
  const unmatched: string[] = [];
  const drafts = new Map<string, EventDraft[]>();
  let matched = 0;
  for (const image of imported.images) {
    const target = find(image);
    if (!target) {
      unmatched.push(image.path ?? image.sha256 ?? '(neither path nor sha256)');
      continue;
    }
    matched++;
    const reference = { path: imageKey(log.root, path.join(path.resolve(folder), target.path)), sha256: target.sha256 };
    for (const [reviewer, contents] of contentsOf(image, log.state(target.sha256), classOf, options.reviewer)) {
      const own = drafts.get(reviewer) ?? [];
      drafts.set(reviewer, own);
      own.push(...contents.map((content) => draftOf(reviewer, reference, content)));
    }
  }
  let [events, before] = [0, 0];
  const torn: string[] = [];
  for (const [reviewer, own] of drafts) {
    const { events: written, tornInto } = await log.append({ reviewer, device: options.device }, own);
    events += written.length;
    before += own.length - written.length;
    if (tornInto !== undefined) torn.push(tornInto);
  }
  return { matched, unmatched, events, before, torn };
}

/** @throws SmearLensError `input-invalid` that lists all names that are no class */
function classifier({ images }: Imported, { classes, map }: ImportOptions): (name: string) => string | undefined {
  const mapping = new ClassMapping(classes, map);
  const names = new Set(images.flatMap(({ opinions, adjudication }) => [...opinions.flatMap(({ label }) => label ?? []), ...(adjudication ? [adjudication.value] : [])]));
  // What is only alike is not good enough for a label that stays.
  const unknown = [...names].filter((name) => !['given', 'exact', 'same'].includes(mapping.match(name).how));
  if (unknown.length > 0) {
    const shown = unknown.slice(0, 8).map((name) => `'${name}'`).join(', ');
    throw new SmearLensError('input-invalid', `${shown}${unknown.length > 8 ? ` and ${unknown.length - 8} more` : ''}: no class of the project. Nothing was imported.`, `Its classes are ${classes.map(({ id }) => id).join(', ')}. Say what a name stands for with --map 'NAME=CLASS'; 'NAME=' leaves it out.`);
  }
  return (name) => {
    const index = mapping.indexOf(name);
    return index === null ? undefined : classes[index].id;
  };
}

function finder(images: readonly HashedImage[]): (image: ImportedImage) => HashedImage | undefined {
  const byHash = new Map([...images].reverse().map((image) => [image.sha256, image]));
  const byPath = new Map(images.map((image) => [image.path, image]));
  return ({ sha256, path: at }) => {
    const same = at === undefined ? undefined : byPath.get(at);
    // A file that names a content means that content, and no other that lies at its path now.
    if (sha256 !== undefined) return same?.sha256 === sha256 ? same : byHash.get(sha256);
    return same;
  };
}

/** What is new in an image, by reviewer. */
function contentsOf({ opinions, group, adjudication }: ImportedImage, state: ImageState | undefined, classOf: (name: string) => string | undefined, importer: string): [string, EventContent[]][] {
  const found: [string, EventContent[]][] = opinions.map((opinion) => {
    const reviewer = (opinion.reviewer ?? importer).normalize('NFC');
    return [reviewer, newIn(opinion, opinionOf(state, reviewer), classOf)];
  });
  if (group !== undefined && group !== state?.group) found.push([importer, [{ type: 'group', value: group }]]);
  const decided = adjudication && classOf(adjudication.value);
  if (decided !== undefined && decided !== state?.adjudication?.value) found.push([(adjudication?.reviewer ?? importer).normalize('NFC'), [{ type: 'adjudication', value: decided }]]);
  return found;
}

function newIn({ label, note, excluded, regions }: ImportedOpinion, own: ImageState['opinions'][number] | undefined, classOf: (name: string) => string | undefined): EventContent[] {
  const value = typeof label === 'string' ? classOf(label) : label;
  return [
    ...(value === undefined || own?.label?.value === value ? [] : [{ type: 'label', value } as const]),
    ...(note === undefined || own?.note === note ? [] : [{ type: 'note', value: note } as const]),
    ...(excluded === undefined || own?.excluded === excluded ? [] : [{ type: 'exclude', value: excluded } as const]),
    ...(regions ?? []).filter((region) => !isDeepStrictEqual(own?.regions.find(({ id }) => id === region.id), region)).map((region) => ({ type: 'region', value: region }) as const),
  ];
}

/** Its id is made of what it says, so that it is the same each time. */
function draftOf(reviewer: string, image: ImageReference, content: EventContent): EventDraft {
  const id = `import-${createHash('sha256').update(JSON.stringify([reviewer, image.sha256, content.type, content.value])).digest('hex').slice(0, 32)}`;
  return { id, ...content, image, ...(content.type === 'label' ? { labelBasis: 'imported' } : {}), bulk: true };
}

/** What a folder's images really are, and where each belongs: from sub-folders, a CSV or the annotation log. */
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { imageKey, walkImages } from '../images/folder';
import { readImageFile } from '../images/decode';
import { readAnnotations } from './annotations';
import { FileRuns } from './fileRuns';
import { splitOfPath } from './leakage/splits';
import { readLabels, type LabelRow } from './labelsCsv';
import type { ClassMapping } from './mapping';
import type { GroupSource, LeftOutReason } from './types';

export interface TruthOptions {
  readonly folder: string;
  /** `folders`: names of sub-folders; `annotations`: the log of the review sessions; else path of a CSV. */
  readonly labels: 'folders' | 'annotations' | { readonly csv: string };
  /** How groups are guessed where none are given. */
  readonly groups: 'none' | 'file-run';
  /** Images that temperatures are fitted on: a split by name, or the rows of a CSV. */
  readonly validation?: { readonly split: string } | { readonly csv: string } | undefined;
}

/** An image with a label. */
export interface LabelledImage {
  /** Relative to the folder, '/'-separated, NFC. */
  readonly path: string;
  /** To open it. */
  readonly file: string;
  /** Of the truth, as it stands there. */
  readonly name: string;
  /** Index of the class that the name stands for. */
  readonly label: number;
  readonly group?: string | undefined;
  readonly groupSource: GroupSource;
  readonly split?: string | undefined;
  /** Temperatures are fitted on it. */
  readonly isValidation: boolean;
  /** sha256 of the models that the label's reviewers had seen before. */
  readonly seen: readonly string[];
}

/** An image without a label, and why; `name` is the one that maps to no class. */
export interface UnlabelledImage {
  readonly path: string;
  readonly reason: 'name' | 'not-listed' | LeftOutReason;
  readonly name?: string;
}

type Found = LabelledImage | UnlabelledImage;
/** Told of a folder or file that cannot be read: its path in the folder, and in the file system. */
export type Failed = (path: string, file: string, error: unknown) => void;

/** The truth that was chosen, to be gone through as often as need be. */
export interface Truth {
  /** All images, sorted by path except those that only the CSV names, which come last. */
  images(failed: Failed): AsyncGenerator<Found>;
}

export function isLabelled(found: Found): found is LabelledImage {
  return 'label' in found;
}

/**
 * @param onTorn told of annotation files whose last line is not whole
 * @throws SmearLensError `image-not-found` where the folder is none, `input-invalid`
 */
export async function openTruth(options: TruthOptions, mapping: ClassMapping, onTorn?: (file: string) => void): Promise<Truth> {
  const { folder, labels, validation } = options;
  const fitted = validation && 'csv' in validation ? await readLabels(validation.csv) : undefined;
  const find = await finder(options, mapping, fitted, onTorn);
  const runs = options.groups === 'file-run' ? await fileRuns(folder) : undefined;
  const isFitted = (split: string | undefined): boolean => validation !== undefined && 'split' in validation && split === validation.split;

  const complete = (key: string, file: string, label: Label): Found => {
    if ('reason' in label) return { path: key, ...label };
    const index = mapping.indexOf(label.label);
    if (index === null) return { path: key, reason: 'name', name: label.label };
    const split = label.split ?? (fitted?.has(key) ? 'validation' : labels === 'folders' ? splitOfPath(key) : undefined);
    const [group, groupSource] = label.group !== undefined ? [label.group, label.groupSource ?? 'given'] : runs ? [runs.groupOf(key), 'file-run' as const] : [undefined, 'none' as const];
    return { path: key, file, name: label.label, label: index, group, groupSource, split, isValidation: fitted?.has(key) === true || isFitted(split), seen: label.seen ?? [] };
  };

  return {
    async *images(failed) {
      const listed = new Map([...(find.listed ?? []), ...(fitted ?? [])].map(([key]) => [key, false]));
      for await (const file of walkImages(folder, (inner, error) => failed(imageKey(folder, inner), inner, error))) {
        const key = imageKey(folder, file);
        if (listed.has(key)) listed.set(key, true);
        try {
          yield complete(key, file, await find.label(key, file));
        } catch (error) {
          failed(key, file, error);
        }
      }
      // The walk passes over hidden files and names that are not those of images.
      for (const [key, isSeen] of listed) if (!isSeen) yield complete(key, path.join(folder, key), await find.label(key, path.join(folder, key)));
    },
  };
}

type Label = (LabelRow & { readonly seen?: readonly string[] }) | Omit<UnlabelledImage, 'path'>;

interface Finder {
  /** What the truth itself lists. */
  readonly listed?: ReadonlyMap<string, unknown>;
  label(key: string, file: string): Promise<Label> | Label;
}

async function finder({ folder, labels }: TruthOptions, mapping: ClassMapping, fitted: ReadonlyMap<string, LabelRow> | undefined, onTorn: ((file: string) => void) | undefined): Promise<Finder> {
  if (labels === 'annotations') {
    const opinions = await readAnnotations(folder, onTorn);
    return {
      async label(key, file) {
        const own = fitted?.get(key);
        if (own) return own;
        const opinion = opinions.get((await readImageFile(file)).sha256);
        if (opinion?.label === undefined) return { reason: opinion?.reason ?? 'not-listed' };
        return { label: opinion.label, group: opinion.group, seen: opinion.seen };
      },
    };
  }
  if (labels === 'folders') return { label: (key) => fitted?.get(key) ?? folderLabel(key, mapping) };
  const rows = await readLabels(labels.csv);
  return { listed: rows, label: (key) => fitted?.get(key) ?? rows.get(key) ?? { reason: 'not-listed' } };
}

/** The nearest folder above the image whose name is a class; where none is, the nearest of all names what to map. */
function folderLabel(key: string, mapping: ClassMapping): Label {
  const above = key.split('/').slice(0, -1).reverse();
  const label = above.find((name) => mapping.indexOf(name) !== null) ?? above[0];
  return label === undefined ? { reason: 'not-listed' } : { label };
}

async function fileRuns(folder: string): Promise<FileRuns> {
  const runs = new FileRuns();
  for await (const file of walkImages(folder, () => undefined)) runs.add(imageKey(folder, file));
  return runs;
}

/**
 * The splits that the headline is about.
 * @param found names of the splits that images without being `validation` are in
 * @param wished by the user
 * @returns undefined: all images, since there are no splits
 * @throws SmearLensError `input-invalid` where it has to be said, or there is no such split
 */
export function splitsToEvaluate(found: readonly string[], wished: readonly string[] | undefined): readonly string[] | undefined {
  if (wished) {
    const unknown = wished.find((split) => !found.includes(split));
    if (unknown === undefined) return wished;
    throw new SmearLensError('input-invalid', `There is no split '${unknown}'.`, found.length === 0 ? 'The labels name no splits; leave --split out.' : `The splits are ${found.join(', ')}.`);
  }
  if (found.length <= 1) return undefined;
  const test = found.filter((split) => /^test/i.test(split));
  if (test.length === 1) return test;
  throw new SmearLensError('input-invalid', `The labels name the splits ${found.join(', ')}; figures over all of them would mix training and test images.`, 'Say which to evaluate with --split NAME (several: separated by commas).');
}

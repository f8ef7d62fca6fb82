/** The labelled images of a dataset that has no model: its classes are the project's, those that the user names, or those that its labels name. */
import * as path from 'node:path';
import { findLogRoot } from '../annotations/folder';
import { readProject } from '../annotations/project';
import { SmearLensError } from '../errors';
import { ClassMapping } from '../evaluation/mapping';
import { byCodeUnits } from '../evaluation/order';
import { isLabelled, openTruth, type LabelledImage, type TruthOptions, type UnlabelledImage } from '../evaluation/truth';
import type { ClassInfo } from '../protocol/analysis';

export interface LabelledOptions extends Pick<TruthOptions, 'folder' | 'labels' | 'groups'> {
  /** Ids in order; undefined: those of project.json, else the names that the labels have. */
  readonly classes?: readonly string[] | undefined;
  /** By name of the truth: the class that it stands for, '' for none. */
  readonly map: Readonly<Record<string, string>>;
}

export interface Labelled {
  readonly classes: readonly ClassInfo[];
  /** Sorted by path. */
  readonly images: readonly LabelledImage[];
  /** Images that no label names, or whose label is no class, is disputed or excluded. */
  readonly unlabelled: number;
  /** How many of those for each reason; reasons that no image has are missing. */
  readonly reasons: Readonly<Partial<Record<UnlabelledImage['reason'], number>>>;
}

/**
 * @param failed told of each folder or file that cannot be read, which is passed over
 * @throws SmearLensError `image-not-found`, `input-invalid` where nothing is labelled
 */
export async function labelledImages(options: LabelledOptions, failed: (path: string, error: unknown) => void): Promise<Labelled> {
  const classes = await classesToReadBy(options);
  const truth = await openTruth(options, new ClassMapping(classes, options.map));
  const images: LabelledImage[] = [];
  const reasons: Partial<Record<UnlabelledImage['reason'], number>> = {};
  for await (const found of truth.images((key, _, error) => failed(key, error))) {
    if (isLabelled(found)) images.push(found);
    else reasons[found.reason] = (reasons[found.reason] ?? 0) + 1;
  }
  if (images.length === 0) throw new SmearLensError('input-invalid', `${options.folder}: none of its images has a label.`, 'Sort them into a folder a class, or name a CSV or the annotation log with --labels.');
  return { classes, images: images.sort((a, b) => byCodeUnits(a.path, b.path)), unlabelled: Object.values(reasons).reduce((a, b) => a + b, 0), reasons };
}

/** The classes that names of labels are read as: those that the user gives, the project's, else one a name. */
async function classesToReadBy({ folder, labels, groups, classes, map }: LabelledOptions): Promise<readonly ClassInfo[]> {
  const named = (ids: readonly string[]): ClassInfo[] => ids.map((id) => ({ id, name: id }));
  if (classes) return named(classes);
  const root = findLogRoot(path.resolve(folder));
  const project = root === undefined ? undefined : await readProject(root);
  if (project) return project.classes;
  // With no class at all every name is told as one that stands for none.
  const truth = await openTruth({ folder, labels, groups }, new ClassMapping([]));
  const names = new Set<string>(Object.values(map).filter(Boolean));
  for await (const found of truth.images(() => undefined)) if (!isLabelled(found) && found.name !== undefined && !Object.hasOwn(map, found.name)) names.add(found.name);
  return named([...names].sort(byCodeUnits));
}

/** The classes that labels are of, where nobody states them. */
import * as path from 'node:path';
import { findLogRoot } from '../annotations/folder';
import { readProject } from '../annotations/project';
import { SmearLensError } from '../errors';
import { readLabels } from '../evaluation/labelsCsv';
import type { TruthOptions } from '../evaluation/truth';
import { imageKey, walkImages } from '../images/folder';
import type { ClassInfo } from '../protocol/analysis';

/**
 * Of an annotation log those of its project; of a CSV its labels, of folders the names of those that hold images, both sorted.
 * @throws SmearLensError `input-invalid` where there are fewer than two
 */
export async function classesOfTruth({ folder, labels }: Pick<TruthOptions, 'folder' | 'labels'>): Promise<readonly ClassInfo[]> {
  const classes = labels === 'annotations' ? await projectClasses(folder) : named(labels === 'folders' ? await folderNames(folder) : [...(await readLabels(labels.csv)).values()].map(({ label }) => label));
  if (classes.length >= 2) return classes;
  throw new SmearLensError('input-invalid', `${folder}: its labels name ${classes.length === 1 ? `one class only (${classes[0].id})` : 'no class'}.`, 'Labels are checked against each other: sort the images into folders named after their classes, or give --labels with a CSV or `annotations`.');
}

async function projectClasses(folder: string): Promise<readonly ClassInfo[]> {
  const root = findLogRoot(path.resolve(folder));
  const project = root === undefined ? undefined : await readProject(root);
  if (project) return project.classes;
  throw new SmearLensError('input-invalid', `${folder}: has no annotation log with a list of classes.`, 'Label images in a review session first, or state the classes with --classes.');
}

async function folderNames(folder: string): Promise<string[]> {
  const names = new Set<string>();
  for await (const file of walkImages(folder, () => undefined)) {
    const above = path.posix.dirname(imageKey(folder, file));
    if (above !== '.') names.add(path.posix.basename(above));
  }
  return [...names];
}

function named(labels: readonly string[]): ClassInfo[] {
  return [...new Set(labels)].filter((label) => label !== '').sort().map((label) => ({ id: label, name: label }));
}

/** The images of a folder that somebody labelled, as the annotation log knows them. */
import * as path from 'node:path';
import { findLogRoot, SMEARLENS_FOLDER } from '../annotations/folder';
import { AnnotationLog } from '../annotations/log';
import { readProject } from '../annotations/project';
import { SmearLensError } from '../errors';
import { FileRuns } from '../evaluation/fileRuns';
import { imageKey } from '../images/folder';
import type { AgreementOptions, RatedImage } from './agreement';
import { classesInUse } from './dataset';

/**
 * Reads the log of a folder; no image is opened.
 * @throws SmearLensError `input-invalid` where there is no log
 */
export async function readRated(folder: string): Promise<{ readonly images: readonly RatedImage[] } & Pick<AgreementOptions, 'classes' | 'groupSource'>> {
  const root = findLogRoot(path.resolve(folder));
  if (root === undefined) throw new SmearLensError('input-invalid', `${folder}: neither it nor a folder above it holds ${SMEARLENS_FOLDER}/annotations.`, 'Label images in a review session first, or import labels with `smearlens curate import`.');
  const log = await AnnotationLog.open(root);
  const project = await readProject(root);
  const below = imageKey(root, path.resolve(folder));
  const found = [...log.images].flatMap((sha256): RatedImage[] => {
    const state = log.state(sha256);
    if (!state || state.opinions.length === 0 || !(below === '' || state.image.path.startsWith(`${below}/`))) return [];
    return [{ path: state.image.path, state, group: state.group }];
  });
  const isGuessed = project?.grouping === 'file-run' && found.some(({ group }) => group === undefined);
  const runs = new FileRuns();
  for (const { path: file } of found) runs.add(file);
  const images = isGuessed ? found.map((image) => ({ ...image, group: image.group ?? runs.groupOf(image.path) })) : found;
  const { classes } = classesInUse({ project, images: found });
  const listed = classes.map(({ id }) => id);
  // A class that was taken out of the project still has its labels.
  const given = new Set(found.flatMap(({ state }) => state.opinions.flatMap(({ label, repeats }) => [label, ...repeats].flatMap((event) => event?.value ?? []))));
  return { images, classes: [...listed, ...[...given].filter((id) => !listed.includes(id)).sort()], groupSource: isGuessed ? 'file-run' : images.some(({ group }) => group !== undefined) ? 'given' : 'none' };
}

/** `.smearlens/project.json`: what all who label a folder have in common. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import type { ClassInfo } from '../protocol/analysis';
import { SMEARLENS_FOLDER } from './folder';

/** Where an image's patient or slide comes from: the log's `group` events alone, or else the runs of the file names. */
export type GroupingRule = 'given' | 'file-run' | 'none';

export interface Project {
  readonly schemaVersion: 1;
  /** In the order of the keys 1 to 9; never inferred from what was labelled. */
  readonly classes: readonly ClassInfo[];
  readonly grouping: GroupingRule;
  readonly micrometresPerPixel?: number | undefined;
}

function projectFile(root: string): string {
  return path.join(root, SMEARLENS_FOLDER, 'project.json');
}

/**
 * @param root folder that holds `.smearlens`
 * @returns undefined where there is none yet
 * @throws SmearLensError `input-invalid`
 */
export async function readProject(root: string): Promise<Project | undefined> {
  const file = projectFile(root);
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SmearLensError('input-invalid', `${file}: cannot be read (${(error as Error).message}).`, 'Check its permissions.');
  }
  return parse(text, file);
}

/** Whether there is one, be it readable or not. @param root folder that holds `.smearlens` */
export function hasProject(root: string): Promise<boolean> {
  return fs.access(projectFile(root)).then(() => true, () => false);
}

/**
 * Writes it, aside first so that it is never half a file.
 * @throws SmearLensError `output-unwritable`
 */
export async function writeProject(root: string, project: Project): Promise<void> {
  const file = projectFile(root);
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(`${file}.new`, `${JSON.stringify(project, null, 2)}\n`, { flush: true });
    await fs.rename(`${file}.new`, file);
  } catch (error) {
    throw new SmearLensError('output-unwritable', `${file}: cannot be written (${(error as Error).message}).`, 'Check the permissions and the space on the disk.');
  }
}

function parse(text: string, file: string): Project {
  const invalid = (what: string): SmearLensError => new SmearLensError('input-invalid', `${file}: ${what}.`, 'Mend the file, or restore it from its history.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`is no JSON (${(error as Error).message})`);
  }
  const { schemaVersion, classes, grouping = 'given', micrometresPerPixel }: Partial<Record<keyof Project, unknown>> = typeof value === 'object' && value !== null ? value : {};
  if (schemaVersion !== 1) throw invalid("'schemaVersion' is not 1");
  if (!Array.isArray(classes) || classes.length === 0 || !classes.every(isClass)) throw invalid("'classes' is no list of objects with 'id' and 'name'");
  if (new Set(classes.map(({ id }) => id)).size < classes.length) throw invalid("'classes' has one 'id' twice");
  if (grouping !== 'given' && grouping !== 'file-run' && grouping !== 'none') throw invalid("'grouping' is none of given, file-run, none");
  if (micrometresPerPixel !== undefined && !(typeof micrometresPerPixel === 'number' && micrometresPerPixel > 0)) throw invalid("'micrometresPerPixel' is no positive number");
  return { schemaVersion, classes, grouping, micrometresPerPixel };
}

function isClass(value: unknown): value is ClassInfo {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name }: Partial<Record<keyof ClassInfo, unknown>> = value;
  return typeof id === 'string' && id !== '' && typeof name === 'string';
}

/** Evaluations that were stored: where they lie, and their figures as they are read back. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SMEARLENS_FOLDER } from '../annotations/folder';
import { SmearLensError } from '../errors';
import type { EvaluationFile, EvaluationResult } from './types';

/** The figures' file in the folder of an evaluation. */
export const METRICS_FILE = 'metrics.json';

/** Where the editor puts evaluations: hidden, so that no image in it is ever evaluated. @param root workspace folder */
export function evaluationsFolder(root: string): string {
  return path.join(root, SMEARLENS_FOLDER, 'evaluations');
}

/**
 * The evaluation that ended last.
 * @param roots workspace folders
 * @returns path of its metrics.json; undefined where there is none
 * @throws SmearLensError `input-invalid` where a folder of evaluations cannot be read
 */
export async function newestEvaluation(roots: readonly string[]): Promise<string | undefined> {
  const found: { readonly file: string; readonly written: number }[] = [];
  for (const folder of roots.map(evaluationsFolder)) {
    const names = await fs.readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw unreadable(folder, error);
    });
    for (const name of names) {
      const file = path.join(folder, name, METRICS_FILE);
      // One that was stopped has none yet.
      const written = (await fs.stat(file).catch(() => undefined))?.mtimeMs;
      if (written !== undefined) found.push({ file, written });
    }
  }
  return found.sort((a, b) => b.written - a.written)[0]?.file;
}

/**
 * The figures of an evaluation.
 * @param file its metrics.json
 * @throws SmearLensError `input-invalid` where it cannot be read or holds something else
 */
export async function readEvaluationFile(file: string): Promise<EvaluationResult> {
  const text = await fs.readFile(file, 'utf8').catch((error: Error) => {
    throw unreadable(file, error);
  });
  const invalid = (what: string): SmearLensError => new SmearLensError('input-invalid', `${file}: ${what}.`, `Name the ${METRICS_FILE} that an evaluation has written, or its folder.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(`is no JSON (${(error as Error).message})`);
  }
  if (!isEvaluation(value)) throw invalid('holds no evaluation of models');
  return { ...value, models: value.models.map(({ model, name, sha256, kind, bytes, parameters, temperature, ...metrics }) => ({ id: model, name, sha256, kind, bytes, parameters, temperature, metrics })) };
}

/** What a reader of the headline relies on; the rest is as the program wrote it. */
function isEvaluation(value: unknown): value is EvaluationFile {
  if (!isObject(value) || !isObject(value['mapping']) || !isObject(value['leakage']) || typeof value['leakage']['summary'] !== 'string') return false;
  const { models, notDistinguishable, unreadable: failed } = value;
  return Array.isArray(models) && models.length > 0 && models.every(isModel) && Array.isArray(notDistinguishable) && Array.isArray(failed);
}

function isModel(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['macro']) || !isObject(value['intervals'])) return false;
  const { model, name, sha256, kind, n, accuracy, classes, confusionMatrix } = value;
  return [model, name, sha256, kind].every((text) => typeof text === 'string') && [n, accuracy].every((number) => typeof number === 'number') && Array.isArray(classes) && Array.isArray(confusionMatrix) && confusionMatrix.every(Array.isArray);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function unreadable(file: string, error: Error): SmearLensError {
  return new SmearLensError('input-invalid', `${file}: cannot be read (${error.message}).`, 'Check the path and its permissions.');
}

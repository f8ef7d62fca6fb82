/** What a file of labels says, whatever its format, before it is matched with images. */
import * as fs from 'node:fs/promises';
import type { Region } from '../../annotations/types';
import { SmearLensError } from '../../errors';
import type { ClassInfo } from '../../protocol/analysis';

export interface ImportedOpinion {
  /** Undefined: the file names nobody; then it is who imports. */
  readonly reviewer?: string | undefined;
  /** A class by id or name; null: unsure; undefined: nothing is said. */
  readonly label?: string | null | undefined;
  readonly note?: string | undefined;
  readonly excluded?: boolean | undefined;
  readonly regions?: readonly Region[] | undefined;
}

export interface ImportedImage {
  /** An image is known by its sha256, else by its path relative to the folder, '/'-separated, NFC. */
  readonly sha256?: string | undefined;
  readonly path?: string | undefined;
  readonly group?: string | undefined;
  readonly opinions: readonly ImportedOpinion[];
  readonly adjudication?: { readonly reviewer?: string | undefined; readonly value: string } | undefined;
}

export interface Imported {
  readonly images: readonly ImportedImage[];
  /** The class list that the file has, in order; undefined where it has none. */
  readonly classes?: readonly ClassInfo[] | undefined;
  /** What could not be taken over, in words. */
  readonly leftOut: readonly string[];
}

export type Fields = Readonly<Record<string, unknown>>;

export function invalid(file: string, what: string, hint: string): SmearLensError {
  return new SmearLensError('input-invalid', `${file}: ${what}`, hint);
}

/** @throws SmearLensError `input-invalid` where it cannot be read */
export async function readText(file: string): Promise<string> {
  try {
    return (await fs.readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw invalid(file, `cannot be read (${(error as Error).message}).`, 'Check the path and its permissions.');
  }
}

/** @throws SmearLensError `input-invalid` where it is no JSON */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalid(file, `is no JSON (${(error as Error).message}).`, 'Export it anew, or name its format with --format.');
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A path as images are known by it. */
export function pathOf(value: unknown): string | undefined {
  return textOf(value)?.replaceAll('\\', '/').replace(/^(\.\/)+/, '').normalize('NFC');
}

export function sha256Of(value: unknown): string | undefined {
  const text = textOf(value)?.toLowerCase();
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

export function isRegion(value: unknown): value is Region {
  if (!isObject(value) || textOf(value['id']) === undefined || !Array.isArray(value['body'])) return false;
  const { target } = value;
  return isObject(target) && isObject(target['selector']) && typeof target['selector']['type'] === 'string' && typeof target['selector']['value'] === 'string';
}

/** The list of classes in a provenance, or of ids. */
export function classesIn(value: unknown): readonly ClassInfo[] | undefined {
  const classes = listOf(value).flatMap((c): ClassInfo[] => {
    if (typeof c === 'string') return [{ id: c, name: c }];
    if (!isObject(c) || textOf(c['id']) === undefined) return [];
    const { id, name, description, superclass } = c;
    return [{ id: id as string, name: textOf(name) ?? (id as string), ...(textOf(description) ? { description: textOf(description) } : {}), ...(textOf(superclass) ? { superclass: textOf(superclass) } : {}) }];
  });
  return classes.length > 0 ? classes : undefined;
}

/** The class list of an `about.json` beside what is imported, where there is one. */
export async function classesBeside(file: string): Promise<readonly ClassInfo[] | undefined> {
  const text = await fs.readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const about = JSON.parse(text) as unknown;
    return isObject(about) && about['classesAreFixed'] === true ? classesIn(about['classes']) : undefined;
  } catch {
    return undefined;
  }
}

/** A row as JSONL, metadata.jsonl, COCO (`smearlens`) and FiftyOne (`attributes`) have it. A row of another program with a label alone is one opinion of nobody in particular. */
export function imageOfRow(row: Fields, path: unknown): ImportedImage {
  const opinions = listOf(row['opinions']).filter(isObject).map((o): ImportedOpinion => ({
    reviewer: textOf(o['reviewer']),
    label: o['kind'] === 'unsure' ? null : textOf(o['value']),
    note: textOf(o['note']),
    excluded: o['excluded'] === true ? true : undefined,
    regions: listOf(o['regions']).filter(isRegion),
  }));
  const label = textOf(row['label']);
  const adjudication = isObject(row['adjudication']) ? { reviewer: textOf(row['adjudication']['reviewer']), value: textOf(row['adjudication']['value']) } : undefined;
  return {
    sha256: sha256Of(row['sha256']),
    path: pathOf(path),
    group: textOf(row['group']),
    opinions: Array.isArray(row['opinions']) ? opinions : label === undefined ? [] : [{ label }],
    adjudication: adjudication?.value === undefined ? undefined : { reviewer: adjudication.reviewer, value: adjudication.value },
  };
}

/** A data set as it was on one day: every image by its hash, with its label, and the ends of the log's chains. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { RESEARCH_USE } from '../protocol/format';
import type { ClassInfo } from '../protocol/analysis';
import type { Dataset } from './dataset';
import type { Provenance } from './exports/format';
import type { ExportRow } from './exports/row';
import { isObject } from './imports/imported';
import type { ChainHead } from './verify';

export type ReleasedImage = Pick<ExportRow, 'path' | 'sha256' | 'label' | 'status' | 'group' | 'split'>;

export interface Manifest {
  readonly schemaVersion: 1;
  readonly researchUse: string;
  readonly software: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly folder: string;
  readonly classes: readonly ClassInfo[];
  readonly classesAreFixed: boolean;
  readonly chainHeads: Readonly<Record<string, ChainHead>>;
  /** sha256 of the manifest.json of the release before; null for the first. */
  readonly previous: string | null;
  /** Sorted by path. */
  readonly images: readonly ReleasedImage[];
}

/** The file of a release that says what is in it. */
export const MANIFEST = 'manifest.json';

export function manifestOf({ images }: Dataset, { software, folder, classes, classesAreFixed, chainHeads }: Provenance, previous: string | null, created: Date): Manifest {
  return {
    schemaVersion: 1,
    researchUse: RESEARCH_USE,
    ...{ software, created: created.toISOString(), folder, classes, classesAreFixed, chainHeads, previous },
    images: images.map(({ path: at, sha256, label, status, group, split }) => ({ path: at, sha256, label, status, group: group ?? null, split: split ?? null })),
  };
}

/**
 * @param release folder of a release
 * @returns its manifest, and the bytes of the file
 * @throws SmearLensError `input-invalid`
 */
export async function readManifest(release: string): Promise<{ readonly manifest: Manifest; readonly bytes: Buffer }> {
  const file = path.join(release, MANIFEST);
  try {
    const bytes = await fs.readFile(file);
    const value = JSON.parse(bytes.toString('utf8')) as unknown;
    if (!isObject(value) || value['schemaVersion'] !== 1 || !Array.isArray(value['images']) || !isObject(value['chainHeads'])) throw new Error('it is no manifest of a release');
    if (!value['images'].every((image) => isObject(image) && typeof image['path'] === 'string' && typeof image['sha256'] === 'string')) throw new Error('an image has no path or no sha256');
    return { manifest: value as unknown as Manifest, bytes };
  } catch (error) {
    throw new SmearLensError('input-invalid', `${file}: cannot be read (${(error as Error).message}).`, 'Name the folder that `smearlens curate release` wrote.');
  }
}

/** What differs between two releases. Images are known by their content: one that was moved is not added. */
export interface Changes {
  readonly added: readonly ReleasedImage[];
  readonly removed: readonly ReleasedImage[];
  readonly relabelled: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  readonly regrouped: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  readonly moved: readonly { readonly before: string; readonly after: string }[];
  /** Differ in the class lists. */
  readonly classes: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

export function changesBetween(before: Manifest, after: Manifest): Changes {
  const [old, now] = [byContent(before), byContent(after)];
  const both = [...now].flatMap(([sha256, images]) => {
    const earlier = old.get(sha256);
    return earlier ? [{ was: earlier[0], is: images[0], wasAt: earlier.map(({ path: at }) => at), isAt: images.map(({ path: at }) => at) }] : [];
  });
  const place = ({ split, group }: ReleasedImage): string => `${group ?? 'no group'}${split === null ? '' : `, ${split}`}`;
  const [oldClasses, newClasses] = [before.classes.map(({ id }) => id), after.classes.map(({ id }) => id)];
  return {
    added: after.images.filter(({ sha256 }) => !old.has(sha256)),
    removed: before.images.filter(({ sha256 }) => !now.has(sha256)),
    relabelled: both.filter(({ was, is }) => wordOf(was) !== wordOf(is)).map(({ was, is }) => ({ path: is.path, before: wordOf(was), after: wordOf(is) })),
    regrouped: both.filter(({ was, is }) => place(was) !== place(is)).map(({ was, is }) => ({ path: is.path, before: place(was), after: place(is) })),
    moved: both.filter(({ wasAt, isAt }) => wasAt.join('\n') !== isAt.join('\n')).map(({ wasAt, isAt }) => ({ before: wasAt.join(', '), after: isAt.join(', ') })),
    classes: { added: newClasses.filter((id) => !oldClasses.includes(id)), removed: oldClasses.filter((id) => !newClasses.includes(id)) },
  };
}

function byContent({ images }: Manifest): Map<string, ReleasedImage[]> {
  const found = new Map<string, ReleasedImage[]>();
  for (const image of images) found.set(image.sha256, [...(found.get(image.sha256) ?? []), image]);
  return found;
}

function wordOf({ label, status }: ReleasedImage): string {
  return label ?? status;
}

/** CHANGES.md. */
export function changesMarkdown(changes: Changes | undefined, { created, software, images }: Manifest): string {
  const heading = ['# Changes', '', `Release of ${created.slice(0, 10)} by ${software}.`, ''];
  if (!changes) return [...heading, `The first release: ${images.length} images.`, '', RESEARCH_USE, ''].join('\n');
  const { added, removed, relabelled, regrouped, moved, classes } = changes;
  const part = (title: string, lines: readonly string[]): string[] => [`## ${title}: ${lines.length}`, '', ...lines.map((line) => `- ${line}`), ...(lines.length > 0 ? [''] : [])];
  return [
    ...heading,
    ...part('Added', added.map((image) => `${image.path} (${wordOf(image)})`)),
    ...part('Removed', removed.map((image) => `${image.path} (${wordOf(image)})`)),
    ...part('Relabelled', relabelled.map(({ path: at, before, after }) => `${at}: ${before} → ${after}`)),
    ...part('Group or split changed', regrouped.map(({ path: at, before, after }) => `${at}: ${before} → ${after}`)),
    ...part('Moved or renamed', moved.map(({ before, after }) => `${before} → ${after}`)),
    ...part('Classes added', classes.added),
    ...part('Classes removed', classes.removed),
    RESEARCH_USE,
    '',
  ].join('\n');
}

/** A folder's images with what the annotation log says of them: what exports, releases and duplicates are made of. */
import * as path from 'node:path';
import { findLogRoot } from '../annotations/folder';
import { AnnotationLog } from '../annotations/log';
import { readProject, type Project } from '../annotations/project';
import { consensusOf, type Consensus, type ImageState } from '../annotations/replay';
import { SmearLensError } from '../errors';
import { readLabels } from '../evaluation/labelsCsv';
import { readImageFile } from '../images/decode';
import { imageKey, walkImages } from '../images/folder';

/** Files that are read at once: enough to keep a disk busy, few enough for the memory. */
const AT_ONCE = 8;

/** An image on the disk. */
export interface HashedImage {
  /** Relative to the folder, '/'-separated, NFC. */
  readonly path: string;
  /** To open it. */
  readonly file: string;
  readonly sha256: string;
}

/** Why an image has no label, or that it has one. */
export type Status = 'labelled' | Extract<Consensus, { readonly label: undefined }>['reason'];

export interface DatasetImage extends HashedImage {
  /** What the reviewers said; undefined where they said nothing. */
  readonly state: ImageState | undefined;
  /** Class id on which all agree or that one adjudicated; null where `status` is not `labelled`. */
  readonly label: string | null;
  readonly status: Status;
  readonly group?: string | undefined;
  readonly split?: string | undefined;
}

export interface Dataset {
  readonly folder: string;
  /** Sorted by path. */
  readonly images: readonly DatasetImage[];
  /** Undefined where nobody has labelled yet. */
  readonly log: AnnotationLog | undefined;
  readonly project: Project | undefined;
}

export interface ReadOptions {
  /** CSV with a column `split`, by path. */
  readonly splits?: string | undefined;
  /** Of files with the same bytes take the first by path. */
  readonly oneCopy?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Told of each file that cannot be read, which is then left out. */
  readonly failed: (file: string, error: unknown) => void;
}

/**
 * Reads a folder: every image's sha256, and its state in the log below the folder, or else below the nearest parent that has one.
 * @throws SmearLensError `image-not-found`, `input-invalid` of the log, the project or the CSV, `cancelled`
 */
export async function readDataset(folder: string, options: ReadOptions): Promise<Dataset> {
  const root = findLogRoot(path.resolve(folder));
  const log = root === undefined ? undefined : await AnnotationLog.open(root);
  const splits = options.splits === undefined ? undefined : await readLabels(options.splits);
  const hashed = await hashImages(folder, options);
  const seen = new Set<string>();
  const images = hashed.flatMap((image): DatasetImage[] => {
    if (options.oneCopy && seen.has(image.sha256)) return [];
    seen.add(image.sha256);
    const state = log?.state(image.sha256);
    const row = splits?.get(image.path);
    return [{ ...image, state, ...verdictOf(state), group: state?.group ?? row?.group, split: row?.split }];
  });
  return { folder, images, log, project: root === undefined ? undefined : await readProject(root) };
}

function verdictOf(state: ImageState | undefined): Pick<DatasetImage, 'label' | 'status'> {
  const consensus: Consensus = state ? consensusOf(state) : { label: undefined, reason: 'unlabelled' };
  return consensus.label === undefined ? { label: null, status: consensus.reason } : { label: consensus.label, status: 'labelled' };
}

/**
 * The sha256 of all images of a folder, sorted by path.
 * @throws SmearLensError `image-not-found` where it is no folder, or holds no images that can be read; `cancelled`
 */
export async function hashImages(folder: string, { signal, progress, failed }: Pick<ReadOptions, 'signal' | 'progress' | 'failed'>): Promise<HashedImage[]> {
  const files: string[] = [];
  for await (const file of walkImages(folder, failed)) files.push(file);
  const images = await readEach(files, AT_ONCE, { signal, progress, failed }, async (file): Promise<HashedImage> => {
    const { sha256 } = await readImageFile(file, signal);
    return { path: imageKey(folder, file), file, sha256 };
  });
  if (images.length === 0) throw new SmearLensError('image-not-found', `${folder}: holds no images that can be read.`, 'Give a folder with JPEG, PNG, TIFF, BMP or WebP files.');
  return images;
}

/** Maps items to what `work` makes of them, up to `limit` at a time, in order. The first failure ends it. */
export async function severalAtOnce<I, T>(items: readonly I[], limit: number, work: (item: I, index: number) => Promise<T>): Promise<T[]> {
  const results = new Array<T>(items.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await work(items[i], i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return results;
}

/**
 * What `read` makes of each file, in their order; a file that it throws at is told of and passed over.
 * @throws SmearLensError `cancelled`
 */
export async function readEach<T>(files: readonly string[], limit: number, { signal, progress, failed }: Pick<ReadOptions, 'signal' | 'progress' | 'failed'>, read: (file: string) => Promise<T>): Promise<T[]> {
  let done = 0;
  const found = await severalAtOnce(files, limit, async (file): Promise<T | undefined> => {
    throwIfCancelled(signal);
    try {
      return await read(file);
    } catch (error) {
      throwIfCancelled(signal);
      failed(file, error);
      return undefined;
    } finally {
      progress?.(++done, files.length);
    }
  });
  return found.filter((value) => value !== undefined);
}

/** @throws SmearLensError `cancelled` */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new SmearLensError('cancelled', 'The command was cancelled.', 'Start it again.');
}

/** The fixed list of classes: the project's, or, where there is none, the labels given, sorted, which `isFixed` tells apart. */
export function classesInUse({ project, images }: { readonly project: Project | undefined; readonly images: readonly { readonly state: ImageState | undefined }[] }): { readonly classes: Project['classes']; readonly isFixed: boolean } {
  if (project) return { classes: project.classes, isFixed: true };
  const given = new Set(images.flatMap(({ state }) => [...(state?.opinions ?? []).flatMap(({ label }) => label?.value ?? []), ...(state?.adjudication ? [state.adjudication.value] : [])]));
  return { classes: [...given].sort().map((id) => ({ id, name: id })), isFixed: false };
}

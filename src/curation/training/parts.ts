/** Which images a head is trained on, which choose its epoch, and which its figures are about. Pure. */
import { SmearLensError } from '../../errors';
import { splitOfName } from '../../evaluation/leakage/splits';
import type { GroupSource } from '../../evaluation/types';
import type { ClassInfo } from '../../protocol/analysis';
import { split, type Part } from '../split';

/** How images are put into parts: by the truth itself, by whole groups, or one by one. */
export type SplitKind = 'given' | 'group' | 'random';

export interface PartedImage {
  readonly path: string;
  readonly sha256: string;
  /** Index of its class. */
  readonly label: number;
  readonly group?: string | undefined;
  readonly groupSource: GroupSource;
  /** Of the truth. */
  readonly split?: string | undefined;
}

export interface PartOptions {
  readonly by: 'group' | 'random';
  /** Share of all images that the figures are about; 0: the held-out part serves for them, too. */
  readonly test: number;
  /** Share of what is left that chooses the epoch. */
  readonly holdout: number;
  readonly seed: number;
}

export interface Parts {
  readonly kind: SplitKind;
  /** Where the groups come from; `none`: images are taken for independent. */
  readonly groups: GroupSource;
  readonly partOf: ReadonlyMap<string, Part>;
  /** What the figures are about: images that nothing was decided by, or else those that chose the epoch. */
  readonly figures: 'test' | 'validation';
  /** What whoever reads the figures has to know, in sentences. */
  readonly notes: readonly string[];
}

const MOST_NAMED = 5;

/**
 * Images with the same bytes are always in one part.
 * @throws SmearLensError `input-invalid` where training or held-out part has fewer than two classes, or only some images have a split
 */
export function partsOf(images: readonly PartedImage[], classes: readonly ClassInfo[], options: PartOptions): Parts {
  const notes: string[] = [];
  const given = images.some(({ split: own }) => own !== undefined);
  const kind: SplitKind = given ? 'given' : options.by;
  let partOf = given ? givenParts(images, classes.length, options) : drawnParts(images, classes.length, options, options.test);
  if (!given && options.test > 0 && fewest(images, partOf, ['train', 'validation', 'test']) < 2) {
    partOf = drawnParts(images, classes.length, options, 0);
    notes.push(`There are too few ${options.by === 'group' ? 'groups' : 'images'} for a test part of its own.`);
  }
  if (fewest(images, partOf, ['train', 'validation']) < 2) {
    const why = options.by === 'group' && !given ? 'whole groups stay together, and there are too few of them a class' : 'there are too few images';
    throw new SmearLensError('input-invalid', `At least two classes need images both to train on and in the held-out part: ${why} (${tally(images, classes)}).`, given ? 'Correct the column split.' : options.by === 'group' ? 'Label images of more patients, slides or file runs; or use --split random, which says less of unseen patients.' : 'Label more images of each class.');
  }
  const tested = images.some(({ path }) => partOf.get(path) === 'test');
  if (!tested) notes.push('The held-out images also chose the epoch, which makes their figures a little too good.');
  for (const [c, { id }] of classes.entries()) {
    const missing = (['train', 'validation', ...(tested ? ['test' as const] : [])] as const).filter((part) => !images.some(({ path, label }) => label === c && partOf.get(path) === part));
    if (missing.length > 0) notes.push(`Class ${id} has no image in the ${missing.map((part) => WORDS[part]).join(' and the ')} part.`);
  }
  const groups = groupsOf(images);
  if (kind === 'random') notes.push('Images of one smear may lie in two parts of a random split: expect less of unseen patients.');
  else if (groups === 'file-run') notes.push('Groups were guessed from runs of file numbers.');
  else if (kind === 'group' && groups === 'none') notes.push('No groups are known: images were taken one by one, and those of one smear may lie in two parts.');
  return { kind, groups, partOf, figures: tested ? 'test' : 'validation', notes };
}

const WORDS: Readonly<Record<Part, string>> = { train: 'training', validation: 'held-out', test: 'test' };

function drawnParts(images: readonly PartedImage[], classes: number, { by, holdout, seed }: PartOptions, test: number): Map<string, Part> {
  const units = images.map(({ path, label, group }) => ({ path, label, group: by === 'group' ? group : undefined }));
  return split(units, classes, { test, validation: holdout, seed, together: twins(images) });
}

/** The truth's own; where it names no held-out part, one is drawn from what is trained on. */
function givenParts(images: readonly PartedImage[], classes: number, options: PartOptions): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const { path, split: own } of images) {
    const part = own === undefined ? undefined : splitOfName(own);
    if (!part) throw new SmearLensError('input-invalid', own === undefined ? `${path}: has no split, though other images have one.` : `${path}: its split is '${own}'.`, 'Give each image one of train, validation, test, or none at all.');
    parts.set(path, part);
  }
  if ([...parts.values()].includes('validation')) return parts;
  const trained = images.filter(({ path }) => parts.get(path) === 'train');
  for (const [path, part] of drawnParts(trained, classes, options, 0)) parts.set(path, part);
  return parts;
}

/** Paths of the same bytes. */
function twins(images: readonly PartedImage[]): string[][] {
  const byContent = new Map<string, string[]>();
  for (const { path, sha256 } of images) {
    const known = byContent.get(sha256);
    if (known) known.push(path);
    else byContent.set(sha256, [path]);
  }
  return [...byContent.values()].filter((paths) => paths.length > 1);
}

/** How many classes the part with the fewest has. */
function fewest(images: readonly PartedImage[], parts: ReadonlyMap<string, Part>, of: readonly Part[]): number {
  return Math.min(...of.map((part) => new Set(images.filter(({ path }) => parts.get(path) === part).map(({ label }) => label)).size));
}

function groupsOf(images: readonly PartedImage[]): GroupSource {
  const sources = new Set(images.map(({ groupSource }) => groupSource));
  return sources.has('file-run') ? 'file-run' : sources.has('given') ? 'given' : 'none';
}

function tally(images: readonly PartedImage[], classes: readonly ClassInfo[]): string {
  const lines = classes.map(({ id }, c) => {
    const own = images.filter(({ label }) => label === c);
    return `${id}: ${own.length} images, ${new Set(own.map(({ group, path }) => group ?? path)).size} groups`;
  });
  return [...lines.slice(0, MOST_NAMED), ...(lines.length > MOST_NAMED ? [`and ${lines.length - MOST_NAMED} more`] : [])].join('; ');
}

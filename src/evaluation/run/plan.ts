/** The first walk over a folder: what there is to do, before a model runs. */
import { createHash } from 'node:crypto';
import type { ClassInfo } from '../../protocol/analysis';
import { inShard, type Shard } from '../shard';
import { isLabelled, splitsToEvaluate, type LabelledImage, type Truth } from '../truth';
import type { Role, Settings } from './journal';

export interface Plan extends Pick<Settings, 'listing' | 'mapping' | 'leftOut'> {
  /** Images of the shard, those of all roles. */
  readonly count: number;
  /** Images of all shards whose figures are asked for, by class. */
  readonly perClass: readonly number[];
  /** Images of all shards without a label, as no label names them or their name is no class. */
  readonly unlabelled: number;
  /** Labelled images of all shards by split, where there are splits; those of the validation part are not among them. */
  readonly splits: Readonly<Record<string, number>>;
  /** There are splits, across which the leakage gate compares pictures. */
  readonly hasSplits: boolean;
  readonly roleOf: (image: LabelledImage) => Role;
}

/**
 * Counts and maps all images of a folder. Nothing of an image is kept; what cannot be read is told by the run.
 * @throws SmearLensError `input-invalid` where it has to be said which splits to evaluate
 */
export async function plan(truth: Truth, options: { classes: readonly ClassInfo[]; splits: readonly string[] | undefined; shard: Shard }): Promise<Plan> {
  const { classes, shard } = options;
  const names = new Map<string, string | null>();
  const leftOut: Settings['leftOut'][number][] = [];
  const bySplit = new Map<string | undefined, number[]>();
  const listing = createHash('sha256');
  const allSplits = new Set<string | undefined>();
  let [count, unlabelled] = [0, 0];
  for await (const found of truth.images(() => undefined)) {
    listing.update(`${JSON.stringify(isLabelled(found) ? { ...found, file: undefined } : found)}\n`);
    if (found.name !== undefined) names.set(found.name, isLabelled(found) ? classes[found.label].id : null);
    if (isLabelled(found)) {
      if (inShard(found.path, shard)) count++;
      allSplits.add(found.split);
      if (found.isValidation) continue;
      const perClass = bySplit.get(found.split) ?? classes.map(() => 0);
      perClass[found.label]++;
      bySplit.set(found.split, perClass);
    } else if (found.reason === 'disputed' || found.reason === 'excluded' || found.reason === 'unsure') leftOut.push({ path: found.path, reason: found.reason });
    else unlabelled++;
  }
  const splits = splitsToEvaluate([...bySplit.keys()].filter((s) => s !== undefined).sort(), options.splits);
  listing.update(JSON.stringify(splits ?? null));
  const evaluated = [...bySplit].filter(([split]) => !splits || (split !== undefined && splits.includes(split))).map(([, perClass]) => perClass);
  return {
    listing: listing.digest('hex'),
    mapping: Object.fromEntries([...names].sort(([a], [b]) => (a < b ? -1 : 1))),
    leftOut,
    count,
    perClass: classes.map((_, c) => evaluated.reduce((sum, perClass) => sum + perClass[c], 0)),
    unlabelled,
    splits: Object.fromEntries([...bySplit].flatMap(([split, counts]) => (split === undefined ? [] : [[split, counts.reduce((a, b) => a + b, 0)]]))),
    hasSplits: allSplits.size > 1,
    roleOf: ({ isValidation, split }) => (isValidation ? 'validation' : !splits || (split !== undefined && splits.includes(split)) ? 'headline' : 'other'),
  };
}

/** Folds of contiguous blocks of files: images of one smear stand beside each other, and a head must not be judged on what it has as good as seen. */
import * as path from 'node:path';
import { FileRuns } from '../evaluation/fileRuns';
import { explorerOrder } from '../images/order';

export interface FoldImage {
  /** '/'-separated. */
  readonly path: string;
  /** Index of its class. */
  readonly label: number;
  /** Patient or slide, where it is known. */
  readonly group?: string | undefined;
}

/** Parts that a class's share of a fold is made of at least, where blocks may be cut. */
const BLOCKS_A_FOLD = 2;

/**
 * A fold, 0 to `count` − 1, for each image. Blocks are the given groups, which are never cut; where an image has none, the run of neighbouring file
 * numbers that it belongs to, or else its folder in file order, cut where a run is longer than half of a fold's share. Blocks belong to the class of most of
 * their images, and those of a class are dealt in file order, so that each fold holds one stretch of each class's files.
 */
export function blockFolds(images: readonly FoldImage[], count: number): Int32Array {
  const blocks = blocksOf(images, count);
  const folds = new Int32Array(images.length);
  for (const label of new Set(blocks.map((b) => b.label))) {
    const own = blocks.filter((b) => b.label === label);
    const total = own.reduce((sum, b) => sum + b.members.length, 0);
    let before = 0;
    for (const { members } of own) {
      const fold = Math.min(count - 1, Math.floor((count * (before + members.length / 2)) / total));
      for (const i of members) folds[i] = fold;
      before += members.length;
    }
  }
  return folds;
}

interface Block {
  readonly members: readonly number[];
  readonly label: number;
}

function blocksOf(images: readonly FoldImage[], count: number): Block[] {
  const runs = new FileRuns();
  for (const { path: file } of images) runs.add(file);
  const order = images.map((_, i) => i).sort((a, b) => explorerOrder(images[a].path, images[b].path));
  const byName = new Map<string, { readonly given: boolean; readonly members: number[] }>();
  for (const i of order) {
    const { path: file, group } = images[i];
    const run = runs.groupOf(file);
    // A file without a number is a run of its own, which says nothing.
    const name = group !== undefined ? `group ${group}` : run === file ? `folder ${path.posix.dirname(file)}` : `run ${run}`;
    const known = byName.get(name);
    if (known) known.members.push(i);
    else byName.set(name, { given: group !== undefined, members: [i] });
  }
  const perClass = new Map<number, number>();
  for (const { label } of images) perClass.set(label, (perClass.get(label) ?? 0) + 1);
  return [...byName.values()].flatMap(({ given, members }) => {
    const label = mostOf(members.map((i) => images[i].label));
    const longest = Math.max(1, Math.ceil((perClass.get(label) ?? 1) / (count * BLOCKS_A_FOLD)));
    const parts = given ? 1 : Math.ceil(members.length / longest);
    return Array.from({ length: parts }, (_, p) => ({ label, members: members.slice(Math.floor((p * members.length) / parts), Math.floor(((p + 1) * members.length) / parts)) }));
  });
}

/** The most frequent value; of several the first. */
function mostOf(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}

import { describe, expect, it } from 'vitest';
import { blockFolds, type FoldImage } from '../../../src/heads/blockFolds';

/** A hundred images in two class folders, numbered with a gap after each twentieth of the first. */
const numbered: FoldImage[] = [
  ...Array.from({ length: 60 }, (_, i) => ({ path: `Early/smear-${i + Math.floor(i / 20) * 5}.jpg`, label: 0 })),
  ...Array.from({ length: 40 }, (_, i) => ({ path: `Pre/smear-${i}.jpg`, label: 1 })),
];

describe('folds of neighbouring files', () => {
  it('hold one stretch of each class, all of about a size', () => {
    const folds = blockFolds(numbered, 5);
    for (const label of [0, 1]) {
      const own = [...folds].filter((_, i) => numbered[i].label === label);
      expect(own).toEqual([...own].sort((a, b) => a - b));
      for (let fold = 0; fold < 5; fold++) expect(Math.abs(own.filter((f) => f === fold).length - own.length / 5)).toBeLessThanOrEqual(own.length / 10);
    }
  });

  it('do not depend on the order in which images are given', () => {
    const order = numbered.map((_, i) => (i * 37) % numbered.length);
    const folds = blockFolds(numbered, 5);
    const shuffled = blockFolds(order.map((i) => numbered[i]), 5);
    order.forEach((i, k) => expect(shuffled[k]).toBe(folds[i]));
  });

  it('never cut a given group, however large, and keep a flipped image with its run', () => {
    const grouped = numbered.map((image, i) => ({ ...image, group: image.label === 0 ? (i < 50 ? 'A' : 'B') : undefined }));
    const folds = blockFolds(grouped, 5);
    expect(new Set(grouped.flatMap(({ group }, i) => (group === 'A' ? [folds[i]] : []))).size).toBe(1);
    // Two neighbours of one block: the label of one is wrong.
    const flipped = numbered.map((image, i) => (i === 2 ? { ...image, label: 1 } : image));
    const own = blockFolds(flipped, 5);
    expect(own[2]).toBe(own[1]);
    expect(own[2]).toBe(own[3]);
  });

  it('cut names without numbers in file order', () => {
    const named = Array.from({ length: 20 }, (_, i) => ({ path: `Pro/${String.fromCharCode(97 + i)}.png`, label: 0 }));
    expect([...blockFolds(named, 5)]).toEqual(named.map((_, i) => Math.floor(i / 4)));
  });
});

import { describe, expect, it } from 'vitest';
import { planAugmented, type Source } from '../../../src/curation/augment/plan';
import { proportional, split, type Part, type Splittable } from '../../../src/curation/split';

/** The study's table 1, images a class: Benign, Pre-B, Pro-B, early Pre-B. */
const STUDY = { all: [512, 955, 796, 979], train: [409, 764, 637, 783], test: [103, 191, 159, 196], augmentedTrain: [736, 1375, 1147, 1409], augmentedValidation: [82, 153, 127, 157] };
const images = (counts: readonly number[], groupOf?: (c: number, i: number) => string): Splittable[] => counts.flatMap((count, c) => Array.from({ length: count }, (_, i) => ({ path: `${c}/${i}.png`, label: c, group: groupOf?.(c, i) })));
const counted = (of: readonly Splittable[], parts: ReadonlyMap<string, Part>, part: Part): number[] => [0, 1, 2, 3].map((c) => of.filter(({ path, label }) => label === c && parts.get(path) === part).length);

describe('split', () => {
  it("gives the counts of the study's table 1", () => {
    const all = images(STUDY.all);
    const parts = split(all, 4, { test: 0.2, validation: 0, seed: 7 });
    expect(counted(all, parts, 'test')).toEqual(STUDY.test);
    expect(counted(all, parts, 'train')).toEqual(STUDY.train);
  });

  it('cuts validation from what is left, by default a fifth', () => {
    const all = images([100, 50, 10, 0]);
    const parts = split(all, 4, { test: 0.2, validation: 0.2, seed: 1 });
    expect(counted(all, parts, 'test')).toEqual([20, 10, 2, 0]);
    // ⌈0.2 · 128⌉ = 26 of 80, 40 and 8.
    expect(counted(all, parts, 'validation')).toEqual([16, 8, 2, 0]);
    expect(parts.size).toBe(160);
  });

  it('depends on the seed and the paths, not on their order', () => {
    const all = images([30, 30, 30, 30]);
    const sorted = (parts: ReadonlyMap<string, Part>): string => JSON.stringify([...parts].sort());
    const options = { test: 0.2, validation: 0.2, seed: 3 };
    expect(sorted(split([...all].reverse(), 4, options))).toBe(sorted(split(all, 4, options)));
    expect(sorted(split(all, 4, { ...options, seed: 4 }))).not.toBe(sorted(split(all, 4, options)));
  });

  it('leaves groups, and what belongs together, whole, with classes near their shares', () => {
    const all = images([200, 300, 250, 250], (c, i) => `smear ${c} ${Math.floor(i / (5 + c))}`);
    const together = [['0/0.png', '1/0.png'], ['1/0.png', '3/249.png'], ['gone.png', '2/0.png']];
    const parts = split(all, 4, { test: 0.2, validation: 0.2, seed: 1, together });
    for (const group of new Set(all.map((image) => image.group))) expect(new Set(all.filter((image) => image.group === group).map(({ path }) => parts.get(path))).size).toBe(1);
    expect(new Set(['0/0.png', '1/0.png', '3/249.png'].map((path) => parts.get(path))).size).toBe(1);
    const shares = counted(all, parts, 'test').map((count, c) => count / [200, 300, 250, 250][c]);
    for (const share of shares) expect(Math.abs(share - 0.2)).toBeLessThan(0.04);
    const left = counted(all, parts, 'validation').map((count, c) => count / ([200, 300, 250, 250][c] - counted(all, parts, 'test')[c]));
    for (const share of left) expect(Math.abs(share - 0.2)).toBeLessThan(0.05);
  });
});

describe('proportional', () => {
  it('rounds by largest remainders to the exact total', () => {
    expect(proportional([512, 955, 796, 979], 649)).toEqual([103, 191, 159, 196]);
    expect(proportional([1, 1, 1], 2)).toEqual([1, 1, 0]);
    expect(proportional([0, 0], 0)).toEqual([0, 0]);
  });
});

describe('planAugmented', () => {
  const sources = (counts: Record<Part, readonly number[]>): Source[] => Object.entries(counts).flatMap(([part, own]) => images(own).map(({ path, label }) => ({ path: `${part}/${path}`, label, part: part as Part })));
  const count = (plan: ReturnType<typeof planAugmented>, part: Part): number[] => [0, 1, 2, 3].map((c) => plan.filter((p) => p.part === part && p.source.label === c).length);

  it("doubles every class and cuts validation afterwards, to the study's table 1", () => {
    const plan = planAugmented(sources({ train: STUDY.train, validation: [], test: STUDY.test }), 4, 'study-table-1', 1);
    expect(count(plan, 'train')).toEqual(STUDY.augmentedTrain);
    expect(count(plan, 'validation')).toEqual(STUDY.augmentedValidation);
    expect(count(plan, 'test')).toEqual(STUDY.test);
    // It leaks, as its warning says.
    const training = new Set(plan.filter(({ part }) => part === 'train').map(({ source }) => source.path));
    expect(plan.some(({ part, source }) => part === 'validation' && training.has(source.path))).toBe(true);
  });

  it('brings the training part alone to equal classes, evenly from all its images', () => {
    const plan = planAugmented(sources({ train: [10, 25, 3, 0], validation: [2, 4, 1, 1], test: [3, 3, 3, 3] }), 4, 'balanced', 1);
    expect(count(plan, 'train')).toEqual([25, 25, 25, 0]);
    expect(count(plan, 'validation')).toEqual([2, 4, 1, 1]);
    expect(plan.filter(({ copy, part }) => copy > 0 && part !== 'train')).toEqual([]);
    const perSource = [0, 1, 2].map((i) => plan.filter(({ source }) => source.path === `train/2/${i}.png`).length);
    expect([...perSource].sort()).toEqual([8, 8, 9]);
  });
});

import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { claimOutFolder, TOOL } from '../../../src/curation/training/outFolder';
import { partsOf, type PartedImage } from '../../../src/curation/training/parts';
import { endingSentence, planSentences } from '../../../src/protocol/training';

const classes = ['a', 'b'].map((id) => ({ id, name: id }));
const options = { by: 'group', test: 0.2, holdout: 0.2, seed: 1 } as const;

/** `groups` groups a class of `each` images. */
function images(groups: number, each: number, more: (i: number) => Partial<PartedImage> = () => ({})): PartedImage[] {
  return classes.flatMap(({ id }, label) =>
    Array.from({ length: groups * each }, (_, i): PartedImage => ({ path: `${id}/${i}.png`, sha256: `${id}${i}`, label, group: `${id}${Math.floor(i / each)}`, groupSource: 'given', ...more(i) })),
  );
}

const counts = (of: readonly PartedImage[], parts: ReadonlyMap<string, string>): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const { path } of of) found[parts.get(path) ?? '?'] = (found[parts.get(path) ?? '?'] ?? 0) + 1;
  return found;
};

describe('the parts of a training', () => {
  it('are whole groups, each class in each', () => {
    const all = images(10, 5);
    const { partOf, kind, groups, figures, notes } = partsOf(all, classes, options);
    expect({ kind, groups, figures, notes }).toEqual({ kind: 'group', groups: 'given', figures: 'test', notes: [] });
    expect(counts(all, partOf)).toEqual({ train: 60, validation: 20, test: 20 });
    for (const { group } of all) expect(new Set(all.filter((image) => image.group === group).map(({ path }) => partOf.get(path))).size).toBe(1);
  });

  it('are images one by one where that is asked for, which is said', () => {
    const all = images(2, 25);
    const { partOf, kind, notes } = partsOf(all, classes, { ...options, by: 'random' });
    expect(kind).toBe('random');
    expect(counts(all, partOf)).toEqual({ train: 64, validation: 16, test: 20 });
    expect(notes.join()).toContain('expect less of unseen patients');
    expect(partsOf(all, classes, { ...options, by: 'random' }).partOf).toEqual(partOf);
    expect(partsOf(all, classes, { ...options, by: 'random', seed: 2 }).partOf).not.toEqual(partOf);
  });

  it('keep the same bytes on one side', () => {
    const all = images(0, 0).concat(Array.from({ length: 40 }, (_, i) => ({ path: `${i}.png`, sha256: `s${i >> 1}`, label: (i >> 1) % 2, groupSource: 'none' as const })));
    const { partOf, notes } = partsOf(all, classes, { ...options, by: 'group' });
    for (let i = 0; i < 40; i += 2) expect(partOf.get(`${i}.png`)).toBe(partOf.get(`${i + 1}.png`));
    expect(notes.join()).toContain('No groups are known');
  });

  it('do without a test part where there are too few groups for one, and say so', () => {
    const { figures, notes } = partsOf(images(3, 4), classes, options);
    expect(figures).toBe('validation');
    expect(notes[0]).toBe('There are too few groups for a test part of its own.');
    expect(notes[1]).toContain('also chose the epoch');
  });

  it('are refused where a side has one class alone, with what there is', () => {
    expect(() => partsOf(images(1, 30), classes, options)).toThrow('a: 30 images, 1 groups; b: 30 images, 1 groups');
    expect(() => partsOf(images(1, 1), classes, { ...options, by: 'random' })).toThrow('too few images');
  });

  it('are the given ones; a held-out part that is missing is cut from what is trained on', () => {
    const given = images(10, 5, (i) => ({ split: i < 10 ? 'Test' : 'training' }));
    const { partOf, kind, figures } = partsOf(given, classes, options);
    expect({ kind, figures }).toEqual({ kind: 'given', figures: 'test' });
    expect(counts(given, partOf)).toEqual({ test: 20, train: 60, validation: 20 });
    expect(() => partsOf(images(4, 5, (i) => ({ split: i === 3 ? undefined : 'train' })), classes, options)).toThrow('has no split');
    expect(() => partsOf(images(4, 5, () => ({ split: 'part 7' })), classes, options)).toThrow("its split is 'part 7'");
  });

  it('name a class that a part lacks', () => {
    const third = Array.from({ length: 6 }, (_, i): PartedImage => ({ path: `c/${i}.png`, sha256: `c${i}`, label: 2, group: 'one patient', groupSource: 'given' }));
    const { notes } = partsOf([...images(10, 5), ...third], [...classes, { id: 'c', name: 'c' }], options);
    expect(notes).toContain('Class c has no image in the held-out and the test part.');
  });
});

describe('the folder of a head', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smearlens-head-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('may be new, empty, or that of an earlier head, and anything else where it is forced', async () => {
    await claimOutFolder(join(folder, 'new'), false);
    await claimOutFolder(folder, false);
    mkdirSync(join(folder, 'ours'));
    writeFileSync(join(folder, 'ours/model.json'), JSON.stringify({ training: { tool: TOOL } }));
    await claimOutFolder(join(folder, 'ours'), false);
    mkdirSync(join(folder, 'theirs'));
    writeFileSync(join(folder, 'theirs/model.json'), '{"training":{"tool":"other"}}');
    await expect(claimOutFolder(join(folder, 'theirs'), false)).rejects.toMatchObject({ code: 'output-unwritable', hint: expect.stringContaining('--force') as string });
    await claimOutFolder(join(folder, 'theirs'), true);
    await expect(claimOutFolder(join(folder, 'ours/model.json'), true)).rejects.toMatchObject({ code: 'output-unwritable' });
  });
});

describe('what is said of a training', () => {
  it('counts what was left out and names the split', () => {
    const plan = { classes: ['a', 'b'], backbone: 'm', counts: { train: { a: 3, b: 4 }, validation: { a: 1, b: 1 }, test: { a: 0, b: 0 } }, groups: 'file-run', split: 'group', figures: 'validation', leftOut: { unsure: 2, disputed: 1 }, cached: 5, views: 14, notes: ['N.'] } as const;
    expect(planSentences(plan)).toEqual(['Backbone m, frozen; features of 5 images were known from before.', '7 images to train on and 14 changed copies, 2 held out; split by runs of file numbers.', 'Left out: 2 whose reviewers are unsure, 1 disputed.', 'N.']);
    expect(endingSentence({ epochs: 12, best: 2, ending: 'patience', seconds: 1.23 })).toBe('12 epochs in 1.2 s (the held-out loss fell no further); the head of epoch 2 was kept.');
  });
});

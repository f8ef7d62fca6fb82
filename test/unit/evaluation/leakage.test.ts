import { beforeAll, describe, expect, it } from 'vitest';
import { leakageOf, type LeakageInput } from '../../../src/evaluation/leakage/leakage';
import { splitOfPath } from '../../../src/evaluation/leakage/splits';
import { fingerprintOf, type Fingerprint } from '../../../src/images/fingerprint';
import { COPIES, copyOf, drawnSmears } from '../images/drawnSmears';

/** Two patients a split, two images each, nothing wrong. */
const SOUND: readonly LeakageInput[] = ['train', 'test'].flatMap((split) =>
  ['1', '2'].flatMap((patient) => ['a', 'b'].map((name) => ({ path: `${split}/Pre/${patient}${name}.png`, sha256: `${split}${patient}${name}`, label: 'Pre', split, group: `${split}-${patient}` }))),
);

/** The sound set, images changed by path. */
function changed(changes: Readonly<Record<string, Partial<LeakageInput>>>): LeakageInput[] {
  for (const path of Object.keys(changes)) if (!SOUND.some((image) => image.path === path)) throw new Error(`There is no ${path}.`);
  return SOUND.map((image) => ({ ...image, ...changes[image.path] }));
}

function without(image: LeakageInput, key: keyof LeakageInput): LeakageInput {
  return { ...image, [key]: undefined };
}

describe('the gate before the figures', () => {
  it('finds nothing in a sound set', async () => {
    expect(await leakageOf(SOUND)).toEqual({
      summary: 'group-disjoint: yes (4 groups, 2 splits)',
      groupDisjoint: 'yes',
      exactAcrossSplits: [],
      nearAcrossSplits: [],
      groupsAcrossSplits: [],
      contradictions: [],
      outsideDomain: {},
      notIndependent: [],
    });
  });

  it('says so where the groups are a guess', async () => {
    expect((await leakageOf(SOUND, { groupSource: 'file-run' })).summary).toBe('group-disjoint: yes (4 groups taken from the file names, 2 splits)');
  });

  it.each([
    ['groups', SOUND.map((image) => without(image, 'group'))],
    ['splits', SOUND.map((image) => without(image, 'split'))],
    ['the group of one image', changed({ 'test/Pre/1a.png': { group: undefined } })],
    ['the split of one image', changed({ 'test/Pre/1a.png': { split: undefined } })],
    ['another split', SOUND.filter(({ split }) => split === 'test')],
    ['images', []],
  ])('does not know without %s', async (_, images) => {
    expect(await leakageOf(images)).toMatchObject({ summary: 'group-disjoint: unknown', groupDisjoint: 'unknown' });
  });

  it('finds groups in two splits', async () => {
    const found = await leakageOf(changed({ 'test/Pre/1a.png': { group: 'train-2' } }));
    expect(found).toMatchObject({ summary: 'group-disjoint: no: 1 group in two splits', groupDisjoint: 'no', groupsAcrossSplits: [{ group: 'train-2', splits: ['test', 'train'] }] });
    const three = await leakageOf([...SOUND, ...SOUND.filter(({ split }) => split === 'train').map((image) => ({ ...image, path: `validation/${image.path}`, sha256: `v${image.sha256}`, split: 'validation' }))]);
    expect(three.summary).toBe('group-disjoint: no: 2 groups in two splits');
  });

  it('finds a group in two splits even where other images have none', async () => {
    const found = await leakageOf(changed({ 'test/Pre/1a.png': { group: 'train-2' }, 'test/Pre/2a.png': { group: undefined } }));
    expect(found.groupDisjoint).toBe('no');
  });

  it('finds exact duplicates across splits, and leaves those within one alone', async () => {
    const found = await leakageOf(changed({ 'test/Pre/1a.png': { sha256: 'train1a' }, 'test/Pre/2b.png': { sha256: 'test2a' } }));
    expect(found.exactAcrossSplits).toEqual([['test/Pre/1a.png', 'train/Pre/1a.png']]);
    expect(found.summary).toBe('group-disjoint: no: 1 exact duplicate across splits');
    expect(found.contradictions).toEqual([]);
  });

  it('takes images whose bytes are unknown for different ones', async () => {
    const found = await leakageOf(SOUND.map((image) => ({ ...image, sha256: '' })));
    expect(found.groupDisjoint).toBe('yes');
  });

  it('finds images with two labels', async () => {
    const found = await leakageOf(changed({ 'test/Pre/1a.png': { sha256: 'test1b', label: 'Benign' } }));
    expect(found.contradictions).toEqual([{ paths: ['test/Pre/1a.png', 'test/Pre/1b.png'], labels: ['Benign', 'Pre'] }]);
    expect(found.summary).toBe('group-disjoint: yes (4 groups, 2 splits); 1 image with two labels');
  });

  it('lists images outside a domain by model, and labels that are not independent', async () => {
    const found = await leakageOf(changed({ 'test/Pre/2a.png': { outsideDomainOf: ['one'] }, 'test/Pre/1a.png': { outsideDomainOf: ['two', 'one'], notIndependent: true } }));
    expect(found.outsideDomain).toEqual({ one: ['test/Pre/1a.png', 'test/Pre/2a.png'], two: ['test/Pre/1a.png'] });
    expect(found.notIndependent).toEqual(['test/Pre/1a.png']);
    expect(found.summary).toBe(
      'group-disjoint: yes (4 groups, 2 splits); 2 images outside the domain of one; 1 image outside the domain of two; 1 label given after the reviewer saw the model, left out of the headline',
    );
  });
});

describe('near duplicates across splits', () => {
  let fingerprints: Fingerprint[];
  let copies: Fingerprint[];

  beforeAll(async () => {
    const smears = drawnSmears(6);
    fingerprints = await Promise.all(smears.map(fingerprintOf));
    copies = await Promise.all(['re-encoded', 'turned by 90°', 'mirrored'].map(async (name, i) => fingerprintOf(await copyOf(smears[i], COPIES[name]))));
  }, 60_000);

  const image = (path: string, fingerprint: Fingerprint): LeakageInput => ({ path, sha256: path, label: 'Pre', split: splitOfPath(path), fingerprint });
  const set = (): LeakageInput[] => [...fingerprints.map((f, i) => image(`train/Pre/${i}.png`, f)), ...copies.map((f, i) => image(`test/Pre/${i}.png`, f))];

  it('are found, and refute that the splits are apart', async () => {
    const found = await leakageOf(set());
    expect(found.nearAcrossSplits.map(({ a, b }) => [a, b])).toEqual([0, 1, 2].map((i) => [`test/Pre/${i}.png`, `train/Pre/${i}.png`]));
    for (const { distance } of found.nearAcrossSplits) expect(distance).toBeLessThan(0.03);
    expect(found.summary).toBe('group-disjoint: no: 3 pairs of near duplicates across splits');
    expect(found.nearThreshold).toBe(0.9);
  });

  it('do not depend on the order of the images', async () => {
    expect(await leakageOf(set().reverse())).toEqual(await leakageOf(set()));
  });

  it('are not also listed where they are exact ones', async () => {
    const found = await leakageOf(set().map((i) => (i.path === 'test/Pre/0.png' ? { ...i, sha256: 'train/Pre/0.png' } : i)));
    expect(found.nearAcrossSplits).toHaveLength(2);
    expect(found.exactAcrossSplits).toHaveLength(1);
    expect(found.summary).toBe('group-disjoint: no: 1 exact duplicate across splits; 2 pairs of near duplicates across splits');
  });

  it('do not count within a split', async () => {
    expect(await leakageOf(set().map((i) => ({ ...i, split: 'test' })))).toMatchObject({ summary: 'group-disjoint: unknown', nearAcrossSplits: [] });
  });

  it('are not looked for where all images are alike, and that is said', async () => {
    const alike = Array.from({ length: 40 }, (_, i) => image(`${i % 2 === 0 ? 'train' : 'test'}/Pre/${i}.png`, fingerprints[0].map((value, k) => (k === 0 ? 0 : value + ((i * k) % 3)))));
    const found = await leakageOf(alike);
    expect(found).toMatchObject({ nearAcrossSplits: [], nearThreshold: null });
    expect(found.summary).toBe('group-disjoint: unknown; near duplicates not looked for, since unrelated images of this set are too alike');
  });

  it('can be cancelled', async () => {
    const cancel = new AbortController();
    const many = Array.from({ length: 6000 }, (_, i) => image(`${i % 2 === 0 ? 'train' : 'test'}/Pre/${i}.png`, Int8Array.from({ length: 256 }, (__, k) => (k === 0 ? 0 : 90 * Math.sin((i + 1) * k * k)))));
    await expect(leakageOf(many, { signal: cancel.signal, progress: () => cancel.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('the split that a folder names', () => {
  it.each([
    ['train/Benign/1.png', 'train'],
    ['set/Val/Pre/a/1.png', 'validation'],
    ['Validation/Pre/1.png', 'validation'],
    ['testing/1.png', 'test'],
    ['train/test/1.png', 'train'],
    ['Pre/test.png', undefined],
    ['train.png', undefined],
    ['constructor/1.png', undefined],
  ])('of %s is %s', (path, split) => expect(splitOfPath(path)).toBe(split));
});

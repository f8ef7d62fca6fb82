import type { Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { COARSE_CUTOUTS, coarseCutouts, cutoutLikeness, cutoutPairs, cutoutsOf, cutoutThreshold } from '../../../src/images/cutouts';
import { COARSE_VALUES, coarseOf, fingerprintOf, likeness, type Fingerprint } from '../../../src/images/fingerprint';
import type { RgbImage } from '../../../src/images/types';
import { randomNumbers } from '../../../scripts/samples/random.mjs';
import { copyOf, drawnSmears } from './drawnSmears';

/** Of 224 × 224 pixels. */
const CUTS: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  'a tenth of the area off a corner': (p) => p.extract({ left: 12, top: 12, width: 212, height: 212 }).png(),
  'a fifth of the area off, encoded anew at the old size': (p) => p.extract({ left: 10, top: 14, width: 200, height: 200 }).resize(224, 224).jpeg({ quality: 70 }),
  'a strip off the bottom': (p) => p.extract({ left: 0, top: 0, width: 224, height: 190 }).png(),
  'strips off both sides, darker': (p) => p.extract({ left: 15, top: 0, width: 195, height: 224 }).linear(0.6, 10).png(),
};
const TURNED: Readonly<Record<string, (picture: Sharp) => Sharp>> = { turned: (p) => p.rotate(90).png(), mirrored: (p) => p.flop().png() };

let fields: RgbImage[];
let prints: Fingerprint[];
beforeAll(async () => {
  fields = drawnSmears(4);
  prints = await Promise.all(fields.map(fingerprintOf));
}, 60_000);

const random = randomNumbers(7);

/** Of pictures that nobody drew: as many as tell how alike unrelated ones are. */
const OTHERS = Array.from({ length: 30 }, (): Fingerprint => Int8Array.from({ length: 256 }, (_, i) => (i === 0 ? 0 : 25 * random.bell())));

describe('cut-outs', () => {
  it('have the fingerprints that cutting the pixels gives', async () => {
    // Sides and places are multiples of the step; what is finer than the whole picture's fingerprint is missing.
    const cut = await fingerprintOf(await copyOf(fields[0], (p) => p.resize(240, 240).extract({ left: 24, top: 12, width: 192, height: 192 }).png()));
    expect(Math.max(...cutoutsOf(prints[0]).map((own) => likeness(own, cut)))).toBeGreaterThan(0.8);
  });

  it.each(Object.entries(CUTS))('of %s are told from other fields, however they were turned', async (_, cut) => {
    const own = await copyOf(fields[1], cut);
    for (const turn of [(p: Sharp) => p.png(), ...Object.values(TURNED)]) {
      const print = await fingerprintOf(await copyOf(own, turn));
      expect(cutoutLikeness(prints[1], print)).toBeGreaterThan(0.65);
      expect(Math.max(...prints.filter((__, i) => i !== 1).map((other) => cutoutLikeness(other, print)))).toBeLessThan(0.5);
    }
  });

  it('are found among the pairs given, whichever is the whole, and nothing else is', async () => {
    const cuts = await Promise.all(Object.values(CUTS).map(async (cut, i) => fingerprintOf(await copyOf(fields[i], cut))));
    const set = [...cuts, ...prints, ...OTHERS];
    const all = set.flatMap((_, a) => set.map((__, b): [number, number] => [a, b])).filter(([a, b]) => a !== b);
    const threshold = cutoutThreshold([...prints, ...OTHERS]) ?? 1;
    expect(threshold).toBe(0.6);
    const wholes = new Set(cuts.map((_, i) => `${i} ${cuts.length + i}`));
    const found = await cutoutPairs(set, all, { threshold });
    expect(found.map(({ a, b }) => `${a} ${b}`)).toEqual([...wholes]);
    for (const { a, b, likeness: value } of found) expect(value).toBeCloseTo(cutoutLikeness(set[a], set[b]), 12);
    expect(await cutoutPairs(set, [], { threshold })).toEqual([]);
  });

  it('have coarse vectors, the whole picture first', () => {
    const coarse = coarseCutouts(prints[2]);
    expect(coarse).toHaveLength(COARSE_CUTOUTS * COARSE_VALUES);
    expect(coarse.subarray(0, COARSE_VALUES)).toEqual(coarseOf(prints[2]));
    const own = cutoutsOf(prints[2]).map((cutout) => coarseOf(cutout).join());
    for (let i = 1; i < COARSE_CUTOUTS; i++) expect(own).toContain(coarse.subarray(i * COARSE_VALUES, (i + 1) * COARSE_VALUES).join());
  });

  it('of a blank picture are blank', () => {
    expect(cutoutLikeness(new Int8Array(256), prints[0])).toBe(0);
  });

  it('are looked for until it is cancelled', async () => {
    const set = Array.from({ length: 200 }, (_, i) => prints[i % prints.length]);
    const cancel = new AbortController();
    const pairs = set.map((_, i): [number, number] => [i, (i + 1) % set.length]);
    await expect(cutoutPairs(set, pairs, { threshold: 0.6, signal: cancel.signal, progress: () => cancel.abort() })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

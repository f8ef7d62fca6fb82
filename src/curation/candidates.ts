/** Which images of a folder may show the same field, though their whole pictures are not alike. */
import { setImmediate } from 'node:timers/promises';
import type { NamedImage } from '../evaluation/run/forEachImage';
import { featuresOf, type FeatureOptions } from '../heads/features';
import { nearestRows, type NearestOptions } from '../heads/nearest';
import { COARSE_CUTOUTS, coarseCutouts } from '../images/cutouts';
import { COARSE_VALUES, coarseOf } from '../images/fingerprint';
import { throwIfCancelled } from './dataset';
import type { CandidateSearch } from './nearPairs';

/**
 * Neighbours of each image that are looked at closely. Of cut-outs of 80 and 90 % of the area that were planted among 2,344 real smear fields 96 to 100 % have their source
 * among as many by their coarse fingerprints, 82 % of those that lie between the steps on all sides; more cost more time than they bring.
 */
const NEIGHBOURS = 20;

/** Images after which others get their turn. */
const TURN = 100;

/** Pairs of which one may be cut out of the other, by their coarse fingerprints. */
export function cutoutCandidates(options: NearestOptions): CandidateSearch {
  return async (images) => {
    const values = new Float32Array(images.length * COARSE_VALUES);
    const cutouts = new Float32Array(images.length * COARSE_CUTOUTS * COARSE_VALUES);
    for (const [i, { fingerprint }] of images.entries()) {
      values.set(coarseOf(fingerprint), i * COARSE_VALUES);
      cutouts.set(coarseCutouts(fingerprint), i * COARSE_CUTOUTS * COARSE_VALUES);
      if (i % TURN !== 0) continue;
      await setImmediate();
      throwIfCancelled(options.signal);
    }
    return pairsOf(await nearestRows({ values, size: COARSE_VALUES, parts: { values: cutouts, ofEach: COARSE_CUTOUTS } }, NEIGHBOURS, options), images.length);
  };
}

/** What a network makes of each image of a set: its pooled features, as directions. */
export interface Embedding {
  /** −1 to 1, by sha256; undefined where an image has no features. */
  readonly cosine: (a: string, b: string) => number | undefined;
  readonly candidates: CandidateSearch;
}

/**
 * Pooled features of images by one model, and who is near to whom by their cosine. A cosine alone decides nothing: neighbouring fields of a smear come to 0.98 with
 * MobileNetV2 of ImageNet, a field and its own copy encoded anew to 0.72. So it only says which pairs to look at.
 * @throws SmearLensError `cancelled`, or what opening the model throws
 */
export async function embeddingOf(images: readonly NamedImage[], features: FeatureOptions, nearest: NearestOptions): Promise<Embedding> {
  const { images: read, size, values } = await featuresOf(images, features);
  for (let at = 0; at < values.length; at += size) toUnitLength(values.subarray(at, at + size));
  const places = new Map(read.map(({ sha256 }, i) => [sha256, i * size]));
  const rowOf = (sha256: string): Float32Array | undefined => {
    const at = places.get(sha256);
    return at === undefined ? undefined : values.subarray(at, at + size);
  };
  return {
    cosine: (a, b) => {
      const [one, other] = [rowOf(a), rowOf(b)];
      return one && other && one.reduce((sum, value, i) => sum + value * other[i], 0);
    },
    candidates: async (wanted) => {
      // Without features it is near to nobody: a row of zeros.
      const rows = new Float32Array(wanted.length * size);
      wanted.forEach(({ sha256 }, i) => rows.set(rowOf(sha256) ?? [], i * size));
      return pairsOf(await nearestRows({ values: rows, size }, NEIGHBOURS, nearest), wanted.length);
    },
  };
}

function toUnitLength(row: Float32Array): void {
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
  if (length > 0) row.forEach((value, i) => (row[i] = value / length));
}

function pairsOf(nearest: Int32Array, images: number): [number, number][] {
  const each = images === 0 ? 0 : nearest.length / images;
  return Array.from(nearest, (other, at): [number, number] => [Math.floor(at / each), other]);
}

/** Every search's pairs. */
export function allOf(...searches: readonly CandidateSearch[]): CandidateSearch {
  return async (images) => {
    let found: (readonly [number, number])[] = [];
    for (const search of searches) found = found.concat(await search(images));
    return found;
  };
}

/** Which pictures of a set are alike: near duplicates, by their fingerprints. */
import { setImmediate } from 'node:timers/promises';
import { SmearLensError } from '../errors';
import { COARSE_VALUES, coarseOf, likeness, type Fingerprint } from './fingerprint';

/**
 * The least likeness of near duplicates. Of the 2.7 million pairs of 2,344 real smear fields 41 are above it; all show one field twice
 * (re-encoded, refocused or moved by a few per cent). The likest pair of different fields has 0.36. Copies that were re-encoded, halved,
 * enlarged, blurred, turned, mirrored or changed in brightness, contrast, gamma or colour have 0.97 and more.
 */
const SAME_FIELD = 0.6;
/** The same where the set is too small to tell how alike its unrelated pictures are. */
const SAME_FIELD_OF_FEW = 0.9;
const FEW = 20;
/** Standard deviations from the likeness of unrelated pictures. */
const DEVIATIONS = 10;
/** Above it not even a copy that was re-encoded is sure to be found. */
const TOO_ALIKE = 0.985;
/** Pairs of pictures that {@link likenessThreshold} looks at. */
const SAMPLE = 5000;
/** Distance of coarse vectors up to which a pair is compared in earnest: 1 in 2,000 of unrelated smear fields. Those that are alike have up to 0.37. */
const COARSE_RADIUS = 0.42;
/** Of the coarse values, those that are looked at first. */
const FIRST = 16;
/** More are not listed: a folder of film frames would have millions. */
export const MAX_PAIRS = 100_000;
/** Milliseconds after which others get their turn. */
const TURN = 50;

/** Indices of two pictures, `a` < `b`, and their correlation. */
export interface AlikePair {
  readonly a: number;
  readonly b: number;
  readonly likeness: number;
}

export interface AlikeOptions {
  /** From {@link likenessThreshold}. */
  readonly threshold: number;
  /** The part of the set that each picture belongs to: pairs within a part are not looked for. Absent: all pairs are. */
  readonly parts?: ArrayLike<number> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told 0 to 1, now and then. */
  readonly progress?: ((share: number) => void) | undefined;
}

/**
 * The correlation from which two pictures of this set count as alike: 0.6, and more where unrelated pictures of the set are alike (single
 * cells in the middle of a black square): then ten standard deviations above those, in Fisher's z (atanh of the correlation; median and
 * MAD over a fixed sample of pairs). Sets of fewer than 20 pictures: 0.9.
 * @param measure correlation of two pictures, where it is another than that of their fingerprints
 * @returns undefined where near duplicates cannot be told from other pictures of the set
 */
export function likenessThreshold(fingerprints: readonly Fingerprint[], measure: (a: Fingerprint, b: Fingerprint) => number = likeness): number | undefined {
  const count = fingerprints.length;
  if (count < FEW) return SAME_FIELD_OF_FEW;
  const pairs = Math.min(SAMPLE, (count * (count - 1)) / 2);
  // Far apart, too: neighbours in a folder are often of one smear. The prime step spreads the partners over the whole set.
  const z = Array.from({ length: pairs }, (_, k) => {
    const a = k % count;
    const b = (a + 1 + ((k * 7919) % (count - 1))) % count;
    return Math.atanh(Math.min(measure(fingerprints[a], fingerprints[b]), 1 - 1e-9));
  });
  const middle = median(z);
  const deviation = 1.4826 * median(z.map((value) => Math.abs(value - middle)));
  const unrelated = Math.tanh(middle + DEVIATIONS * deviation);
  return unrelated > TOO_ALIKE ? undefined : Math.max(SAME_FIELD, unrelated);
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * All pairs of at least this likeness, by index. The search is quadratic, but light: a pair costs the distance of two vectors of 34 numbers, of which
 * half mostly suffice (40 to 70 ns: a minute or so for all pairs of 50,000 pictures), and 1 in 2,000 is compared in earnest. An index (k-d tree,
 * pivots) would save nothing at this radius in 34 dimensions. Others get their turn meanwhile.
 * @returns at most {@link MAX_PAIRS}, sorted by `a`, then `b`
 * @throws SmearLensError `cancelled`
 */
export async function alikePairs(fingerprints: readonly Fingerprint[], options: AlikeOptions): Promise<AlikePair[]> {
  const { threshold, parts, signal, progress } = options;
  const count = fingerprints.length;
  const coarse = new Float32Array(count * COARSE_VALUES);
  fingerprints.forEach((fingerprint, i) => coarse.set(coarseOf(fingerprint), i * COARSE_VALUES));
  const radius = coarseRadius(threshold);
  const pairs: AlikePair[] = [];
  let turn = performance.now();
  for (let a = 0; a < count; a++) {
    for (const b of near(coarse, a, count, radius, parts)) {
      const value = likeness(fingerprints[a], fingerprints[b]);
      if (value >= threshold) pairs.push({ a, b, likeness: value });
      if (pairs.length === MAX_PAIRS) return pairs;
    }
    if (performance.now() - turn < TURN) continue;
    progress?.(share(a + 1, count));
    await setImmediate();
    if (signal?.aborted) throw new SmearLensError('cancelled', 'The search for near duplicates was cancelled.', 'Start it again.');
    turn = performance.now();
  }
  return pairs;
}

/**
 * The likeness of two pictures bounds the distance of their whole vectors, √(2(1 − likeness)); that of the normalised coarse ones stays
 * within 1.2 times it on all pairs and altered copies seen.
 */
function coarseRadius(threshold: number): number {
  return Math.min(COARSE_RADIUS, 1.2 * Math.sqrt(2 * (1 - threshold)));
}

/** Whether two coarse vectors (`coarseOf`) are near enough for their pictures to be compared in earnest. */
export function coarselyAlike(a: Float32Array, b: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < COARSE_VALUES; i++) sum += (a[i] - b[i]) ** 2;
  return sum <= COARSE_RADIUS * COARSE_RADIUS;
}

/** The pictures after `a`, of another part, whose coarse vectors are within the radius. */
function near(coarse: Float32Array, a: number, count: number, radius: number, parts: ArrayLike<number> | undefined): number[] {
  const found: number[] = [];
  const limit = radius * radius;
  const own = a * COARSE_VALUES;
  for (let b = a + 1; b < count; b++) {
    if (parts !== undefined && parts[a] === parts[b]) continue;
    const other = b * COARSE_VALUES;
    // They settle most pairs.
    const half = squaredDistance(coarse, own, other, 0, FIRST);
    if (half <= limit && half + squaredDistance(coarse, own, other, FIRST, COARSE_VALUES) <= limit) found.push(b);
  }
  return found;
}

/** Of the values `from` to `to` (not included; an even number of them) of two coarse vectors that begin at `a` and `b`. Two a step: this loop is all of the time. */
function squaredDistance(coarse: Float32Array, a: number, b: number, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 2) {
    const first = coarse[a + i] - coarse[b + i];
    const second = coarse[a + i + 1] - coarse[b + i + 1];
    sum += first * first + second * second;
  }
  return sum;
}

/** Of all pairs: the first pictures have the most partners. */
function share(done: number, count: number): number {
  const left = (count - done) / count;
  return 1 - left * left;
}

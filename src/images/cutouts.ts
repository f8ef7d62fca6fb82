/** Pictures of which one is cut out of the other: a field that was cropped, by more than fingerprints of the whole forgive. */
import { setImmediate } from 'node:timers/promises';
import { SmearLensError } from '../errors';
import { coarselyAlike, likenessThreshold, type AlikePair } from './alike';
import { COARSE_VALUES, coarseOf, FINGERPRINT_VALUES, FREQUENCIES, likeness, type Fingerprint } from './fingerprint';

/** A stretch of a side, in parts of it. */
interface Stretch {
  readonly from: number;
  readonly length: number;
}

/** Indices of the stretches that it is made of. */
interface Cutout {
  readonly down: number;
  readonly across: number;
}

/** Rows and columns of a fingerprint. */
const SIDE = FREQUENCIES;

/** Parts of a side between two lengths and between two places. Half of it, the most that a cut-out can be off, is what fingerprints forgive. */
const STEP = 0.05;
/** Steps that are taken off a side at most. */
const MOST_STEPS = 4;
/** Points at which cosines are compared; twice the highest frequency and some. */
const POINTS = 64;
/** Pictures by which {@link cutoutThreshold} is set: their pairs are hundreds, of hundreds of likenesses each. */
const SAMPLE = 32;
/** Milliseconds after which others get their turn. */
const TURN = 50;

const NOTHING = new Float32Array(0);

/** Whole sides and stretches down to 0.8 of them, wherever they lie. */
const STRETCHES: readonly Stretch[] = Array.from({ length: MOST_STEPS + 1 }, (_, cut) => Array.from({ length: cut + 1 }, (__, place) => ({ from: place * STEP, length: 1 - cut * STEP }))).flat();

/**
 * Which stretches down and across make a cut-out: of about the picture's shape, or a strip off one side or two opposite ones. Other shapes lie
 * between these; the picture as it is is none.
 */
const CUTOUTS: readonly Cutout[] = STRETCHES.flatMap((y, down) => STRETCHES.map((x, across) => ({ y, x, down, across })))
  .filter(({ y, x }) => y.length * x.length < 1 && (y.length === 1 || x.length === 1 || Math.abs(y.length - x.length) < 1.5 * STEP))
  .map(({ down, across }) => ({ down, across }));

/** By stretch the matrix [SIDE, SIDE] from coefficients of a cosine transform along the side to those of the stretch. */
const TRANSFORMS: readonly Float64Array[] = STRETCHES.map(({ from, length }) => {
  const cosine = (frequency: number, at: number): number => (frequency === 0 ? 1 : Math.SQRT2) * Math.cos(Math.PI * frequency * at);
  return Float64Array.from({ length: SIDE * SIDE }, (_, i) => {
    let sum = 0;
    for (let p = 0; p < POINTS; p++) sum += cosine(Math.floor(i / SIDE), (p + 0.5) / POINTS) * cosine(i % SIDE, from + (length * (p + 0.5)) / POINTS);
    return sum / POINTS;
  });
});

const TRANSPOSED = TRANSFORMS.map((transform) => transform.map((_, i) => transform[(i % SIDE) * SIDE + Math.floor(i / SIDE)]));

/** Of each coefficient, by which fingerprints multiply it. */
const WEIGHTS = Float64Array.from({ length: FINGERPRINT_VALUES }, (_, i) => Math.hypot(Math.floor(i / SIDE), i % SIDE));

/**
 * Fingerprints of the cut-outs of a picture: sides of 0.8 to 1 of its own, at steps of 0.05. They follow from its own fingerprint, which holds the picture
 * but for its mean and what is finer, so that no pixel is read again.
 */
export function cutoutsOf(fingerprint: Fingerprint, which: readonly Cutout[] = CUTOUTS): Fingerprint[] {
  const coefficients = Float64Array.from(fingerprint, (value, i) => (i === 0 ? 0 : value / WEIGHTS[i]));
  // Cut-outs share what is cut across.
  const cut = new Map<number, Float64Array>();
  const cutAcross = (stretch: number): Float64Array => {
    const known = cut.get(stretch) ?? product(coefficients, TRANSPOSED[stretch], new Float64Array(FINGERPRINT_VALUES));
    cut.set(stretch, known);
    return known;
  };
  const values = new Float64Array(FINGERPRINT_VALUES);
  return which.map(({ down, across }) => scaled(product(TRANSFORMS[down], cutAcross(across), values)));
}

/** Of two square matrices, into `out`; four columns a step, as making cut-outs is most of the time. */
function product(a: Float64Array, b: Float64Array, out: Float64Array): Float64Array {
  for (let row = 0; row < FINGERPRINT_VALUES; row += SIDE) {
    for (let column = 0; column < SIDE; column += 4) {
      let [first, second, third, fourth] = [0, 0, 0, 0];
      for (let k = 0, at = column; k < SIDE; k++, at += SIDE) {
        const factor = a[row + k];
        first += factor * b[at];
        second += factor * b[at + 1];
        third += factor * b[at + 2];
        fourth += factor * b[at + 3];
      }
      out[row + column] = first;
      out[row + column + 1] = second;
      out[row + column + 2] = third;
      out[row + column + 3] = fourth;
    }
  }
  return out;
}

/** As fingerprints are kept. */
function scaled(coefficients: Float64Array): Fingerprint {
  const fingerprint = new Int8Array(FINGERPRINT_VALUES);
  let largest = 0;
  for (let i = 0; i < FINGERPRINT_VALUES; i++) {
    coefficients[i] *= WEIGHTS[i];
    largest = Math.max(largest, Math.abs(coefficients[i]));
  }
  if (largest > 0) for (let i = 0; i < FINGERPRINT_VALUES; i++) fingerprint[i] = Math.round((127 * coefficients[i]) / largest);
  return fingerprint;
}

/** Those of {@link CUTOUTS} at steps of a tenth: enough to see who may be alike. */
const FEW = CUTOUTS.filter(({ down, across }) => [STRETCHES[down], STRETCHES[across]].every(({ from, length }) => isEven(from / STEP) && isEven((1 - length) / STEP)));

function isEven(steps: number): boolean {
  return Math.round(steps) % 2 === 0;
}

/** Vectors of {@link coarseCutouts} a picture. */
export const COARSE_CUTOUTS = FEW.length + 1;

/** Coarse vectors (`coarseOf`) of a picture and of its cut-outs at steps of a tenth of a side: [COARSE_CUTOUTS, COARSE_VALUES]. */
export function coarseCutouts(fingerprint: Fingerprint): Float32Array {
  const coarse = new Float32Array(COARSE_CUTOUTS * COARSE_VALUES);
  [fingerprint, ...cutoutsOf(fingerprint, FEW)].forEach((part, i) => coarse.set(coarseOf(part), i * COARSE_VALUES));
  return coarse;
}

/** The largest {@link likeness} of a picture with a cut-out of another, one way or the other, −1 to 1. */
export function cutoutLikeness(a: Fingerprint, b: Fingerprint): number {
  return Math.max(likest(cutoutsOf(a), b), likest(cutoutsOf(b), a));
}

function likest(cutouts: readonly Fingerprint[], whole: Fingerprint): number {
  return cutouts.reduce((most, cutout) => Math.max(most, likeness(cutout, whole)), -1);
}

/**
 * As {@link likenessThreshold}, for {@link cutoutLikeness}: of unrelated pictures the likest of hundreds of comparisons is more than one is.
 * Of the nearest neighbours (by embedding) of 2,344 real smear fields, those that show different fields have up to 0.37; planted cut-outs of 70 to 97 %, also encoded anew,
 * turned and darkened, 0.67 and more.
 */
export function cutoutThreshold(fingerprints: readonly Fingerprint[]): number | undefined {
  const step = Math.max(1, Math.floor(fingerprints.length / SAMPLE));
  const sample = fingerprints.filter((_, i) => i % step === 0).slice(0, SAMPLE);
  const cutouts = new Map(sample.map((fingerprint) => [fingerprint, cutoutsOf(fingerprint)]));
  return likenessThreshold(sample, (a, b) => Math.max(likest(cutouts.get(a) ?? [], b), likest(cutouts.get(b) ?? [], a)));
}

export interface CutoutOptions {
  /** From {@link cutoutThreshold}. */
  readonly threshold: number;
  readonly signal?: AbortSignal | undefined;
  /** Told 0 to 1, now and then. */
  readonly progress?: ((share: number) => void) | undefined;
}

/**
 * Of the pairs given, those of which one picture is a cut-out of the other. Each picture's cut-outs are made once.
 * @param pairs indices
 * @returns sorted by `a`, then `b`
 * @throws SmearLensError `cancelled`
 */
export async function cutoutPairs(fingerprints: readonly Fingerprint[], pairs: Iterable<readonly [number, number]>, { threshold, signal, progress }: CutoutOptions): Promise<AlikePair[]> {
  const partners = fingerprints.map((): Set<number> => new Set());
  for (const [a, b] of pairs) {
    partners[a].add(b);
    partners[b].add(a);
  }
  const wholes = fingerprints.map((fingerprint, i) => (partners[i].size > 0 ? coarseOf(fingerprint) : NOTHING));
  const found = new Map<string, AlikePair>();
  let turn = performance.now();
  for (const [own, others] of partners.entries()) {
    if (others.size === 0) continue;
    const cutouts = cutoutsOf(fingerprints[own]).map((cutout) => ({ cutout, coarse: coarseOf(cutout) }));
    for (const other of others) {
      // It settles most pairs: of planted cut-outs the one that fits is within 0.34.
      const near = cutouts.filter(({ coarse }) => coarselyAlike(coarse, wholes[other]));
      const value = likest(near.map(({ cutout }) => cutout), fingerprints[other]);
      const [a, b] = own < other ? [own, other] : [other, own];
      if (value >= threshold && value > (found.get(`${a} ${b}`)?.likeness ?? -1)) found.set(`${a} ${b}`, { a, b, likeness: value });
    }
    if (performance.now() - turn < TURN) continue;
    progress?.((own + 1) / fingerprints.length);
    await setImmediate();
    if (signal?.aborted) throw new SmearLensError('cancelled', 'The search for near duplicates was cancelled.', 'Start it again.');
    turn = performance.now();
  }
  return [...found.values()].sort((x, y) => x.a - y.a || x.b - y.b);
}

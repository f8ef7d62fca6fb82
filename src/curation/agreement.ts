/** How far reviewers agree with each other and with themselves. Pure. Agreement is not correctness: two can agree on what is wrong. */
import type { ImageState, LabelEvent } from '../annotations/replay';
import { consensusOf } from '../annotations/replay';
import { percentileInterval, type ResamplingOptions } from '../evaluation/metrics/bootstrap';
import { kappaOf } from '../evaluation/metrics/confusion';
import { uniformNumbers } from '../evaluation/metrics/random';
import { notEstimable, tooFewGroups, unitsOf, type Units } from '../evaluation/metrics/units';
import { byCodeUnits, byPath } from '../evaluation/order';
import type { GroupSource, Interval } from '../evaluation/types';

/** An image that somebody labelled. */
export interface RatedImage {
  readonly path: string;
  readonly state: ImageState;
  /** Patient or slide. */
  readonly group?: string | undefined;
}

export interface AgreementOptions extends ResamplingOptions {
  /** Class ids, in order. */
  readonly classes: readonly string[];
  readonly groupSource: GroupSource;
}

/** A figure with its 95 % interval; null where it is not defined. */
export interface Estimate {
  readonly value: number | null;
  readonly interval: Interval;
}

/** Two lists of labels of the same images. */
export interface PairAgreement {
  /** Images that both labelled with a class. */
  readonly images: number;
  /** Share of them with the same class, 0 to 1. */
  readonly agreement: number | null;
  /** Cohen's, unweighted. */
  readonly kappa: Estimate;
  /** Rows: `a`; columns: `b`; in the order of the classes. */
  readonly confusion: readonly (readonly number[])[];
}

export interface ReaderPair extends PairAgreement {
  readonly a: string;
  readonly b: string;
}

/** Fleiss' kappa, over the images that have the same number of labels. */
export interface FleissAgreement {
  readonly kappa: Estimate;
  /** Labels that each of these images has: of all numbers from two on, the one that most images have. */
  readonly raters: number;
  readonly images: number;
  /** Images with another number of labels from two on, which are left out. */
  readonly others: number;
}

export interface Agreement {
  readonly reviewers: readonly string[];
  readonly pairs: readonly ReaderPair[];
  /** Null where no image has two labels. */
  readonly fleiss: FleissAgreement | null;
}

export interface AgreementReport {
  readonly classes: readonly string[];
  /** Images with an opinion in force that nobody excluded. */
  readonly images: number;
  readonly excluded: number;
  /** Labels by which a reviewer said to be unsure; they are in no figure. */
  readonly unsure: number;
  /** What the intervals draw: groups or images. */
  readonly units: { readonly grouped: boolean; readonly count: number };
  readonly all: Agreement;
  /** Of labels given blind or before the model's verdict was seen. */
  readonly independent: Agreement;
  /** Of labels given after it was seen: that readers agree may then be the model's doing. */
  readonly afterModel: Agreement;
  /** Labels of which it is not known, such as imported ones. */
  readonly unknown: number;
  /** Each reviewer's silent repeats against their own label. */
  readonly self: readonly (PairAgreement & { readonly reviewer: string })[];
  /** Images on which reviewers differ and that nobody has decided, sorted by path. */
  readonly disputes: readonly { readonly path: string; readonly sha256: string; readonly labels: readonly { readonly reviewer: string; readonly value: string | null }[] }[];
}

/** A label is by one who had not seen the model; undefined: not known. */
function isIndependent({ blind, sawModelFirst }: LabelEvent): boolean | undefined {
  return blind ? true : sawModelFirst === undefined ? undefined : !sawModelFirst;
}

/**
 * All figures. Intervals: 95 %, percentile bootstrap over groups where there are any, else over images, which the interval's `method` and `note` say.
 */
export function agreementOf(rated: readonly RatedImage[], options: AgreementOptions): AgreementReport {
  const excluded = rated.filter(({ state }) => state.opinions.some((opinion) => opinion.excluded));
  const images = rated.filter((image) => !excluded.includes(image)).sort(byPath);
  const labels = images.flatMap(({ state }) => state.opinions.flatMap(({ label }) => label ?? []));
  const units = unitsOf({ rows: images, groupSource: options.groupSource });
  const given = (keep: (label: LabelEvent) => boolean): Agreement => among(images, keep, options);
  return {
    classes: options.classes,
    images: images.length,
    excluded: excluded.length,
    unsure: labels.filter(({ value }) => value === null).length,
    units: { grouped: units.grouped, count: units.count },
    all: given(() => true),
    independent: given((label) => isIndependent(label) === true),
    afterModel: given((label) => isIndependent(label) === false),
    unknown: labels.filter((label) => isIndependent(label) === undefined).length,
    self: selfAgreement(images, options),
    disputes: images.flatMap(({ path, state }) => {
      const consensus = consensusOf(state);
      if (consensus.label !== undefined || consensus.reason !== 'disputed') return [];
      return [{ path, sha256: state.image.sha256, labels: state.opinions.flatMap(({ reviewer, label }) => (label ? [{ reviewer, value: label.value }] : [])) }];
    }),
  };
}

function among(images: readonly RatedImage[], keep: (label: LabelEvent) => boolean, options: AgreementOptions): Agreement {
  const ratings = images.map(({ state }) => new Map(state.opinions.flatMap(({ reviewer, label }) => (label && label.value !== null && keep(label) ? [[reviewer, label.value] as const] : []))));
  const reviewers = [...new Set(ratings.flatMap((own) => [...own.keys()]))].sort(byCodeUnits);
  const pairs = reviewers.flatMap((a, i) =>
    reviewers.slice(i + 1).flatMap((b): ReaderPair[] => {
      const both = images.flatMap(({ group }, n): Both[] => {
        const [first, second] = [ratings[n].get(a), ratings[n].get(b)];
        return first === undefined || second === undefined ? [] : [{ a: first, b: second, group }];
      });
      return both.length === 0 ? [] : [{ a, b, ...pairOf(both, options) }];
    }),
  );
  return { reviewers, pairs, fleiss: fleissOf(images.map(({ group }, n) => ({ group, values: [...ratings[n].values()] })), options) };
}

/** Two labels of one image. */
interface Both {
  readonly a: string;
  readonly b: string;
  readonly group?: string | undefined;
}

function pairOf(both: readonly Both[], options: AgreementOptions): PairAgreement {
  const { classes } = options;
  const k = classes.length;
  const cells = Int32Array.from(both, ({ a, b }) => indexIn(classes, a) * k + indexIn(classes, b));
  const kappa = (weightOf: (i: number) => number): number => {
    const [support, predicted] = [new Float64Array(k), new Float64Array(k)];
    let [n, right] = [0, 0];
    cells.forEach((cell, i) => {
      const weight = weightOf(i);
      const [a, b] = [Math.floor(cell / k), cell % k];
      support[a] += weight;
      predicted[b] += weight;
      n += weight;
      if (a === b) right += weight;
    });
    return kappaOf(n, right, support, predicted);
  };
  const confusion = classes.map(() => classes.map(() => 0));
  for (const cell of cells) confusion[Math.floor(cell / k)][cell % k]++;
  return {
    images: both.length,
    agreement: both.length === 0 ? null : both.filter(({ a, b }) => a === b).length / both.length,
    kappa: estimate(kappa, both, options),
    confusion,
  };
}

/** @throws RangeError where a label is not in the list: it is the caller's to list all */
function indexIn(classes: readonly string[], id: string): number {
  const index = classes.indexOf(id);
  if (index < 0) throw new RangeError(`'${id}' is none of the classes ${classes.join(', ')}.`);
  return index;
}

/** Fleiss 1971: (mean observed − expected agreement) / (1 − expected). */
function fleissOf(rated: readonly { readonly values: readonly string[]; readonly group?: string | undefined }[], options: AgreementOptions): FleissAgreement | null {
  const several = rated.filter(({ values }) => values.length >= 2);
  const counts = new Map<number, number>();
  for (const { values } of several) counts.set(values.length, (counts.get(values.length) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  if (!most) return null;
  const [raters] = most;
  const used = several.filter(({ values }) => values.length === raters);
  const perImage = used.map(({ values }) => options.classes.map((id) => values.filter((value) => value === id).length));
  const agreement = perImage.map((own) => (own.reduce((sum, n) => sum + n * n, 0) - raters) / (raters * (raters - 1)));
  const kappa = (weightOf: (i: number) => number): number => {
    let [n, observed] = [0, 0];
    const shares = new Float64Array(options.classes.length);
    perImage.forEach((own, i) => {
      const weight = weightOf(i);
      n += weight;
      observed += weight * agreement[i];
      own.forEach((count, c) => (shares[c] += weight * count));
    });
    const expected = shares.reduce((sum, share) => sum + (share / (n * raters)) ** 2, 0);
    // All labels the same: nothing is expected that could be exceeded.
    return expected >= 1 ? NaN : (observed / n - expected) / (1 - expected);
  };
  return { kappa: estimate(kappa, used, options), raters, images: used.length, others: several.length - used.length };
}

/** Of silent repeats against the label that stands. */
function selfAgreement(images: readonly RatedImage[], options: AgreementOptions): AgreementReport['self'] {
  const byReviewer = new Map<string, Both[]>();
  for (const { state, group } of images) {
    for (const { reviewer, label, repeats } of state.opinions) {
      for (const repeat of repeats) {
        if (!label || label.value === null || repeat.value === null) continue;
        byReviewer.set(reviewer, [...(byReviewer.get(reviewer) ?? []), { a: label.value, b: repeat.value, group }]);
      }
    }
  }
  return [...byReviewer].sort(([a], [b]) => byCodeUnits(a, b)).map(([reviewer, both]) => ({ reviewer, ...pairOf(both, options) }));
}

/** A figure of all images, and of resamples of their groups. */
function estimate(figure: (weightOf: (i: number) => number) => number, rows: readonly { readonly group?: string | undefined }[], { groupSource, seed = 1, resamples = 2000 }: AgreementOptions): Estimate {
  const value = figure(() => 1);
  const units = unitsOf({ rows, groupSource });
  return { value: Number.isNaN(value) ? null : value, interval: tooFewGroups(units) ?? bootstrap(figure, units, seed, resamples) };
}

function bootstrap(figure: (weightOf: (i: number) => number) => number, units: Units, seed: number, resamples: number): Interval {
  const { unitOf, count } = units;
  if (count < 2) return notEstimable('bootstrap', 'fewer than two images');
  const uniform = uniformNumbers(seed);
  const weights = new Uint32Array(count);
  const values = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    weights.fill(0);
    for (let i = 0; i < count; i++) weights[Math.floor(uniform() * count)]++;
    values[r] = figure((i) => weights[unitOf[i]]);
  }
  return percentileInterval(values, units);
}

/** The bootstrap (Efron and Tibshirani 1993): what the figures would have been with other images, or with the images of other patients. */
import type { Interval, PredictionSet } from '../types';
import { aucOf, type Ranking } from './ranking';
import { lossesOf } from './calibration';
import { AVERAGED, cellsOf, confusionOf, figuresOf, marginsOf, type Figures } from './confusion';
import { uniformNumbers } from './random';

export const INDEPENDENT = 'assumes independent images; too narrow if images share a smear';
const GUESSED = 'groups are guessed from file names';
export const MIN_GROUPS = 5;
/** A figure that is not defined in more than this share of the resamples gets no interval: what is left is no fair sample of them. */
const MAX_UNDEFINED = 0.1;

/** What is drawn with replacement. */
export interface Units {
  /** Of each image. */
  readonly unitOf: Int32Array;
  readonly count: number;
  /** Groups (patients, slides) are drawn, and not images. */
  readonly grouped: boolean;
  readonly note: string | undefined;
}

export interface ResamplingOptions {
  /** Of the random numbers; 1 unless said otherwise. */
  readonly seed?: number | undefined;
  /** Resamples, 2000 unless said otherwise. */
  readonly resamples?: number | undefined;
}

/** The images' groups; an image without one, among others with, is a group of its own, and the note says so. Without any groups the images themselves. */
export function unitsOf({ rows, groupSource }: PredictionSet): Units {
  const lone = rows.filter((row) => !row.group).length;
  if (groupSource === 'none' || lone === rows.length) return { unitOf: Int32Array.from(rows, (_, i) => i), count: rows.length, grouped: false, note: INDEPENDENT };
  const numbers = new Map<string, number>();
  let count = 0;
  const unitOf = Int32Array.from(rows, ({ group }) => {
    if (!group) return count++;
    const known = numbers.get(group) ?? count++;
    numbers.set(group, known);
    return known;
  });
  const notes = [...(groupSource === 'file-run' ? [GUESSED] : []), ...(lone > 0 ? [`${lone} images without a group count as groups of their own`] : [])];
  return { unitOf, count, grouped: true, note: notes.length > 0 ? notes.join('; ') : undefined };
}

/** The interval that stands for all where there are fewer than 5 groups; undefined where there are enough, or none. */
export function tooFewGroups({ grouped, count }: Units): Interval | undefined {
  return grouped && count < MIN_GROUPS ? notEstimable('cluster-bootstrap', 'not estimable: fewer than 5 groups') : undefined;
}

/** Figures by name: those of the whole as in metrics.json's `intervals`, and those of class c as `c.precision` and so on. */
export function namedFigures({ macro, weighted, perClass, ...whole }: Figures): [name: string, value: number][] {
  return [
    ...Object.entries(whole),
    ...AVERAGED.map((name): [string, number] => [`macro.${name}`, macro[name]]),
    ...AVERAGED.map((name): [string, number] => [`weighted.${name}`, weighted[name]]),
    ...perClass.flatMap((figures, c) => AVERAGED.map((name): [string, number] => [`${c}.${name}`, figures[name]])),
  ];
}

/** Mean losses by their names in metrics.json. The calibration error is not among them: resampling itself raises it, so its percentiles are biased. */
const LOSSES = [['calibration.brier', 'brier'], ['calibration.logLoss', 'logLoss']] as const;

/** The names of all figures that are resampled. */
export function figureNames(figures: Figures): string[] {
  return [...namedFigures(figures).map(([name]) => name), ...LOSSES.map(([name]) => name)];
}

/**
 * Every figure in every resample, NaN where it is not defined there. Each resample draws as many units as there are, with replacement, and all their images;
 * it is
 * the same for all figures, and for all sets with the same units.
 * @param rankings one a class; null: without AUC
 */
export function replicatesOf(set: PredictionSet, rankings: readonly (Ranking | null)[], { unitOf, count }: Units, { seed = 1, resamples = 2000 }: ResamplingOptions): Map<string, Float64Array> {
  const uniform = uniformNumbers(seed);
  const weights = new Uint32Array(count);
  const whole = marginsOf(confusionOf(set));
  const cells = cellsOf(set);
  const ranked = rankings.map((ranking) => ranking && { ranking, units: Int32Array.from(ranking.rows, (row) => unitOf[row]) });
  const losses = lossesOf(set);
  const drawn = { classes: set.classes.length, cells: new Float64Array(set.classes.length * (set.classes.length + 1)) };
  const result = new Map<string, Float64Array>();
  const note = (name: string, at: number, value: number): void => {
    let values = result.get(name);
    if (!values) result.set(name, (values = new Float64Array(resamples)));
    values[at] = value;
  };
  for (let r = 0; r < resamples; r++) {
    weights.fill(0);
    for (let i = 0; i < count; i++) weights[Math.floor(uniform() * count)]++;
    drawn.cells.fill(0);
    for (let i = 0; i < cells.length; i++) drawn.cells[cells[i]] += weights[unitOf[i]];
    const figures = figuresOf(drawn, ranked.map((of) => (of ? aucOf(of.ranking, of.units, weights) : NaN)), whole);
    for (const [name, value] of namedFigures(figures)) note(name, r, value);
    for (const [name, loss] of LOSSES) note(name, r, weightedMean(losses[loss], unitOf, weights));
  }
  return result;
}

function weightedMean(values: Float64Array, unitOf: Int32Array, weights: Uint32Array): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const weight = weights[unitOf[i]];
    if (weight === 0) continue;
    sum += weight * values[i];
    total += weight;
  }
  return sum / total;
}

/**
 * The percentile interval: the 2.5 % and 97.5 % quantiles, linearly interpolated (NumPy's default), of the resamples in which the figure is defined. Without
 * ends, and
 * with the reason, where it is undefined in more than a tenth of them, or the same in all: an interval without width would claim certainty.
 */
export function percentileInterval(replicates: Float64Array, { grouped, note }: Units): Interval {
  const method = grouped ? 'cluster-bootstrap' : 'bootstrap';
  const values = replicates.filter((value) => !Number.isNaN(value)).sort();
  if (values.length < replicates.length * (1 - MAX_UNDEFINED) || values.length === 0) return notEstimable(method, 'not estimable: not defined in more than a tenth of the resamples');
  const [low, high] = [quantile(values, 0.025), quantile(values, 0.975)];
  if (values[0] === values[values.length - 1]) return notEstimable(method, 'not estimable: the same in every resample');
  return { low, high, method, ...(note === undefined ? {} : { note }) };
}

export function notEstimable(method: Interval['method'], note: string): Interval {
  return { low: null, high: null, method, note };
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[Math.ceil(at)] - sorted[below]);
}

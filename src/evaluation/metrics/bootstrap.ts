/** The bootstrap (Efron and Tibshirani 1993): what the figures would have been with other images, or with the images of other patients. */
import type { Interval, PredictionSet } from '../types';
import { cellsOf, figuresOf } from './confusion';
import { namedFigures, type Counted } from './counted';
import { uniformNumbers } from './random';
import { aucOf, packRanking } from './ranking';
import type { Steps } from './steps';
import { notEstimable, type Units } from './units';

/** A figure that is not defined in more than this share of the resamples gets no interval: what is left is no fair sample of them. */
const MAX_UNDEFINED = 0.1;

/** Sums of the same losses differ by as much from order to order. */
const ROUNDING = 1e-12;

export interface ResamplingOptions {
  /** Of the random numbers; 1 unless said otherwise. */
  readonly seed?: number | undefined;
  /** Resamples, 2000 unless said otherwise. */
  readonly resamples?: number | undefined;
}

/**
 * Every figure of {@link namedFigures} in every resample, NaN where it is not defined there. Each resample draws as many units as there are, with replacement,
 * and takes all images of each; it is the same for all figures, and for all sets with the same units. A resample is a step.
 */
export function* replicatesOf(set: PredictionSet, { margins, rankings, losses }: Counted, units: Units, { seed = 1, resamples = 2000 }: ResamplingOptions): Steps<Map<string, Float64Array>> {
  const { unitOf, count } = units;
  const uniform = uniformNumbers(seed);
  const weights = new Uint32Array(count);
  const cells = cellsOf(set);
  const drawn = { classes: set.classes.length, cells: new Float64Array(set.classes.length * (set.classes.length + 1)) };
  const packed = rankings.map((ranking) => ranking && packRanking(ranking, unitOf));
  const [sizes, brier, logLoss] = [new Float64Array(cells.length).fill(1), losses.brier, losses.logLoss].map((values) => sumsOf(values, units));
  const replicates = new Map<string, Float64Array>();
  for (let r = 0; r < resamples; r++) {
    yield;
    weights.fill(0);
    for (let i = 0; i < count; i++) weights[Math.floor(uniform() * count)]++;
    drawn.cells.fill(0);
    for (let i = 0; i < cells.length; i++) drawn.cells[cells[i]] += weights[unitOf[i]];
    const aucs = packed.map((ranking) => (ranking ? aucOf(ranking, weights) : NaN));
    const images = weightedSum(sizes, weights);
    const meanLosses = { brier: weightedSum(brier, weights) / images, logLoss: weightedSum(logLoss, weights) / images };
    for (const [name, value] of namedFigures(figuresOf(drawn, aucs, margins), meanLosses)) {
      let values = replicates.get(name);
      if (!values) replicates.set(name, (values = new Float64Array(resamples)));
      values[r] = value;
    }
  }
  return replicates;
}

/** Of values by image, their sum in each unit. */
function sumsOf(values: Float64Array, { unitOf, count }: Units): Float64Array {
  const sums = new Float64Array(count);
  values.forEach((value, i) => (sums[unitOf[i]] += value));
  return sums;
}

/** Of the units that were drawn: one that was not may be NaN. */
function weightedSum(sums: Float64Array, weights: Uint32Array): number {
  let total = 0;
  for (let u = 0; u < sums.length; u++) if (weights[u] > 0) total += weights[u] * sums[u];
  return total;
}

/**
 * The percentile interval: the 2.5 % and 97.5 % quantiles, linearly interpolated (NumPy's default), of the resamples in which the figure is defined. Without
 * ends, and with the reason, where it is undefined in more than a tenth of them, or the same in nearly all: an interval without width would claim certainty.
 */
export function percentileInterval(replicates: Float64Array, { grouped, note }: Units): Interval {
  const method = grouped ? 'cluster-bootstrap' : 'bootstrap';
  const values = replicates.filter((value) => !Number.isNaN(value)).sort();
  if (values.length === 0) return notEstimable(method, 'the figure is not defined');
  if (values.length < replicates.length * (1 - MAX_UNDEFINED)) return notEstimable(method, 'not defined in more than a tenth of the resamples');
  const [low, high] = [quantile(values, 0.025), quantile(values, 0.975)];
  if (high - low <= ROUNDING) return notEstimable(method, 'the same in nearly every resample');
  return { low, high, method, ...(note === undefined ? {} : { note }) };
}

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  return sorted[below] + (at - below) * (sorted[Math.ceil(at)] - sorted[below]);
}

/** 95 % intervals of all headline figures, by the way that the images allow. */
import type { Interval, PredictionSet } from '../types';
import { percentileInterval, replicatesOf, type ResamplingOptions } from './bootstrap';
import { meanLosses } from './calibration';
import { isOverall, namedFigures, type Counted } from './counted';
import { delongInterval } from './delong';
import type { Ranking } from './ranking';
import type { Steps } from './steps';
import { INDEPENDENT, notEstimable, sparseClasses, tooFewGroups, unitsOf } from './units';
import { wilson } from './wilson';

/** By the names in metrics.json, of the whole and of each class. */
export interface Intervals {
  readonly overall: Readonly<Record<string, Interval>>;
  readonly perClass: readonly Readonly<Record<string, Interval>>[];
}

/**
 * With groups a cluster bootstrap of every figure; nothing below 5 groups, nor what hangs on a class that fewer than 5 groups have. Without groups Wilson for
 * proportions, DeLong for the areas of the classes, and a bootstrap of images for what has no closed form.
 */
export function* intervalsOf(set: PredictionSet, counted: Counted, options: ResamplingOptions): Steps<Intervals> {
  const units = unitsOf(set);
  const tooFew = tooFewGroups(units);
  const known = units.grouped ? sparseClasses(set, units) : closedForms(counted);
  const replicates = tooFew ? undefined : yield* replicatesOf(set, counted, units, options);
  const names = namedFigures(counted.figures, meanLosses(counted.losses)).map(([name]) => name);
  const estimate = (name: string): Interval => tooFew ?? known.get(name) ?? percentileInterval(replicates?.get(name) ?? new Float64Array(), units);
  const ofClass = (c: number): [string, Interval][] => names.filter((name) => name.startsWith(`${c}.`)).map((name) => [name.slice(`${c}.`.length), estimate(name)]);
  return {
    overall: Object.fromEntries(names.filter(isOverall).map((name) => [name, estimate(name)])),
    perClass: set.classes.map((_, c) => Object.fromEntries(ofClass(c))),
  };
}

/** What has a formula if images are independent. */
function closedForms({ confusion: { classes: k, cells }, margins, rankings, figures }: Counted): Map<string, Interval> {
  const { n, right, support, predicted } = margins;
  const closed = new Map([['accuracy', proportion(right, n, 'images')]]);
  rankings.forEach((ranking, c) => {
    const hits = cells[c * (k + 1) + c];
    closed.set(`${c}.precision`, proportion(hits, predicted[c], 'image was taken for the class'));
    closed.set(`${c}.sensitivity`, proportion(hits, support[c], 'images of the class'));
    closed.set(`${c}.specificity`, proportion(n - support[c] - predicted[c] + hits, n - support[c], 'images of other classes'));
    closed.set(`${c}.auc`, area(ranking, figures.perClass[c].auc));
  });
  return closed;
}

function proportion(successes: number, trials: number, ofWhat: string): Interval {
  const ends = wilson(successes, trials);
  return ends ? { ...ends, method: 'wilson', note: INDEPENDENT } : notEstimable('wilson', `no ${ofWhat}`);
}

function area(ranking: Ranking | null, auc: number): Interval {
  if (!ranking || Number.isNaN(auc)) return notEstimable('delong', 'there is no AUC');
  if (auc === 0 || auc === 1) return notEstimable('delong', 'no DeLong interval at an AUC of exactly 0 or 1');
  const ends = delongInterval(ranking, auc);
  return ends ? { ...ends, method: 'delong', note: INDEPENDENT } : notEstimable('delong', 'too few images, or all have the same score');
}
